"""Scaling exponents: collapse, fits, uncertainty."""
