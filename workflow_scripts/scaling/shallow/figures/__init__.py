"""Figures of the shallow networks."""
