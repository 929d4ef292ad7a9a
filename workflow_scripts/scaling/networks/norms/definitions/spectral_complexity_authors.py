"""What the published curves were made with, by the authors' code.

CNN: (prod s_i) (sum_i (sum_{j>i} col_j / s_i)^(2/3))^(3/2). ResNet: the same over the first convolution and the
last linear layer only, which comes to s col of the last layer. ViT, and any other family: Eq. 6.
"""

import numpy as np

from scaling.networks.norms.complexity import spectral_complexity_of
from scaling.networks.norms.definitions.spectral_complexity import log10_norm as spectral_complexity
from scaling.networks.norms.statistics import LayerStatistics


def log10_norm(layers: LayerStatistics) -> np.ndarray:
    """log10 of this norm, [n]."""
    family = layers.family.lower()  # a configuration may write it in any case
    if family == "resnet":
        return layers.log10_spectral[:, -1] + np.log10(layers.col_sum[:, -1])
    if family == "cnn":
        after = np.cumsum(layers.col_sum[:, ::-1], axis=1)[:, ::-1] - layers.col_sum
        after[:, -1] = 0.0  # nothing comes after the last layer; the subtraction leaves rounding
        with np.errstate(divide="ignore"):
            return spectral_complexity_of(layers.log10_spectral, np.log10(after))
    return spectral_complexity(layers)
