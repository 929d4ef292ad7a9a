"""The figures of the covariates."""
