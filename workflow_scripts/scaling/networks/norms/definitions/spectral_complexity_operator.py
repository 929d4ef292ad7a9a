"""Eq. 6 with s_i of a convolution the norm of the convolution itself, on images of the layer's input size.

NaN unless the runs were trained with `operator_norm: true`.
"""

import numpy as np

from scaling.networks.norms.complexity import spectral_complexity_of
from scaling.networks.norms.statistics import LayerStatistics


def log10_norm(layers: LayerStatistics) -> np.ndarray:
    """log10 of this norm, [n]."""
    return spectral_complexity_of(layers.log10_spectral_operator, np.log10(layers.row_sum))
