"""sqrt(sum_i sum A_i^2) (App. J; the authors' counts biases and batch norms of CNN and ResNet as well)."""

import numpy as np

from scaling.networks.norms.statistics import LayerStatistics


def log10_norm(layers: LayerStatistics) -> np.ndarray:
    """log10 of this norm, [n]."""
    return 0.5 * np.log10(layers.fro2.sum(axis=1))
