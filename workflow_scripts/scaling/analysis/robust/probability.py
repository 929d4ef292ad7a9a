"""How probable a collapse is: its misfit beside that of curves which collapse by construction."""

from dataclasses import replace

import numpy as np

from scaling.analysis.robust.chain import Sample
from scaling.analysis.robust.collapse import collapse_resamples
from scaling.analysis.robust.master_curve import Collapse, Points
from scaling.analysis.robust.scale_laws import correction_exponent, fit_scale_law
from scaling.analysis.robust.thresholds import TOLERANCE


def collapse_p(sample: Sample, deviations: np.ndarray, rng: np.random.Generator) -> float:
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


def _by_laws(sample: Sample, collapsed: Collapse) -> Collapse:
    """The same with the shifts that the power laws give."""
    omega = correction_exponent(sample.log10_P, [collapsed.a, collapsed.b]) if sample.corrected else None
    a, b = (fit_scale_law(sample.log10_P, values, omega).at(sample.log10_P) for values in (collapsed.a, collapsed.b))
    return replace(collapsed, a=a, b=b)


def _statistic(sample: Sample, y: np.ndarray, collapsed: Collapse) -> np.ndarray:
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
