"""Foreign formats: one module per tool or standard, and what they share."""
