"""The paper: its printed numbers, its tables, its figures."""
