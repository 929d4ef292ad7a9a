"""Closed laws of diagonal networks, and the p that their potential looks like."""

import numpy as np
from scipy.optimize import brentq
from scipy.special import lambertw

PROBES = 2.0 ** np.arange(16)  # the numbers k of equal weights; the effective p depends on their range


def effective_p(alpha: float, probes: np.ndarray = PROBES) -> float:
    """The p whose |w|_p^p grows over k-sparse unit vectors as the network's potential does.

    The potential of k weights 1/sqrt(k) is Q = k g(1 / (alpha^2 sqrt(k))), g(x) = 2 - sqrt(4 + x^2) + x arcsinh(x / 2);
    |w|_p^p is k^(1 - p/2). The slope of log Q in log k is 1 - p/2. It is no constant: the range of k decides.
    """
    x = 1 / (alpha**2 * np.sqrt(probes))
    # 2 - sqrt(4 + x^2) without cancellation
    g = x * (np.arcsinh(x / 2) - x / (2 + np.hypot(2, x)))
    slope = np.polyfit(np.log(probes), np.log(probes * g), 1)[0]
    return float(2 * (1 - slope))


def network_elbow(alpha: float, d: float, s: float = 1.0, a: float = 1.0) -> float:
    """n at which a spike is a / 2, without noise: n0 / (1 + n0 / d), n0 = s L^2 / (2 W(s L^2 / (2 c))).

    L = arcsinh(a / (4 alpha^2)), c = 4 alpha^2 d L / a, W Lambert's function: lambda L = a / 2 of the spike, and
    n = d 2 alpha^2 / lambda exp(omega^2 / (2 lambda^2)) of a small bulk. The denominator is for n near d.
    """
    L = np.arcsinh(a / (4 * alpha**2))
    c = 4 * alpha**2 * d * L / a
    n0 = s * L**2 / (2 * lambertw(s * L**2 / (2 * c)).real)
    return float(n0 / (1 + n0 / d))


def network_limit(alpha: float, kappa: float, a: float = 1.0) -> float:
    """The spike fraction x that n -> infinity leaves at fixed kappa, without noise: below 1.

    The bulk is linear then, so that lambda = 2 alpha^2 (kappa - 1), and a (1 - x) = lambda arcsinh(a x / (2 alpha^2)).
    """
    scale = 2 * alpha**2
    return float(brentq(lambda x: a * (1 - x) - scale * (kappa - 1) * np.arcsinh(a * x / scale), 0, 1, xtol=1e-15))
