"""Diagonal and quadratic networks with weight decay: shallow networks that learn features, solved exactly."""
