"""The interpolators' figures."""
