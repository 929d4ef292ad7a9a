"""Norms of a network, one file each: a norm of your own is one more file in this folder, and its name in `norms`.

Its function `log10_norm` takes the statistics of the layers and returns log10 of the norm, [n], one for each network.
Norms reach 1e75 and more, so all of it happens in logs. Nothing is trained again for it.
"""

from scaling.core.registry import Registry

NORMS = Registry("networks.norms.definitions", "norm")
