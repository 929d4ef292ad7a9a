"""Our procedure: exponents and their uncertainties from runs, by fixed rules."""
