"""sum_i sum |A_i| (App. J; the authors' counts biases and batch norms of CNN and ResNet as well)."""

import numpy as np

from scaling.networks.norms.statistics import LayerStatistics


def log10_norm(layers: LayerStatistics) -> np.ndarray:
    """log10 of this norm, [n]."""
    return np.log10(layers.l1.sum(axis=1))
