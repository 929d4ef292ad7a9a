"""prod_i s_i (App. J; the authors' counts only the first and last layer of a ResNet)."""

import numpy as np

from scaling.networks.norms.statistics import LayerStatistics


def log10_norm(layers: LayerStatistics) -> np.ndarray:
    """log10 of this norm, [n]."""
    return layers.log10_spectral.sum(axis=1)
