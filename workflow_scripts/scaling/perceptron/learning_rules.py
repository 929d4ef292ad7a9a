"""Generalization errors of the classical learning rules that the fixed-norm perceptron is compared with.

Each is for a teacher perceptron without noise, N -> infinity, P = alpha N patterns; alphas have shape (alphas,) and
so has the error. cos(theta) is the overlap with the teacher, epsilon = theta / pi.
"""

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq
from scipy.special import erfcx, ndtr

from scaling.core.errors import NotConverged

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(200)
REACH = 9.0  # standard deviations kept of a Gaussian: exp(-9^2/2) = 3e-18


def hebb(alphas: np.ndarray) -> np.ndarray:
    """Hebb rule, w = sum of the patterns: R = sqrt(2 alpha / (2 alpha + pi)) (Vallet 1989)."""
    return np.arctan(np.sqrt(np.pi / 2 / np.asarray(alphas, float))) / np.pi


def bayes_optimal(alphas: np.ndarray) -> np.ndarray:
    """Bayes-optimal classification (Opper and Haussler, Phys. Rev. Lett. 66, 2677, 1991): 0.442 / alpha at large alpha.

    cos(theta)^2 is the overlap r of two students drawn from the posterior (Gibbs learning), which solves

        r / sqrt(1 - r) = alpha / pi Int Dt exp(-r t^2 / 2) / H(sqrt(r) t).
    """
    t, weights = REACH * _NODES, REACH * _WEIGHTS
    gauss = weights * np.exp(-(t**2) / 2) / np.sqrt(2 * np.pi)

    def excess(log_tangent: float, alpha: float) -> float:
        cosine = 1 / np.hypot(1, np.exp(log_tangent))
        # exp(-x^2/2) / H(x) = 2 / erfcx(x / sqrt 2), without underflow
        integral = gauss @ (2 / erfcx(cosine / np.sqrt(2) * t))
        # r / sqrt(1 - r) = cos / tan
        return np.log(alpha / np.pi * integral / cosine) + log_tangent

    return _epsilon(excess, alphas, "Bayes-optimal")


def max_stability(alphas: np.ndarray) -> np.ndarray:
    """Perceptron of maximum stability (Opper, Kinzel, Kleinz, Nehl, J. Phys. A 23, L581, 1990).

    Its error is 0.5005 / alpha at large alpha. It is the limit lambda -> infinity of the logistic loss. The stability
    kappa = r sin(theta) and the angle theta solve

        sin(theta)^2 = 2 alpha Int_{-inf}^{kappa} Dt (kappa - t)^2 H(-t cot(theta))
        cos(theta)   = alpha sqrt(2/pi) Int_{-inf}^{r} Dv (kappa - sin(theta) v)

    of which the second gives theta by r in closed form, and the first is solved for r.
    """

    def log_tangent(log_r: float, alpha: float) -> float:
        r = np.exp(log_r)
        mean = r * ndtr(r) + np.exp(-(r**2) / 2) / np.sqrt(2 * np.pi)
        return -np.log(alpha * np.sqrt(2 / np.pi) * mean)

    def excess(log_r: float, alpha: float) -> float:
        r, tangent = np.exp(log_r), np.exp(log_tangent(log_r, alpha))
        sine, cosine = tangent / np.hypot(1, tangent), 1 / np.hypot(1, tangent)
        half = (r + REACH) / 2
        v, weights = half * (1 + _NODES) - REACH, half * _WEIGHTS
        density = np.exp(-((sine * v) ** 2) / 2) / np.sqrt(2 * np.pi)
        return np.log(2 * alpha * sine * (weights @ (density * (r - v) ** 2 * ndtr(cosine * v))))

    return _epsilon(excess, alphas, "maximum stability", log_tangent)


def _epsilon(
    excess: Callable[[float, float], float],
    alphas: np.ndarray,
    rule: str,
    log_tangent: Callable[[float, float], float] = lambda unknown, alpha: unknown,
) -> np.ndarray:
    """The error theta / pi at the root of `excess` in an unknown that gives log tan(theta)."""
    errors = []
    for alpha in np.asarray(alphas, float):
        try:
            root = brentq(excess, np.log(1e-9), np.log(1e3), args=(alpha,), xtol=1e-14, rtol=1e-14)
        except ValueError as problem:
            raise NotConverged(f"the {rule} perceptron was not found at alpha = {alpha:g}: {problem}") from None
        errors.append(np.arctan(np.exp(log_tangent(root, alpha))) / np.pi)
    return np.array(errors)
