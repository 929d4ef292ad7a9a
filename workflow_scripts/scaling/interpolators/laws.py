"""Closed laws of minimum-l_p interpolators: the ray, the elbow, two blocks, noise; and their exponents.

Setting: X is n x d with N(0, 1) entries, n < d, y = X w* + sigma xi, s weights of w* equal a > 0 (the spikes), the rest
0 (the bulk). q = p / (p - 1), kappa = d / n, m_k = E|h|^k for h ~ N(0, 1). What is exact is in `state_evolution`.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaln

from scaling.interpolators.gaussian import moments
from scaling.interpolators.potentials import PNorm


def gaussian_moment(k: np.ndarray | float) -> np.ndarray | float:
    """m_k = E|h|^k = 2^(k/2) Gamma((k + 1) / 2) / sqrt(pi)."""
    return np.exp(k / 2 * np.log(2) + gammaln((k + 1) / 2)) / np.sqrt(np.pi)


@dataclass(frozen=True)
class Signal:
    """What is to be learned: d weights, s of them equal a, noise sigma."""

    d: float
    s: float = 1.0
    a: float = 1.0
    sigma: float = 0.0

    @property
    def power(self) -> float:
        """E y^2 = s a^2 + sigma^2."""
        return self.s * self.a**2 + self.sigma**2


def _q(p: float) -> float:
    return p / (p - 1)


def _bulk(p: float, signal: Signal, z: float, r: np.ndarray) -> np.ndarray:
    """The l_r norms of d - s weights (z |h|)^(q-1)."""
    power = _q(p) - 1
    return ((signal.d - signal.s) * gaussian_moment(power * r)) ** (1 / r) * z**power


# ------------------------------------------------------------------------------------------------- the ray


def ray(p: float, n: float, signal: Signal, r: np.ndarray | float) -> tuple[float, np.ndarray]:
    """A spike's weight and the bulk's l_r norms on the ray nu = t y: t from y.X w(t X' y) = |y|^2."""
    q = _q(p)
    spikes, bulk = signal.s * (n * signal.a) ** q, (signal.d - signal.s) * gaussian_moment(q)
    t = (n * signal.power / (spikes + bulk * (signal.power * n) ** (q / 2))) ** (1 / (q - 1))
    return (t * n * signal.a) ** (q - 1), _bulk(p, signal, t * np.sqrt(signal.power * n), r)


def elbow_at_fixed_d(p: float, signal: Signal) -> float:
    """n at which spikes and bulk are equal on the ray; without noise a spike is then a / 2."""
    q = _q(p)
    return ((signal.d * gaussian_moment(q) * signal.power ** (q / 2)) / (signal.s * signal.a**q)) ** (2 / q)


def elbow_at_fixed_ratio(p: float, kappa: float, signal: Signal) -> float:
    """The same with d = kappa n, for kappa >> 1; infinite at p = 2, where spikes never win."""
    q = _q(p)
    if q == 2:
        return np.inf
    return (kappa * gaussian_moment(q) * signal.power ** (q / 2) / (signal.s * signal.a**q)) ** (2 / (q - 2))


def bulk_peak_at_fixed_d(p: float, signal: Signal) -> float:
    """n at which the bulk's norms are largest at fixed d (two blocks, no noise): n_star (q - 1)^(-2/q)."""
    return elbow_at_fixed_d(p, signal) * (_q(p) - 1) ** (-2 / _q(p))


# ------------------------------------------------------------------------------- fixed d / n, s << n, no noise


@dataclass(frozen=True)
class SparseLimit:
    """One spike or few, s << n, no noise, at fixed kappa: exact. `elbow` is the n at which a spike is a / 2."""

    elbow: float
    theta: float  # lambda omega^(p-2)
    c: float  # 1 - kappa E prox_theta(h)^2
    q: float

    def spike(self, n: float, a: float = 1.0) -> float:
        """A spike's weight: x / (1 - x) = (n / elbow)^((q-2)/2)."""
        odds = (n / self.elbow) ** ((self.q - 2) / 2)
        return a * odds / (1 + odds)


def sparse_limit(p: float, kappa: float, s: float = 1.0) -> SparseLimit:
    """The limit's elbow, s theta^(2 (q-1) / (q-2)) / c with kappa E prox_theta'(h) = 1; p < 2."""

    def at(log_theta: float) -> tuple[float, float]:
        found = moments(PNorm(np.array([p])), np.array([log_theta]), np.zeros(1), np.zeros(1), 192)
        return found.slope[0, 0], found.error[0, 0]

    log_theta = brentq(lambda log: np.log(kappa * at(log)[0]), -30, 30 + np.log(kappa), xtol=1e-13)
    q, theta, c = _q(p), float(np.exp(log_theta)), 1 - kappa * at(log_theta)[1]
    return SparseLimit(s * theta ** (2 * (q - 1) / (q - 2)) / c, theta, c, q)


# ------------------------------------------------------------------------------------------------- two blocks


def two_blocks(p: float, n: float, signal: Signal, r: np.ndarray | float) -> tuple[float, np.ndarray]:
    """A spike's weight and the bulk's l_r norms for s << n << d.

    The spike fraction x solves x^(p-1) = A^(p/2) a^(2-p) rho^(p-2) (1 - x), rho^2 = s a^2 (1 - x)^2 + sigma^2,
    A = n / ((d - s) m_q)^(2/q). Without noise it is the ray.
    """
    q, a = _q(p), signal.a
    bulk = (signal.d - signal.s) * gaussian_moment(q)
    log_A = np.log(n) - 2 / q * np.log(bulk)

    def rho(log_odds: float) -> float:
        return np.hypot(np.sqrt(signal.s) * a / (1 + np.exp(log_odds)), signal.sigma)

    def excess(log_odds: float) -> float:
        log_x, log_rest = -np.logaddexp(0, -log_odds), -np.logaddexp(0, log_odds)
        right = p / 2 * log_A + (2 - p) * (np.log(a) - np.log(rho(log_odds))) + log_rest
        return (p - 1) * log_x - right

    log_odds = brentq(excess, -300, 300, xtol=1e-12)
    # z = rho sqrt(n) / (n lambda), and the bulk's sum of prox' is n
    omega = rho(log_odds) / np.sqrt(n)
    log_lambda = (np.log(bulk / n) + (q - 2) * np.log(omega)) / (q - 1)
    return a / (1 + np.exp(-log_odds)), _bulk(p, signal, omega / np.exp(log_lambda), r)


# ------------------------------------------------------------------------------------------------------ noise


def noise_onset(p: float, signal: Signal) -> float:
    """The n from which on the bulk fits the noise, by order of magnitude: n_star (sigma / (a sqrt(s)))^(-2/q)."""
    if not signal.sigma:
        return np.inf
    noiseless = Signal(signal.d, signal.s, signal.a)
    return elbow_at_fixed_d(p, noiseless) * (signal.sigma / (signal.a * np.sqrt(signal.s))) ** (-2 / _q(p))


def noise_bulk(p: float, n: float, signal: Signal, r: np.ndarray | float) -> np.ndarray:
    """The bulk's l_r norms beyond the onset of noise, n << d."""
    bulk = signal.d - signal.s
    top = (bulk * gaussian_moment((_q(p) - 1) * r)) ** (1 / r)
    return signal.sigma * np.sqrt(n) * top / (bulk * gaussian_moment(_q(p)))


# -------------------------------------------------------------------------------------- exponents of |bulk|_r in n


def threshold(p: float) -> float:
    """r_star = 2 (p - 1): below it the norms of a noiseless bulk grow with n at fixed d / n."""
    return 2 * (p - 1)


def slope_without_noise(p: float, r: float) -> float:
    """Beyond the elbow at fixed d / n: 1/r - 1/r_star."""
    return 1 / r - 1 / threshold(p)


def slope_with_noise(r: float) -> float:
    """At fixed d / n where noise, or any l_2-like bulk, sets omega: 1/r - 1/2, whatever p."""
    return 1 / r - 1 / 2


def slope_at_fixed_d(p: float) -> float:
    """Beyond the elbow at fixed d, no noise: -1/r_star for every r."""
    return -1 / threshold(p)
