"""Offsets of the power laws (Eqs. 2 and 3 of the paper): y = k x^exponent + q, kept only where the data bear them."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import OptimizeResult, least_squares

from scaling.analysis.power_law import fit_power_law
from scaling.analysis.robust.thresholds import CLEAR_GAIN, ROUNDING


@dataclass(frozen=True)
class OffsetLaw:
    """y = 10**log10_k x**exponent + 10**log10_q; gain = AICc(no offset) - AICc(with it).

    sigma : standard error of the exponent, from the residuals (NaN where they determine none).
    """

    exponent: float
    log10_k: float
    log10_q: float
    gain: float
    sigma: float = np.nan

    @property
    def chosen(self) -> bool:
        """Whether the information criterion clearly prefers the offset."""
        return self.gain > CLEAR_GAIN


NO_LAW = OffsetLaw(np.nan, np.nan, np.nan, np.nan)


def fit_with_offset(log10_x: np.ndarray, log10_y: np.ndarray, correlated: bool = False) -> OffsetLaw:
    """Fit y = k x^e + q, 0 <= q < min y, by least squares in log10 y, and weigh it against q = 0.

    Parameters
    ----------
    log10_x, log10_y : [n]; non-finite points are dropped.
    correlated : neighbours' errors are correlated (points of one learning curve, in the order of x): the n points are
        worth n (1 - r)/(1 + r) independent ones, r the lag-1 correlation of the residuals of the fit with offset.

    Returns
    -------
    OffsetLaw; all NaN if there are too few points for the criterion (n <= 5 for four parameters, noise included).

    Notes
    -----
    AICc = n log(RSS/n) + 2 p + 2 p (p + 1)/(n - p - 1), p parameters (Hurvich and Tsai, Biometrika 76, 297, 1989).
    """
    finite = np.isfinite(log10_x) & np.isfinite(log10_y)
    x, y = np.asarray(log10_x, float)[finite], np.asarray(log10_y, float)[finite]
    if x.size <= 5 or np.ptp(x) == 0:
        return NO_LAW
    pure = fit_power_law(x, y)
    lowest = y.min()
    pure_rss = np.sum((y - pure.intercept - pure.exponent * x) ** 2)
    # Unknowns: exponent, log10 k (of the middle of x: decorrelated) and the share of the smallest y that is offset.
    middle = x.mean()

    def residual(unknown: np.ndarray) -> np.ndarray:
        exponent, height, share = unknown
        power = exponent * (x - middle) + height
        return np.logaddexp(power * np.log(10), np.log(max(share, 1e-300)) + lowest * np.log(10)) / np.log(10) - y

    fits = [
        least_squares(
            residual,
            [pure.exponent * (1 + share), pure.intercept + pure.exponent * middle, share],
            bounds=([-np.inf, -np.inf, 0], [np.inf, np.inf, 0.999]),
        )
        for share in (0.05, 0.5)
    ]
    best = min(fits, key=lambda fit: fit.cost)
    exponent, height, share = best.x
    n = _independent(best.fun) if correlated else float(x.size)
    if n <= 5:
        return NO_LAW
    gain = _aicc(pure_rss, n, x.size, 3) - _aicc(2 * best.cost, n, x.size, 4)
    with np.errstate(divide="ignore"):
        log10_q = float(np.log10(share) + lowest)
    return OffsetLaw(
        float(exponent), float(height - exponent * middle), log10_q, float(gain), _standard_error(best, x.size)
    )


def _standard_error(fit: OptimizeResult, points: int) -> float:
    """Of the first unknown of a least-squares fit of three; NaN if the points do not determine it."""
    information = fit.jac.T @ fit.jac
    if points <= 3 or np.linalg.cond(information) > 1e12:
        return np.nan
    return float(np.sqrt(np.linalg.inv(information)[0, 0] * 2 * fit.cost / (points - 3)))


def _independent(residual: np.ndarray) -> float:
    scatter = residual @ residual
    if scatter <= residual.size * ROUNDING**2:
        return float(residual.size)
    lag = np.clip(residual[1:] @ residual[:-1] / scatter, 0.0, 0.99)
    return float(residual.size * (1 - lag) / (1 + lag))


def _aicc(rss: float, n: float, points: int, parameters: int) -> float:
    variance = max(rss / points, ROUNDING**2)
    return n * np.log(variance) + 2 * parameters + 2 * parameters * (parameters + 1) / (n - parameters - 1)
