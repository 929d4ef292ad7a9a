"""Single runs side by side, with no step in common: a block of them is scheduled by scaling.networks.training.lanes."""

from scaling.networks.training.engines.single import make

__all__ = ["make"]
