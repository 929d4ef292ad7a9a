"""The one least-squares power law that every fit of the study goes through."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class PowerLaw:
    """y = 10**intercept * x**exponent, fitted in log10-log10; sigma is the standard error of the exponent."""

    exponent: float
    sigma: float
    intercept: float
    points: int


def fit_power_law(log10_x: np.ndarray, log10_y: np.ndarray) -> PowerLaw:
    """Fit a straight line to (log10_x, log10_y) by least squares.

    Parameters
    ----------
    log10_x, log10_y : arrays of shape (n,), n >= 2 finite points (others are dropped).

    Returns
    -------
    PowerLaw. With two points sigma is nan: a line through two points has no residual to estimate it from.

    Raises
    ------
    ValueError if fewer than two finite points are left, or all log10_x are equal.

    Notes
    -----
    sigma comes from the residuals (numpy.polyfit's scaled covariance): sigma^2 = RSS / (n - 2) / Sxx.
    """
    log10_x, log10_y = np.asarray(log10_x, float), np.asarray(log10_y, float)
    finite = np.isfinite(log10_x) & np.isfinite(log10_y)
    x, y = log10_x[finite], log10_y[finite]
    if x.size < 2 or np.ptp(x) == 0:
        raise ValueError(f"a power law needs two or more distinct finite points, got {x.size}")
    dx = x - x.mean()
    sxx = dx @ dx
    exponent = dx @ (y - y.mean()) / sxx
    intercept = y.mean() - exponent * x.mean()
    residual = y - intercept - exponent * x
    sigma = np.sqrt(residual @ residual / (x.size - 2) / sxx) if x.size > 2 else np.nan
    return PowerLaw(float(exponent), float(sigma), float(intercept), int(x.size))


def product(gamma_1: float, sigma_1: float, gamma_2: float, sigma_2: float) -> tuple[float, float]:
    """gamma_pred = gamma_1 gamma_2 and its error sqrt((sigma_1 gamma_2)^2 + (sigma_2 gamma_1)^2) (paper App. F)."""
    return gamma_1 * gamma_2, float(np.hypot(sigma_1 * gamma_2, sigma_2 * gamma_1))
