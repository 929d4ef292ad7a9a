"""Figures of single analyses."""
