"""Paths as a person writes them."""

import os


def expanded(path: str) -> str:
    """A path with ~ and $VARIABLES filled in; a variable that is not set stays as it is written."""
    return os.path.expanduser(os.path.expandvars(path))
