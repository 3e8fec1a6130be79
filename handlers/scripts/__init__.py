"""The forms, one a file, each readable from top to bottom. Pure."""
