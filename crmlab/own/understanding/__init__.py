"""What the columns and cells of a firm's table mean: roles with a certainty, dates, amounts, identifiers, answers, what must be asked."""
