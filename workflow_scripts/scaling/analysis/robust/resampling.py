"""Resampled curves of a sample, each collapsed with its own plateau, floor and shape."""

from dataclasses import replace

import numpy as np

from scaling.analysis.robust.bootstrap import resample_counts, widen
from scaling.analysis.robust.chain import Drawn, NoCommonLaw, Sample, beginning_of, minima_of, prepare
from scaling.analysis.robust.collapse import collapse_resamples
from scaling.analysis.robust.departure import Beginning
from scaling.analysis.robust.master_curve import Collapse, misfit
from scaling.analysis.robust.means import borrowed_deviations, log10_mean_curves
from scaling.analysis.robust.run_curves import RunCurves
from scaling.analysis.robust.thresholds import CHANCE, RANGE_RESAMPLES


def draw(curves: RunCurves, guess: float | None, resamples: int, seed: int) -> Sample:
    """The whole sample, with the collapses of its resampled seeds in `drawn`."""
    beginning = beginning_of(curves, guess)
    sample = prepare(curves, beginning)
    if not beginning.plateau:
        sample = _bent(sample, min(resamples, RANGE_RESAMPLES), seed)
    return resampled(sample, resamples, seed)


def _bent(straight: Sample, resamples: int, seed: int) -> Sample:
    """The sample by a model with a plateau, if it asks for one; else the same.

    Curves that do not begin flat may bend towards a plateau whose height nobody told. A parametric bootstrap decides:
    curves of the model without a plateau, with the scatter of resampled means, are fitted with and without one. The
    sample asks for it if what it gains by it (of the misfit) is gained by less than `CHANCE` of these.
    """
    try:
        bent = prepare(straight.curves, Beginning(plateau=True))
    except NoCommonLaw:
        return straight
    points, seen = straight.points, straight.y[0][straight.index][None]
    gain = misfit(points, seen, straight.free)[0] - misfit(points, seen, bent.free)[0]
    model = straight.free.departure.seen(straight.free.law(points), straight.free.theta)[0]
    counts = resample_counts(straight.curves.runs, straight.curves.P, resamples, seed)
    made = model + (resampled_curves(straight, counts, seed) - straight.y)[:, *straight.index]
    centres, lowest = (np.repeat(row[None], resamples, 0) for row in (bent.free.theta[0], straight.lowest))
    fits = [
        misfit(points, made, collapse_resamples(points, made, lowest, start, centres, steps=4))
        for start in (straight.free, bent.free, replace(straight.free, departure=bent.free.departure))
    ]
    by_chance = fits[0] - np.minimum(fits[1], fits[2])
    return bent if (1 + (by_chance >= gain).sum()) / (1 + resamples) <= CHANCE else straight


def resampled(sample: Sample, resamples: int, seed: int) -> Sample:
    """The sample with the collapses of its resampled seeds.

    Each resample's prior of the departure's shape has a centre of its own, drawn from the prior: what the data do not
    say of the shape then widens the intervals.
    """
    counts = resample_counts(sample.curves.runs, sample.curves.P, resamples, seed)
    y = resampled_curves(sample, counts, seed)
    centres = sample.collapsed.departure.draw_centres(resamples, np.random.default_rng([seed, 1]))
    straight = collapse_again(sample, sample.collapsed, y, centres)
    few = slice(0, RANGE_RESAMPLES)
    free = straight if sample.window is None else collapse_again(sample, sample.free, y[few], centres[few])
    offset = np.random.default_rng([seed, 3]).standard_normal((2, resamples))
    return replace(sample, drawn=Drawn(counts, y, straight, free, offset))


def collapse_again(sample: Sample, whole: Collapse, y: np.ndarray, centres: np.ndarray) -> Collapse:
    """The collapse of resampled curves y [B, n_P, G] from the whole sample's; centres [B, 4] of the shape's prior."""
    _, lowest, _ = minima_of(sample.curves, y)
    lowest = np.where(np.isfinite(lowest), lowest, sample.lowest)
    return collapse_resamples(sample.points, y[:, *sample.index], lowest, whole, centres)


def resampled_curves(sample: Sample, counts: np.ndarray, seed: int) -> np.ndarray:
    """Mean curves [B, n_P, G] of runs drawn with replacement, counts [B, runs]; few runs have the scatter of others."""
    curves = sample.curves
    drawn = log10_mean_curves(curves, counts)
    own = (curves.donors == np.arange(curves.P.size))[:, None]
    borrowed = borrowed_deviations(curves, len(counts), np.random.default_rng(seed))
    return np.where(own, widen(drawn, sample.y, curves.runs), sample.y + borrowed)
