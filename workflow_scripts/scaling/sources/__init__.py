"""Curves that are not trained here: published, recorded, external."""
