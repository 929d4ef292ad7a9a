"""How good a collapse is."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scaling.analysis.robust.collapse import Collapse, Points, collapse_resamples
from scaling.analysis.robust.scale_laws import correction_exponent, fit_scale_law
from scaling.analysis.robust.thresholds import TOLERANCE

if TYPE_CHECKING:
    from scaling.analysis.robust.chain import Sample


def houdayer_hartmann(x: list[np.ndarray], y: list[np.ndarray], sigma: list[np.ndarray]) -> float:
    """Quality S of a collapse: the mean of (y - Y)^2 / (dy^2 + dY^2) over the points of all curves.

    Parameters
    ----------
    x, y, sigma : one array per curve, already rescaled; x increasing.

    Returns
    -------
    About 1 for curves that agree within independent errors, much more where they do not; NaN without overlap.
    Errors that are correlated along a curve leave it below 1, because the shifts absorb a part of them.

    Notes
    -----
    Houdayer and Hartmann, Phys. Rev. B 70, 014418 (2004), Eqs. (A1)-(A3). The master value Y at a point of curve i and
    its error dY come from the weighted straight line through the two points of each other curve that bracket it:
    Y = (Kxx Ky - Kx Kxy)/D + x (K Kxy - Kx Ky)/D, dY^2 = (Kxx - 2 x Kx + x^2 K)/D, D = K Kxx - Kx^2,
    K = sum 1/dy^2, Kx = sum x/dy^2, and so on.
    """
    total, number = 0.0, 0
    for i in range(len(x)):
        sums = np.zeros((5, x[i].size))  # K, Kx, Ky, Kxx, Kxy
        for j in range(len(x)):
            if j == i or x[j].size < 2:
                continue
            right = np.searchsorted(x[j], x[i], side="right")
            inside = (right > 0) & (right < x[j].size)
            for k in (np.clip(right - 1, 0, x[j].size - 1), np.clip(right, 0, x[j].size - 1)):
                weight = np.where(inside, sigma[j][k] ** -2.0, 0.0)
                dx = x[j][k] - x[i]  # measured from the point: the line's value there is its intercept
                sums += weight * np.array([np.ones_like(dx), dx, y[j][k], dx**2, dx * y[j][k]])
        K, Kx, Ky, Kxx, Kxy = sums
        D = K * Kxx - Kx**2
        good = (K > 0) & (np.maximum(K * Kxx, 1e-300) * 1e-12 < D)
        with np.errstate(divide="ignore", invalid="ignore"):
            Y, dY2 = (Kxx * Ky - Kx * Kxy) / D, Kxx / D
        terms = (y[i] - Y)[good] ** 2 / (sigma[i][good] ** 2 + dY2[good])
        total, number = total + terms.sum(), number + terms.size
    return float(total / number) if number else np.nan


def collapse_p(sample: "Sample", deviations: np.ndarray, rng: np.random.Generator) -> float:
    """How probable a collapse as bad as this is if the laws are right: a parametric bootstrap.

    The statistic is sum of (y - model)^2/sigma^2 over all points, the curves rescaled by the power laws through the
    shifts. Curves are made from the model of the whole sample: its master curve, plateau, floor and laws. They get the
    scatter of resampled means, with its correlations along a curve, and a smooth deviation of a quarter of the
    tolerance, so that curves which are closer than that count as collapsed. Each is fitted as the sample was.

    Parameters
    ----------
    deviations : [B, n_P, G] resampled mean curves minus the whole sample's, log10.

    Returns
    -------
    The share of the made curves, and of the sample itself, with a statistic as large as the sample's or larger
    (Davison and Hinkley, Bootstrap Methods, 1997, Eq. 4.11).
    """
    points, number = sample.points, len(deviations)
    laws = _by_laws(sample, sample.collapsed)
    model = laws.departure.seen(laws.law(points), laws.theta)[0]
    made = model + deviations[:, *sample.index] + TOLERANCE / 4 * _smooth(points, number, rng)
    observed = _statistic(sample, sample.y[0][sample.index][None], laws)[0]
    centres = np.repeat(laws.departure.prior[0][None], number, 0)
    lowest = np.repeat(sample.lowest[None], number, 0)
    again = _by_laws(sample, collapse_resamples(points, made, lowest, sample.collapsed, centres, steps=2))
    return float((1 + (_statistic(sample, made, again) >= observed).sum()) / (1 + number))


def _by_laws(sample: "Sample", collapsed: Collapse) -> Collapse:
    """The same with the shifts that the power laws give."""
    omega = correction_exponent(sample.log10_P, [collapsed.a, collapsed.b]) if sample.corrected else None
    a, b = (fit_scale_law(sample.log10_P, values, omega).at(sample.log10_P) for values in (collapsed.a, collapsed.b))
    return replace(collapsed, a=a, b=b)


def _statistic(sample: "Sample", y: np.ndarray, collapsed: Collapse) -> np.ndarray:
    """[B], for log10 errors y [B, N]."""
    seen = collapsed.departure.seen(collapsed.law(sample.points), collapsed.theta)[0]
    return (((y - seen) / sample.points.sigma) ** 2).sum(axis=1)


def _smooth(points: Points, number: int, rng: np.random.Generator) -> np.ndarray:
    """[number, N] a wave of unit variance along each curve: one period or two, with a phase by chance."""
    result = np.empty((number, points.x.size))
    for start, end in zip(points.starts, [*points.starts[1:], points.x.size], strict=True):
        x = points.x[start:end]
        t = (x - x[0]) / max(np.ptp(x), 1e-9)
        waves = 2 * np.pi * (rng.uniform(0.5, 2, (number, 1)) * t + rng.random((number, 1)))
        result[:, start:end] = np.sqrt(2) * np.cos(waves)
    return result
