"""Questions of the bank in the formats of learning management systems, and back."""
