"""The quadratic network where few of many features are learned, K = #{l > s} << d: each feature is on its own.

A feature of size l > s = the effective noise's half edge stands out of the noise as an eigenvalue l + s^2/l whose
eigenvector has overlap 1 - s^2/l^2 with its own (Baik, Ben Arous and Peche 2005); weight decay takes tau = t s from it.
Below t = 2 the noise's own eigenvalues are learned too.
"""

import numpy as np
from scipy.optimize import elementwise

from scaling.shallow.frontier import Frontier

_ANGLES, _WEIGHTS = np.polynomial.legendre.leggauss(40)


def semicircle_above(t: np.ndarray, power: int) -> np.ndarray:
    """Integral of (x - t)^power over the semicircle on [-2, 2] above t, for t >= -2."""
    t = np.minimum(np.asarray(t, float), 2.0)[..., None]
    top = np.arccos(t / 2)
    angle = top * (1 + _ANGLES) / 2
    x = 2 * np.cos(angle)
    return np.sum(_WEIGHTS * (x - t) ** power * (2 / np.pi) * np.sin(angle) ** 2, axis=-1) * top[..., 0] / 2


def risk_and_norm(target: Frontier, s: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """R and N at half edge s and threshold t = tau / s.

    Exact for t >= 2 as K/d goes to 0. For t < 2 the noise's bulk is added as if features did not disturb it: within
    1 % for (2 - t) below some 0.2 at K/d = 0.02 (compared with the exact spectrum), better for smaller K/d.
    """
    s, t = np.broadcast_arrays(np.asarray(s, float), np.asarray(t, float))
    smallest = np.where(t > 2, (t + np.sqrt(np.maximum(t * t - 4, 0))) / 2, 1.0)  # x + 1/x > t
    K = target.features_above(s * smallest)
    per_feature = K * (2 + t * t) + 3 * s**2 * target.inverse_square[K] - 4 * t * s * target.inverse[K]
    d = target.l.size
    risk = s**2 * (per_feature + d * semicircle_above(t, 2)) + target.rest[K]
    norm = target.size[K] + s**2 * target.inverse[K] - K * t * s + d * s * semicircle_above(t, 1)
    return risk, norm


def abscissa(s: np.ndarray) -> np.ndarray:
    """n_eff / (Delta + R) = 1 / (2 s^2), n_eff = n/d: what the width of the noise depends on alone."""
    return 1 / (2 * np.square(s))


def at_threshold(target: Frontier, n_eff: np.ndarray, t: np.ndarray, noise: float) -> tuple[np.ndarray, ...]:
    """s, R and N at given n_eff = n/d and t >= 2 or little below: 2 n_eff s^2 = Delta + R.

    nan where t is too small for any width: then the noise alone would need more examples.
    """
    n_eff, t = np.broadcast_arrays(np.asarray(n_eff, float), np.asarray(t, float))

    def excess(log_s, n_eff, t):
        s = np.exp(log_s)
        return np.log((noise + risk_and_norm(target, s, t)[0]) / (2 * n_eff * s * s))

    start = np.log((noise + 1) / (2 * n_eff)) / 2
    found = elementwise.find_root(excess, (start - 12, start + 12), args=(n_eff, t))
    s = np.where(found.success, np.exp(found.x), np.nan)
    return (s, *risk_and_norm(target, s, t))


def risk_constant(g: float) -> float:
    """C_R of R + tail = C_R c^(1/g) s^(2-1/g) at t = 2."""
    return 6 - 8 / (1 + g) + 3 / (1 + 2 * g) + 1 / (2 * g - 1)


def norm_constant(g: float) -> float:
    """C_N of N + N_0 = C_N c^(1/g) s^(1-1/g) at t = 2."""
    return -2 + 1 / (1 + g) + 1 / (1 - g)


def overfit_constant() -> float:
    """Of the overfit floor without signal: R / (Delta + R) -> this times (n / d^2)^(2/5), as lambda goes to 0."""
    return 2 / 7 * (15 * np.pi / 4) ** 0.4
