"""The figure of all models."""
