"""Resampled curves of a sample, each collapsed with the plateau and the floor that it asks for."""

from dataclasses import replace

import numpy as np

from scaling.analysis.robust.bootstrap import again, resample_counts, widen
from scaling.analysis.robust.chain import Drawn, Sample, minima_of, prepare
from scaling.analysis.robust.collapse import Collapse, collapse_resamples, merged
from scaling.analysis.robust.runs import RunCurves, log10_mean_curves, single_run_deviations
from scaling.analysis.robust.thresholds import ASKED, ASKED_FLOOR


def collapse_again(sample: Sample, y: np.ndarray, centres: np.ndarray, steps: int = 3) -> Collapse:
    """The collapse of resampled curves y [B, n_P, G] by the sample's model; centres [B, 4] of the shape's prior."""
    _, lowest, _ = minima_of(sample.curves, y)
    lowest = np.where(np.isfinite(lowest), lowest, sample.lowest)
    return collapse_resamples(sample.points, y[:, *sample.index], lowest, sample.collapsed, centres, steps)


def draw(curves: RunCurves, guess: float | None, resamples: int, seed: int) -> Sample:
    """Resample the seeds; the whole sample and each resample take plateau and floor where they ask for them.

    A plateau where guessing is not known, and then a floor, is asked for if the fit with it gives it by more than
    `ASKED` or `ASKED_FLOOR` standard errors, which the resamples tell. (They bend the curves in opposite directions:
    a floor does not look like a plateau.) Resamples may drop what the whole sample takes: the intervals contain that.

    Returns
    -------
    The whole sample with its parts, and its resamples in `drawn`.
    """
    models = {(guess is not None, guess is None): prepare(curves, guess, (guess is not None, guess is None))}
    first = next(iter(models.values()))
    y = resampled_curves(first, resamples, seed)
    centres = first.collapsed.departure.draw_centres(resamples, np.random.default_rng([seed, 1]))

    def model(parts: tuple[bool, bool]) -> Sample:
        if parts not in models:
            models[parts] = prepare(curves, guess, parts, first.collapsed)
        return models[parts]

    def asks(parts: tuple[bool, bool], index: int, threshold: float) -> tuple[bool, np.ndarray]:
        """Whether the whole sample and the resamples ask for the parameter."""
        value = float(model(parts).collapsed.theta[0, index])
        drawn = collapse_again(model(parts), y, centres, steps=2).theta[:, index]
        # Bounded values pile up at their bounds: the wider side tells the standard error.
        low, high = np.quantile(drawn, [0.159, 0.841])
        sigma = max(high - value, value - low, 1e-12)
        own = value > threshold * sigma
        return bool(own), drawn > again(threshold, np.array(own)) * sigma

    plateau, plateaus = asks((False, True), 3, ASKED) if guess is None else (False, np.zeros(resamples, bool))
    floor, floors = asks((True, plateau), 2, ASKED_FLOOR)
    asked, chosen = np.stack([floors, plateaus], axis=1), []
    for parts in sorted({(bool(row[0]), bool(row[1])) for row in asked}):
        rows = np.flatnonzero((asked == parts).all(axis=1))
        chosen.append((rows, collapse_again(model(parts), y[rows], centres[rows])))
    collapsed = merged([fit for _, fit in chosen], [rows for rows, _ in chosen])
    return replace(model((floor, plateau)), drawn=Drawn(y, collapsed))


def resampled_curves(sample: Sample, resamples: int, seed: int) -> np.ndarray:
    """Mean curves [B, n_P, G] of seeds drawn with replacement within each P."""
    rng = np.random.default_rng(seed)
    counts = resample_counts(sample.curves.runs, sample.curves.P, resamples, seed)
    return single_run_deviations(sample.curves, resamples, rng) + widen(
        log10_mean_curves(sample.curves, counts), sample.y, sample.curves.runs
    )
