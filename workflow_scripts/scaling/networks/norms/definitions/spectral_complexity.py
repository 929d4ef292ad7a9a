"""(prod s_i) (sum_i (row_i / s_i)^(2/3))^(3/2): the paper's Eq. 6 with M_i = 0 and rho_i = 1.

row_i sums the l2 norms of the rows, as in Bartlett et al. (2017), where the paper's text says average.
"""

import numpy as np

from scaling.networks.norms.complexity import spectral_complexity_of
from scaling.networks.norms.statistics import LayerStatistics


def log10_norm(layers: LayerStatistics) -> np.ndarray:
    """log10 of this norm, [n]."""
    return spectral_complexity_of(layers.log10_spectral, np.log10(layers.row_sum))
