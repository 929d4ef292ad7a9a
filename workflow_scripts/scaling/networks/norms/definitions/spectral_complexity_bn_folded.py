"""Eq. 6 with every convolution multiplied by gain / sqrt(running variance + eps) of the batch norm that follows."""

import numpy as np

from scaling.networks.norms.complexity import spectral_complexity_of
from scaling.networks.norms.statistics import LayerStatistics


def log10_norm(layers: LayerStatistics) -> np.ndarray:
    """log10 of this norm, [n]."""
    return spectral_complexity_of(layers.log10_spectral_bn, np.log10(layers.row_sum_bn))
