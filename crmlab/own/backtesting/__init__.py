"""How a result was tried on the firm's own past: orders in one place, the day to stand on, hold-out, halves, verdicts."""
