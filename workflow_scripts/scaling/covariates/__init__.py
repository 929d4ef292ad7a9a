"""Gaussian covariates and random features with the logistic loss at fixed norm: exact theory and samples."""
