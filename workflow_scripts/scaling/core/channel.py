"""Integrals over the logistic channel, which all solvable models with the loss V(D) = log(1 + exp(-2 D)) share.

A pattern of field t (standard normal, times the scale lambda of the output) ends at the proximal point
z = argmin V(z) + (z - lambda t)^2 / (2 k). Two choices make the integrals cheap and exact to rounding:

- The integration variable is z itself, in which everything is explicit: with p = 1 / (1 + exp(2 z)), Q = 2 k p,
  omega = lambda t = z - Q, d omega = (1 + c) dz, c = 2 Q (1 - p). No proximal point is solved for inside an integral,
  and only log k appears (k itself overflows at large lambda).
- Gauss-Legendre panels end where the narrow Gaussian ends, at multiples of the wide one, and are at most
  Quadrature.width long in z (the poles of p lie i pi/2 away from the real axis).
"""

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

ROOT_2_PI = np.sqrt(2 * np.pi)
gauss_legendre = cache(np.polynomial.legendre.leggauss)


@dataclass(frozen=True)
class Quadrature:
    """How fine the integrals are; the defaults reach 1e-12 (tests compare with halved panels of more nodes)."""

    nodes: int = 16
    width: float = 2.0  # longest panel in z
    kernel_panels: int = 6  # panels over |omega| < reach / narrow
    gauss_panels: int = 3  # panels over 0 < omega < reach / wide
    reach: float = 9.0  # standard deviations kept of a Gaussian: exp(-9^2/2) = 3e-18
    tail: float = 18.0  # Q^2 beyond exp(-2 tail), Q under the kernel beyond exp(-1.8 tail), is dropped


STANDARD = Quadrature()


class Integral(NamedTuple):
    """An integral at n points with its derivatives, each of shape (n,)."""

    value: np.ndarray
    in_log_k: np.ndarray
    in_log_tan: np.ndarray  # tan of the angle theta between student and teacher, at fixed k and lambda
    in_log_lambda: np.ndarray  # scale of the output, at fixed t = omega / lambda and its measure


class Channel:
    """The proximal map at n points, on nodes fit for two weights.

    gauss  = exp(-(wide omega)^2 / 2) Phi(cut omega),   wide = 1 / lambda,   cut = 1 / (lambda tan theta)
    kernel = exp(-(narrow omega)^2 / 2),                narrow^2 = wide^2 + cut^2,   so narrow = 1 / (lambda sin theta)

    Parameters
    ----------
    log_k, wide, cut : shape (n,). wide may be 0: the limit of small angles at fixed lambda theta.
    quadrature : how fine the integrals are.
    linear : keep also what falls only as exp(-2 z) under `gauss`: for `response` and `overlap`.
    """

    def __init__(
        self,
        log_k: np.ndarray,
        wide: np.ndarray,
        cut: np.ndarray,
        quadrature: Quadrature = STANDARD,
        linear: bool = False,
    ):
        narrow = np.hypot(wide, cut)
        self.cosine, self._points = cut / narrow, log_k.size
        owner, left, right = _panels(log_k, wide, narrow, quadrature, linear)
        nodes, weights = gauss_legendre(quadrature.nodes)
        half = (right - left)[:, None] / 2
        z = left[:, None] + half * (1 + nodes)
        self._owner, self.dz = owner, half * weights
        self.Q, self.p = _prox(z, log_k[owner, None])
        self.c = 2 * self.Q * (1 - self.p)
        self.omega = z - self.Q
        self.domega = (1 + self.c) * self.dz
        self._in_kernel = self.omega * narrow[owner, None]
        self.kernel = np.exp(-0.5 * self._in_kernel**2)
        self.gauss = np.exp(-0.5 * (self.omega * wide[owner, None]) ** 2) * ndtr(self.omega * cut[owner, None])

    def total(self, integrand: np.ndarray) -> np.ndarray:
        """The sum over all nodes of each point, shape (n,); weights and measure are the caller's."""
        return np.bincount(self._owner, integrand.sum(axis=1), minlength=self._points)

    def _in_log_tan(self, integrand: np.ndarray) -> np.ndarray:
        """Derivative of the integral of gauss times integrand: only the cut in gauss depends on the angle."""
        return -self.total(integrand * self.kernel * self._in_kernel * self.domega) * self.cosine / ROOT_2_PI

    def square(self) -> Integral:
        """Integral of gauss Q^2 d omega."""
        QQ = self.Q**2
        weighted = self.gauss * QQ
        return Integral(
            self.total(weighted * self.domega),
            2 * self.total(weighted * self.dz),
            self._in_log_tan(QQ),
            -2 * self.total(self.gauss * self.Q * self.c * self.omega * self.dz),
        )

    def drive(self) -> Integral:
        """Integral of kernel Q d omega; its derivatives are those of the mean of Q over the kernel."""
        weighted = self.kernel * self.dz
        in_log_lambda = -self.total(weighted * self.c * self.omega)
        return Integral(
            self.total(weighted * self.Q * (1 + self.c)),
            self.total(weighted * self.Q),
            self.cosine**2 * in_log_lambda,
            in_log_lambda,
        )

    def response(self) -> Integral:
        """Integral of gauss (1 - dz/d omega) d omega, that is of gauss c dz (needs `linear`)."""
        share = self.c / (1 + self.c)
        weighted = self.gauss * share * self.dz
        return Integral(
            self.total(self.gauss * self.c * self.dz),
            self.total(weighted * (1 - 2 * (1 - 2 * self.p) * self.Q / (1 + self.c))),
            self._in_log_tan(share),
            -2 * self.total(weighted * (1 - 2 * self.p) * self.omega / (1 + self.c)),
        )

    def overlap(self) -> Integral:
        """Integral of gauss omega Q d omega (needs `linear`); at fixed omega / lambda, only Q moves with lambda."""
        weighted = self.gauss * self.omega * self.dz
        return Integral(
            self.total(weighted * self.Q * (1 + self.c)),
            self.total(weighted * self.Q),
            self._in_log_tan(self.omega * self.Q),
            -self.total(weighted * self.c * self.omega),
        )


def _prox(z: np.ndarray, log_k: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Q = 2 k p and p = 1/(1 + exp(2 z)), by log k, without overflow."""
    small = np.exp(-2 * np.abs(z))
    p = np.where(z > 0, small, 1) / (1 + small)
    return 2 * np.exp(log_k - 2 * np.maximum(z, 0) - np.log1p(small)), p


def _panels(
    log_k: np.ndarray, wide: np.ndarray, narrow: np.ndarray, quadrature: Quadrature, linear: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Panels in z of all points in one ragged list: the point that owns a panel, its left and right end."""
    reach, tail = quadrature.reach, quadrature.tail
    ends_kernel = np.linspace(-reach, reach, quadrature.kernel_panels + 1)[:, None] / narrow
    with np.errstate(divide="ignore"):  # wide = 0: no Gaussian, its break points at infinity are cut off below
        ends_gauss = np.linspace(0, reach, quadrature.gauss_panels + 1)[1:, None] / wide
    ends = np.concatenate([ends_kernel, np.minimum(ends_gauss, 1e12)])
    ends = _z_of_omega(ends, log_k)
    lowest, kernel_end, gauss_end = ends[0], ends[quadrature.kernel_panels], ends[-1]
    fall = np.maximum(0, (np.log(2) + log_k) / 2)  # where Q starts to fall as exp(-2 z)
    highest = np.maximum(fall + tail / 2 + 0.5, np.minimum(kernel_end, fall + 0.9 * tail))
    if linear:
        highest = fall + tail
    highest = np.minimum(gauss_end, highest)
    count = int(np.ceil(np.max((highest - lowest) / quadrature.width)))
    steps = lowest + quadrature.width * np.arange(count + 1)[:, None]
    ends = np.sort(np.clip(np.concatenate([ends, steps]), lowest, highest), axis=0)
    panel, owner = np.nonzero(np.diff(ends, axis=0) > 1e-14 * np.abs(ends[1:]))
    return owner, ends[panel, owner], ends[panel + 1, owner]


def _z_of_omega(omega: np.ndarray, log_k: np.ndarray) -> np.ndarray:
    """Solve z - Q(z) = omega (break points only: a few digits do).

    In y = log Q the equation y + softplus(2 (omega + e^y)) = log(2 k) is increasing and convex: Newton's method
    started above the solution falls to it monotonically.
    """
    log_2k = np.log(2) + log_k
    with np.errstate(divide="ignore"):
        y = np.minimum(log_2k, np.log(np.maximum(1, (log_2k - 2 * omega) / 2)))
    for _ in range(6):
        z = omega + np.exp(y)
        small = np.exp(-2 * np.abs(z))
        softplus = 2 * np.maximum(z, 0) + np.log1p(small)
        p = np.where(z > 0, small, 1) / (1 + small)
        y -= (y + softplus - log_2k) / (1 + 2 * (1 - p) * np.exp(y))
    return omega + np.exp(y)
