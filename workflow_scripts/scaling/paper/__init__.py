"""The paper: the list of its tables and figures, and how they are made."""
