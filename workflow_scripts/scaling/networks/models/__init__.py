"""Model families, one file each: a new family is one new file in this folder with a function `build`."""

from scaling.core.registry import Registry

FAMILIES = Registry("networks.models", "family")
