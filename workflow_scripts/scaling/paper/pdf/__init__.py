"""The study as a paper: all that the report holds, typeset."""
