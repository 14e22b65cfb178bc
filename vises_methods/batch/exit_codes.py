"""What the command ``vises`` tells the system when it ends."""

ALL_WELL = 0
SOME_FAILED = 1
"""Some jobs failed, were blocked, or were not started."""
WRONG_USE = 2
"""Wrong use, or invalid data."""
