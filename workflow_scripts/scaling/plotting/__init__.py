"""The one style of every figure."""
