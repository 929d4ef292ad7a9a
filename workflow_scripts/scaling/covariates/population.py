"""n = infinity: minimisers of the expected loss at fixed norm, and gradient flow of it.

For a Gaussian output of standard deviation lam, Stein's identity makes the expected gradient linear in w: with
S(lam) = E sech^2(lam x), x standard normal, it is sqrt(2/pi) cov(nu, v) - S Omega w. So the minimiser at a ridge kappa
is w = M cov / (om + kappa), M = sqrt(2/pi) / S(lam): the angle is explicit, and lam solves lam S = sqrt(2 T2 / pi),
T2 = sum tau u^2. The path ends at kappa = 0.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, elementwise

from scaling.core.errors import NotConverged
from scaling.covariates.spectra import Features, Spectrum

ROOT_2_OVER_PI = np.sqrt(2 / np.pi)
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(120)
_HALF, _DHALF = 10 * (1 + _NODES), 10 * _WEIGHTS  # 0 to 20: sech^2 beyond is 2e-17, a Gaussian less
LAM_RANGE = (1e-8, 1e18)


def odds(lam: np.ndarray) -> np.ndarray:
    """(1 - F) / F of F = sqrt(pi/2) lam E sech^2(lam x), without cancellation.

    It falls from sqrt(2/pi) / lam at small lam to pi^2 / (24 lam^2) at large. Exact to 1e-13.
    """
    lam = np.asarray(lam, float)[..., None]
    narrow = np.minimum(lam, 1)  # over x, where sech^2 is the wider of the two factors
    F = lam[..., 0] * (_DHALF * np.exp(-(_HALF**2) / 2) / np.cosh(narrow * _HALF) ** 2).sum(axis=-1)
    wide = np.maximum(lam, 1)  # over z = lam x, where the Gaussian is
    rest = (_DHALF / np.cosh(_HALF) ** 2 * -np.expm1(-((_HALF / wide) ** 2) / 2)).sum(axis=-1)
    return np.where(lam[..., 0] < 1, (1 - F) / F, rest / (1 - rest))


@dataclass(frozen=True)
class Population:
    """Points at n = infinity, arrays of shape (m,); norm is |w|, epsilon against the (noisy) label."""

    norm: np.ndarray
    epsilon: np.ndarray
    lam: np.ndarray


def path(features: Features, log_kappa: np.ndarray) -> Population:
    """The minimisers of the expected loss at each log kappa, shape (m,); lam and the norm rise as kappa falls.

    Raises NotConverged where lam is beyond 1e18.
    """
    t = features.traces(np.asarray(log_kappa, float))
    rest = (t.e + features.u0) * (1 + t.T1) - t.D  # 1 - T2 = 1 - T1^2 - D, as u0 + e = 1 - T1
    root = np.sqrt(t.T1**2 + t.D)
    lam = _lam_of_odds(rest / (1 + root) / root)
    M = lam / root
    return Population(M * np.sqrt(t.N2 / np.exp(log_kappa)), np.arctan(np.sqrt(t.D) / t.T1) / np.pi, lam)


def end(features: Features) -> Population:
    """The end of the path at n = infinity: kappa = 0, the smallest error that the features allow, at its norm."""
    s1, *_ = features.moments()
    return path(features, np.array([np.log(s1) - 46.0]))  # kappa: 1e-20 of the sum of eigenvalues


def _lam_of_odds(wanted: np.ndarray) -> np.ndarray:
    low, high = (np.full(wanted.shape, np.log(value)) for value in LAM_RANGE)
    found = elementwise.find_root(
        lambda log_lam, log_wanted: np.log(odds(np.exp(log_lam))) - log_wanted,
        (low, high),
        args=(np.log(wanted),),
        tolerances={"xatol": 1e-13, "xrtol": 0, "fatol": 1e-15},
    )
    if not np.all(found.success):
        raise NotConverged("at n = infinity the output's scale lam is not within 1e-8..1e18")
    return np.exp(found.x)


# ------------------------------------------------------------------------------------------- gradient flow

FIRST_STEP, GROWTH = 1e-3, 0.02


def flow(spectrum: Spectrum, norm: float) -> tuple[np.ndarray, Population]:
    """Gradient flow of the expected loss from w = 0, until |w| passes `norm`: the times, and the points there.

    dw/dt = om (sqrt(2/pi) b - S w) in each mode, om b = cov(nu, v). In the time T with dT = S dt it is linear in w with
    the drive M b: an exponential step, with M linear in T and its end such that lam and M fit each other. T grows by
    GROWTH a step; the error of the path is of its square (tested by halving it).

    Raises NotConverged where the norm stops growing before (noise or missing features with few modes).
    """
    return _flow(spectrum, norm, GROWTH)


def _flow(spectrum: Spectrum, norm: float, growth: float) -> tuple[np.ndarray, Population]:
    om, tau, u0 = spectrum.om, spectrum.tau, spectrum.u0
    t0, b2 = spectrum.explained, tau / om
    h, M, clock, now = np.ones(om.size), ROOT_2_OVER_PI, 0.0, 0.0
    rows, last = [], 0.0
    while last < norm:
        step = max(FIRST_STEP, growth * clock)
        decay = np.exp(-om * step)
        kept, gained = decay * M * h, -np.expm1(-om * step) / (om * step)

        def end_of(dM, M=M, kept=kept, gained=gained):
            left = (kept + dM * gained) / (M + dM)
            rest = u0 + tau @ (left * (2 - left))  # 1 - sum tau (1 - h)^2
            lam = (M + dM) * np.sqrt(max(1 - rest, 1e-300))
            return left, rest, lam

        def excess(dM, M=M, end_of=end_of):
            _, rest, lam = end_of(dM)
            # M - lam on both sides: from the modes, and from lam S(lam)
            return (M + dM) * rest / (1 + np.sqrt(1 - rest)) - lam * float(odds(lam))

        dM = brentq(excess, *_bracket(excess, 0.05 * M), xtol=1e-14 * M, rtol=1e-14)
        h, _, lam = end_of(dM)
        # dt = dT / S = dT M / sqrt(2/pi), M linear in T
        now += step * (M + dM / 2) / ROOT_2_OVER_PI
        M, clock = M + dM, clock + step
        T1 = tau @ (1 - h)
        D = tau @ (1 - h - T1 / t0) ** 2 + u0 * T1**2 / t0
        length = M * np.sqrt(b2 @ (1 - h) ** 2)
        if length < last * (1 + 1e-12):
            raise NotConverged(f"the norm of the population's flow stops at {length:g}, before {norm:g}")
        last = length
        rows.append((now, length, np.arctan(np.sqrt(D) / T1) / np.pi, lam))
    times, lengths, errors, lams = np.array(rows).T
    return times, Population(lengths, errors, lams)


def _bracket(excess, width: float) -> tuple[float, float]:
    """0 and a rise of M that together enclose the root: M never falls, as lam never does."""
    low = -1e-12 * width
    while excess(width) * excess(low) > 0:
        width *= 2
        if width > 1e12:
            raise NotConverged("a step of the population's flow has no end")
    return low, width
