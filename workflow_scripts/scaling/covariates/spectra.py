"""Spectra of Gaussian features, and the traces of their covariance that the theory needs.

Features v ~ N(0, Omega) in p dimensions; label y = sign(nu), nu Gaussian of variance 1 and jointly Gaussian with v. In
the eigenbasis of Omega a mode has the eigenvalue om, a multiplicity g, and the share tau = cov(nu, v_k)^2 / om of the
variance of nu that it explains (multiplicity included). What no mode explains, u0 = 1 - sum tau, is label noise,
missing features and the part of the teacher that is not linear in the features, all in one number.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import brentq
from scipy.special import zeta

from scaling.core.errors import BadInput

# An infinite power law: the first modes one by one, the rest as an integral over log k by Gauss-Legendre panels.
EXACT_MODES = 399
PANEL, PANEL_NODES = 1.5, 12
# Where that ends: what is left of the sums of om and tau is below TAIL, there are more modes than patterns can resolve,
# and no om underflows.
TAIL, MOST_MODES, SMALLEST_OM = 1e-12, 1e20, 1e-290


@dataclass(frozen=True)
class Traces:
    """With u = om / (om + kappa) and h = 1 - u, sums over the modes at each kappa, all of shape (n,).

    df = sum g u, df2 = sum g u^2, N1 = sum g u h = df - df2, T1 = sum tau u, e = sum tau h = t0 - T1, N2 = sum tau u h,
    D = sum tau (h - e/t0)^2 + u0 T1^2/t0 = sum tau u^2 - T1^2; none by a subtraction that loses digits, and
    in_log_kappa holds the derivatives of N1, N2 and D; those of df and e are -N1 and N2.
    """

    df: np.ndarray
    df2: np.ndarray
    N1: np.ndarray
    T1: np.ndarray
    e: np.ndarray
    N2: np.ndarray
    D: np.ndarray
    in_log_kappa: dict[str, np.ndarray]


class Features(ABC):
    """What the theory asks of features: traces, the sums of its starting point, what they miss of the teacher.

    u0 : the share of the teacher that is noise to the features' own modes (see `Traces`).
    size : the number p of features; infinite for an infinite power law.
    """

    u0: float
    size: float

    @abstractmethod
    def traces(self, log_kappa: np.ndarray) -> Traces:
        """The traces at each log kappa, shape (n,)."""

    @abstractmethod
    def moments(self) -> tuple[float, float, float, float]:
        """S_1, S_2 = sum g om^j and F_1, F_2 = sum tau om^j."""

    @cached_property
    def missed(self) -> float:
        """The share of the teacher's variance that no linear function of the features explains: e + u0 at kappa = 0."""
        return self.u0

    @property
    def floor(self) -> float:
        """The smallest error of any linear function of the features: arcsin(sqrt(missed)) / pi."""
        return float(np.arcsin(np.sqrt(self.missed)) / np.pi)

    @property
    def separable_up_to(self) -> float:
        """n below which the patterns are separable: pi p / theta with theta / tan(theta) = 1 - missed."""
        if not self.missed or np.isinf(self.size):
            return np.inf
        angle = brentq(lambda x: x / np.tan(x) - 1 + self.missed, 1e-9, np.pi / 2)
        return float(np.pi * self.size / angle)


class Spectrum(Features):
    """Features by their modes; om, g, tau of shape (modes,)."""

    def __init__(self, om: np.ndarray, g: np.ndarray, tau: np.ndarray, u0: float, size: float):
        self.om, self.g, self.tau = (np.asarray(values, float) for values in (om, g, tau))
        self.u0, self.size = u0, size

    @property
    def explained(self) -> float:
        """The share of the teacher that the modes explain, t0 = sum tau."""
        return 1 - self.u0

    def traces(self, log_kappa: np.ndarray) -> Traces:
        kappa = np.exp(log_kappa)[:, None]
        u = self.om / (self.om + kappa)
        h = kappa / (self.om + kappa)
        uh = u * h
        T1, e, t0 = u @ self.tau, h @ self.tau, self.explained
        N2 = uh @ self.tau
        spread = h - (e / t0)[:, None]
        uhh = uh * h
        N1 = uh @ self.g
        return Traces(
            df=u @ self.g,
            df2=u**2 @ self.g,
            N1=N1,
            T1=T1,
            e=e,
            N2=N2,
            D=spread**2 @ self.tau + self.u0 * T1**2 / t0,
            in_log_kappa={
                "N1": N1 - 2 * (uhh @ self.g),
                "N2": N2 - 2 * (uhh @ self.tau),
                "D": 2 * ((spread * uh) @ self.tau) - 2 * self.u0 * N2 * T1 / t0,
            },
        )

    def moments(self) -> tuple[float, float, float, float]:
        return tuple(float(weights @ self.om**j) for weights in (self.g, self.tau) for j in (1, 2))


def isotropic(size: float = 1.0, u0: float = 0.0) -> Spectrum:
    """Features of unit covariance; size = 1 and n = alpha is the perceptron, per dimension."""
    if not 0 <= u0 < 1:
        raise BadInput(f"u0 = {u0:g}: the share of noise must be at least 0 and below 1")
    return Spectrum([1.0], [size], [1 - u0], u0, size)


def power_law(a: float, delta: float, size: float = np.inf, noise: float = 0.0) -> Spectrum:
    """om_k = k^-(1+a), tau_k proportional to k^-(1+delta), k = 1..size, and label noise of variance `noise`.

    The teacher is the infinite one: what a finite size leaves out of it counts as noise, u0.

    Raises
    ------
    BadInput for a or delta that is not positive (0.05 at least), a size below 1, or a negative noise.
    """
    check_powers(a, delta)
    if not size >= 1 or not noise >= 0:
        raise BadInput(f"size = {size:g}, noise = {noise:g}: the size must be at least 1 and the noise at least 0")
    k, g = (np.arange(1.0, size + 1), np.ones(int(size))) if np.isfinite(size) else _infinite_modes(a, delta)
    tau = g * k ** -(1 + delta)
    u0 = noise / (1 + noise)
    if np.isfinite(size):
        u0 = float((zeta(1 + delta, size + 1) / zeta(1 + delta) + noise) / (1 + noise))
    return Spectrum(k ** -(1 + a), g, (1 - u0) * tau / tau.sum(), u0, size)


def check_powers(a: float, delta: float) -> None:
    """Raise BadInput unless both exponents of a power law are at least 0.05."""
    if not (a >= 0.05 and delta >= 0.05):
        raise BadInput(f"a = {a:g}, delta = {delta:g}: both must be at least 0.05")


def _infinite_modes(a: float, delta: float) -> tuple[np.ndarray, np.ndarray]:
    """k and weights of the sums over k = 1..infinity of functions of k^-(1+a) and k^-(1+delta).

    Beyond EXACT_MODES the Euler-Maclaurin formula: the integral from half a step beyond, and a 24th of the derivative
    there, which is a weight of 1/24 taken from the last exact mode and given to the next.
    """
    start = np.log(EXACT_MODES + 0.5)
    end = min(max(np.log(MOST_MODES), -np.log(TAIL) / min(a, delta)), -np.log(SMALLEST_OM) / (1 + a))
    panels = int(np.ceil((end - start) / PANEL))
    nodes, weights = np.polynomial.legendre.leggauss(PANEL_NODES)
    log_k = start + PANEL * (np.arange(panels)[:, None] + (1 + nodes) / 2).ravel()
    k = np.exp(log_k)
    exact = np.ones(EXACT_MODES)
    exact[-1] -= 1 / 24
    tail = np.tile(PANEL / 2 * weights, panels) * k
    return np.concatenate([np.arange(1.0, EXACT_MODES + 2), k]), np.concatenate([exact, [1 / 24], tail])
