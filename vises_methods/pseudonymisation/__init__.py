"""Names out of the texts of a study, and back in by whoever holds the key: found, reviewed, replaced, restored."""
