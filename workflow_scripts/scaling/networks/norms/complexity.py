"""The form that all spectral complexities share (Bartlett et al. 2017; the paper's Eq. 6)."""

import numpy as np

from scaling.networks.norms.statistics import log10_sum


def spectral_complexity_of(log10_spectral: np.ndarray, log10_group: np.ndarray) -> np.ndarray:
    """log10 of (prod s_i) (sum_i (g_i / s_i)^(2/3))^(3/2), [n], from log10 s_i and log10 g_i of n networks, [n, L]."""
    ratios = 2 / 3 * (log10_group - log10_spectral)
    return log10_spectral.sum(axis=1) + 1.5 * log10_sum(ratios)
