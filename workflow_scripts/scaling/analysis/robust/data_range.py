"""From which P and which norm on do the curves collapse, and by which laws? A rule chooses; the table shows it all."""

from dataclasses import replace

import numpy as np
import pandas as pd

from scaling.analysis.robust.chain import NoCommonLaw, Sample, beginning_of, prepare
from scaling.analysis.robust.means import log10_mean_curves
from scaling.analysis.robust.probability import collapse_p
from scaling.analysis.robust.resampling import draw, resampled
from scaling.analysis.robust.run_curves import RunCurves
from scaling.analysis.robust.scale_laws import curvature
from scaling.analysis.robust.thresholds import (
    BEND,
    CURVE_POINTS,
    CUTS,
    FEWEST_P,
    FEWEST_P_CORRECTED,
    LARGEST_CHI2,
    LARGEST_CORRECTION,
    LARGEST_CUT,
    LEAST_P,
    RANGE_RESAMPLES,
)


def candidates(
    curves: RunCurves, resamples: int, seed: int, guess: float | None = None, every: bool = True, every_p: bool = False
) -> tuple[pd.DataFrame, list[Sample]]:
    """Collapse the curves from every smallest P on and, if none of these is `good`, from larger norms on as well.

    Parameters
    ----------
    curves : of 3 P or more. resamples, seed : of the bootstrap that tells what is significant (none with 0).
    guess : the error of guessing, where it is known. every : go on after the first that is `good`, to larger P.
    every_p : tell the probability of all of them.

    Returns
    -------
    One row per candidate (`FEWEST_P` values of P in each, or all; where two curves meet), and the samples:
    min_P, number_of_P; min_log10_norm : where the curves begin (log10 of x, whatever it is); bend : the larger
    significance of the quadratic terms of log lambda_s and log epsilon_s against log P (the scales' laws have a
    correction if that is > `BEND`, from `FEWEST_P_CORRECTED` P on); correction : of log10 epsilon_s at the smallest P,
    0 without; chi2 : quality of the collapse by these laws, chi2_shape : every curve by its own shifts; p : the
    probability of a collapse as bad (probability.collapse_p), from the first row with chi2 <= LARGEST_CHI2 on until one
    is `good`, and of the row that is chosen.
    Significances are NaN where there are no seeds to resample, and count as none.

    Raises
    ------
    NoCommonLaw where there is no candidate.
    """
    rows, samples, origins, problems = [], [], [], []
    for cut in _cuts(curves):
        begun = curves.from_x(cut)
        widest, start = None, 0
        for first in range(max(1, curves.P.size - FEWEST_P + 1)):
            part = begun.from_P(first)
            try:
                if widest is None:
                    known = bool(resamples and part.scatters)
                    sample = draw(part, guess, resamples, seed) if known else prepare(part, beginning_of(part, guess))
                    widest, start = sample, first
                else:
                    sample = prepare(part, widest.collapsed.departure.beginning)
            except NoCommonLaw as problem:
                problems.append(problem)
                continue
            sample = replace(sample, bends=_bends(widest, first - start), left_out=first)
            bend = float(sample.bent(sample.collapsed)[0]) if sample.bends else np.nan
            enough = sample.curves.P.size >= FEWEST_P_CORRECTED
            sample = replace(sample, corrected=bend > BEND and enough)
            rows.append(
                {
                    "min_P": sample.curves.P[0],
                    "number_of_P": sample.curves.P.size,
                    "min_log10_norm": curves.grid[cut],
                    "bend": bend,
                    "correction": float(sample.scale_laws()[1].correction[0]),
                    "chi2": sample.chi2(),
                    "chi2_shape": sample.chi2(by_power_laws=False),
                    "p": np.nan,
                }
            )
            samples.append(sample)
            origins.append((widest, first - start))
            if every_p or (rows[-1]["chi2"] <= LARGEST_CHI2 and not any(map(_likely, rows[:-1]))):
                rows[-1]["p"] = _probability(sample, *origins[-1], seed)
            if not every and _likely(rows[-1]):
                break
        if rows and good(pd.DataFrame(rows)).any():
            break
    if not rows:
        raise problems[0]
    table = pd.DataFrame(rows)
    if np.isnan(table["p"].iloc[chosen := choose(table)]):
        table.loc[chosen, "p"] = _probability(samples[chosen], *origins[chosen], seed)
    return table, samples


def _probability(sample: Sample, widest: Sample, first: int, seed: int) -> float:
    """Of the collapse of a sample that is `widest` without its `first` smallest P; NaN where nobody can tell."""
    if widest.drawn is None:
        return np.nan
    deviations = (widest.drawn.y - widest.y)[:RANGE_RESAMPLES, first:]
    return collapse_p(sample, deviations, np.random.default_rng([seed, 2]))


def _likely(row: dict) -> bool:
    return bool(good(pd.DataFrame([row])).any())


def good(table: pd.DataFrame) -> pd.Series:
    """Which rows of `candidates` collapse by laws that one can believe.

    chi2 <= LARGEST_CHI2 (NaN counts as no collapse), a probability of LEAST_P or more where it is known, and no bend or
    a correction of at most LARGEST_CORRECTION.
    """
    corrected = table["correction"] != 0
    straight = corrected | ~(table["bend"] > BEND)
    slight = table["correction"].abs() <= LARGEST_CORRECTION
    likely = ~(table["p"] < LEAST_P)
    return (table["chi2"] <= LARGEST_CHI2) & likely & straight & slight


def choose(table: pd.DataFrame) -> int:
    """The first row of `candidates` (smallest norm, then smallest P) that is `good`.

    If there is none, the first with chi2 <= LARGEST_CHI2, and if there is none, that with the smallest chi2 (the caller
    says so).
    """
    for rows in (good(table), table["chi2"] <= LARGEST_CHI2):
        if rows.any():
            return int(rows.argmax())
    return int(table["chi2"].fillna(np.inf).argmin())


def settled(sample: Sample, resamples: int, seed: int) -> Sample:
    """The chosen sample with its resamples, if there is anything to resample."""
    if sample.drawn is not None or not (resamples and sample.curves.scatters):
        return sample
    return resampled(sample, resamples, seed)


def _cuts(curves: RunCurves) -> np.ndarray:
    """Indices of the grid where curves may begin."""
    begin = int(np.flatnonzero(curves.mask.any(axis=0))[0])
    first_minimum = int(np.nanargmin(log10_mean_curves(curves)[0], axis=1).min())
    end = begin + LARGEST_CUT * max(first_minimum - begin, 0)
    cuts = np.unique(np.linspace(begin, end, CUTS).astype(int))
    return np.array([cut for cut in cuts if cut == begin or curves.mask[:, cut:].sum(axis=1).min() >= CURVE_POINTS])


def _bends(widest: Sample, first: int) -> tuple[float, float] | None:
    """Standard errors of the quadratic terms of both scales' laws without the `first` smallest P."""
    if widest.drawn is None or widest.curves.P.size - first < 4:
        return None
    quadratic = curvature(widest.log10_P[first:])
    shifts = widest.drawn.collapsed.a, widest.drawn.collapsed.b
    return tuple(float(np.std(values[:, first:] @ quadratic, ddof=1)) for values in shifts)
