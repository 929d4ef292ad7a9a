"""The limit n -> infinity at fixed n^-gamma_2 |w| in region I (beta < 1): the master curve of the collapse.

For each width k of the proximal map, with S = lam theta and integrals over omega in which the wide Gaussian is 1,

    N = 1 / Int Phi(omega/S) r,   E = S^2 + Int Phi omega Q / J,   J = Int phi(v) Q dv,   A = N Int Phi Q^2,

S solves A (1 - b) + E (1 - beta) = S^2; then E = lam^2 c kappa^beta, K kappa^-b = n sqrt(2/pi) / (lam N),
|w|^2 = (A b + beta E) / kappa and epsilon = S / (pi lam).
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, elementwise
from scipy.special import ndtr

from scaling.core.channel import ROOT_2_PI, Channel
from scaling.core.errors import BadInput, NotConverged
from scaling.covariates.predictions import degrees_constant, missing_constant, region

ROOT_2_OVER_PI = np.sqrt(2 / np.pi)


@dataclass(frozen=True)
class Limit:
    """Points of the limit for n = 1; at another n: norm n^gamma_2, epsilon n^-gamma (`predictions.predict`)."""

    norm: np.ndarray
    epsilon: np.ndarray
    lam_theta: np.ndarray


def limit(a: float, delta: float, log_k: np.ndarray) -> Limit:
    """The curve at each log k, shape (m,), along which it rises in norm.

    Raises
    ------
    BadInput outside of region I, where no such limit exists.
    """
    b, beta = _powers(a, delta)
    log_k = np.asarray(log_k, float)

    def parts(log_S, log_k):
        S = np.exp(log_S)
        channel = Channel(log_k, np.zeros_like(S), 1 / S, linear=True)
        N = 1 / channel.response().value
        J = channel.drive().value / (ROOT_2_PI * S)
        return S, N, S**2 + channel.overlap().value / J, N * channel.square().value

    def excess(log_S, log_k):
        S, _, E, A = parts(log_S, log_k)
        return np.log((A * (1 - b) + E * (1 - beta)) / S**2)

    low, high = np.full(log_k.size, np.log(1e-4)), np.log(50 + np.abs(log_k))
    found = elementwise.find_root(
        excess, (low, high), args=(log_k,), tolerances={"xatol": 1e-12, "xrtol": 0, "fatol": 1e-14}
    )
    if not np.all(found.success):
        raise NotConverged(f"the scaling limit was not found at a = {a:g}, delta = {delta:g}")
    S, N, E, A = parts(found.x, log_k)
    c, K = missing_constant(a, delta), degrees_constant(a)
    kappa = (E * np.pi / 2 * (K * N) ** 2 / c) ** (1 / (2 * b + beta))
    lam = ROOT_2_OVER_PI * kappa**b / (K * N)
    return Limit(np.sqrt((A * b + beta * E) / kappa), S / (np.pi * lam), S)


def limit_optimum(a: float, delta: float) -> tuple[float, float]:
    """norm and epsilon of the limit's minimum, for n = 1; exact to 1e-9 and 1e-12.

    Raises BadInput where there is none (a below about 0.2: the error falls to the maximum margin).
    """
    step = 2e-3 * np.array([-2, -1, 1, 2])

    def slope(log_k: float) -> float:
        return float(np.array([1, -8, 8, -1]) @ np.log(limit(a, delta, log_k + step).epsilon))

    grid = np.linspace(-3, 15, 37)
    error = limit(a, delta, grid).epsilon
    lowest = int(np.argmin(error))
    if lowest == grid.size - 1:
        raise BadInput(f"a = {a:g}, delta = {delta:g}: the error falls up to the maximum margin, and has no minimum")
    best = limit(a, delta, np.array([brentq(slope, grid[lowest - 1], grid[lowest + 1], xtol=1e-9)]))
    return float(best.norm[0]), float(best.epsilon[0])


def max_margin(a: float, delta: float) -> float:
    """epsilon of the maximum margin (|w| -> infinity) for n = 1; at another n times n^-gamma."""
    b, beta = _powers(a, delta)

    def integrals(r: float) -> tuple[float, float, float]:
        density, below = np.exp(-(r**2) / 2) / ROOT_2_PI, ndtr(r)
        second = ((r**2 + 1) * below + r * density) / 2
        third = ((r**3 + 3 * r) * below + (r**2 + 2) * density) / 6
        return r * below + density, 2 * third, r * second - 2 * third

    def excess(r: float) -> float:
        first, second, third = integrals(r)
        return (1 - b) * second / first + (1 - beta) * (1 + third / first) - 1

    r = brentq(excess, 1e-9, 1e3, xtol=1e-14)
    first, _, third = integrals(r)
    ratio = missing_constant(a, delta) / (1 + third / first)
    # theta^2 = ratio kappa^beta and K kappa^-b = sqrt(2/pi) theta first
    kappa = (degrees_constant(a) / (ROOT_2_OVER_PI * first * np.sqrt(ratio))) ** (1 / (b + beta / 2))
    return float(np.sqrt(ratio * kappa**beta) / np.pi)


def _powers(a: float, delta: float) -> tuple[float, float]:
    if region(a, delta) != "I":
        raise BadInput(f"a = {a:g}, delta = {delta:g}: the scaling limit exists for delta below 1 + a only")
    return 1 / (1 + a), delta / (1 + a)
