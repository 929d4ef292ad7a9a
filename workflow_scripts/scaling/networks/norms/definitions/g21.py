"""sum_i col_i, the group norms (2,1) (App. J; the authors' counts only the first and last layer of a ResNet)."""

import numpy as np

from scaling.networks.norms.statistics import LayerStatistics


def log10_norm(layers: LayerStatistics) -> np.ndarray:
    """log10 of this norm, [n]."""
    return np.log10(layers.col_sum.sum(axis=1))
