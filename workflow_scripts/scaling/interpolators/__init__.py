"""Minimum-norm interpolators and diagonal networks: exact solutions, state evolution, and laws of their norms."""
