"""Training of blocks of runs."""
