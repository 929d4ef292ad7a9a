"""From which P and which norm on do the curves collapse, and by which laws? A rule chooses; the table shows it all."""

from dataclasses import replace

import numpy as np
import pandas as pd

from scaling.analysis.robust.chain import NoCommonLaw, Sample, collapse_again, prepare, resampled_curves
from scaling.analysis.robust.runs import RunCurves, log10_mean_curves
from scaling.analysis.robust.thresholds import (
    BEND,
    CURVE_POINTS,
    CUTS,
    FEWEST_P,
    FEWEST_P_CORRECTED,
    LARGEST_CHI2,
    LARGEST_CORRECTION,
    LARGEST_CUT,
    PLATEAU,
    RANGE_RESAMPLES,
)


def candidates(curves: RunCurves, resamples: int, seed: int) -> tuple[pd.DataFrame, list[Sample]]:
    """Collapse the curves from every smallest P on and, if none of these is `good`, from larger norms on as well.

    Parameters
    ----------
    curves : of 3 P or more. resamples, seed : of the bootstrap that tells what is significant (none with 0).

    Returns
    -------
    One row per candidate (`FEWEST_P` values of P in each, or all; none where no two curves meet), and the samples:
    min_P, number_of_P; min_log10_norm : where the curves begin (log10 of x, whatever it is); plateau : kappa of the
    widest range of P over its standard error (the candidate's model has a plateau if that is > `PLATEAU`); bend :
    the larger significance of the quadratic terms of log lambda_s and log epsilon_s against log P (the scales' laws
    have a correction if that is > `BEND`, from `FEWEST_P_CORRECTED` P on); correction : of log10 epsilon_s at
    the smallest P, 0 without; chi2 : quality of the collapse by these laws, chi2_shape : every curve by its own shifts.
    Significances are NaN, and count as none, where there are no seeds to resample or no two of all curves meet.
    """
    rows, samples = [], []
    for cut in _cuts(curves):
        begun = curves.from_x(cut)
        try:
            plateau, bends = _significances(begun, min(resamples, RANGE_RESAMPLES), seed)
        except NoCommonLaw:
            plateau, bends = np.nan, np.full(curves.P.size, np.nan)
        for first in range(max(1, curves.P.size - FEWEST_P + 1)):
            try:
                sample = prepare(begun.from_P(first), saturates=plateau > PLATEAU)
            except NoCommonLaw:
                continue
            enough = sample.curves.P.size >= FEWEST_P_CORRECTED
            sample = replace(sample, corrected=bool(bends[first] > BEND) and enough)
            rows.append(
                {
                    "min_P": sample.curves.P[0],
                    "number_of_P": sample.curves.P.size,
                    "min_log10_norm": curves.grid[cut],
                    "plateau": plateau,
                    "bend": bends[first],
                    "correction": float(sample.scale_laws()[1].correction[0]),
                    "chi2": sample.chi2(),
                    "chi2_shape": sample.chi2(by_power_laws=False),
                }
            )
            samples.append(sample)
        if rows and good(pd.DataFrame(rows)).any():
            break
    return pd.DataFrame(rows), samples


def good(table: pd.DataFrame) -> pd.Series:
    """Which rows of `candidates` collapse by laws that one can believe.

    chi2 <= LARGEST_CHI2 (NaN counts as no collapse), and no bend or a correction of at most LARGEST_CORRECTION.
    """
    corrected = table["correction"] != 0
    straight = corrected | ~(table["bend"] > BEND)
    slight = table["correction"].abs() <= LARGEST_CORRECTION
    return (table["chi2"] <= LARGEST_CHI2) & straight & slight


def choose(table: pd.DataFrame) -> int:
    """The first row of `candidates` (smallest norm, then smallest P) that is `good`.

    If there is none, the first with chi2 <= LARGEST_CHI2, and if there is none, that with the smallest chi2 (the caller
    says so).
    """
    for rows in (good(table), table["chi2"] <= LARGEST_CHI2):
        if rows.any():
            return int(rows.argmax())
    return int(table["chi2"].fillna(np.inf).argmin())


def _cuts(curves: RunCurves) -> np.ndarray:
    """Indices of the grid where curves may begin."""
    begin = int(np.flatnonzero(curves.mask.any(axis=0))[0])
    first_minimum = int(np.nanargmin(log10_mean_curves(curves)[0], axis=1).min())
    end = begin + LARGEST_CUT * max(first_minimum - begin, 0)
    cuts = np.unique(np.linspace(begin, end, CUTS).astype(int))
    return np.array([cut for cut in cuts if cut == begin or curves.mask[:, cut:].sum(axis=1).min() >= CURVE_POINTS])


def _significances(curves: RunCurves, resamples: int, seed: int) -> tuple[float, np.ndarray]:
    """Of the plateau, and per number of smallest P left out of the bend; from the widest range, resampled once."""
    n_P = curves.P.size
    if not (resamples and curves.seeds and curves.runs.min() > 1):
        return np.nan, np.full(n_P, np.nan)
    widest = prepare(curves, saturates=True)
    drawn = collapse_again(widest, y := resampled_curves(widest, resamples, seed))
    plateau = widest.collapsed.kappa[0] / max(np.std(drawn.kappa, ddof=1), 1e-300)
    if not plateau > PLATEAU:
        widest = prepare(curves)
        drawn = collapse_again(widest, y)
    bends = np.full(n_P, np.nan)
    for first in range(n_P - 3):
        x = widest.log10_P[first:]
        quadratic = np.linalg.pinv(np.stack([np.ones_like(x), x, x**2], axis=1))[2]
        bends[first] = max(
            np.abs(whole[0, first:] @ quadratic) / max(np.std(many[:, first:] @ quadratic, ddof=1), 1e-300)
            for whole, many in ((widest.collapsed.a, drawn.a), (widest.collapsed.b, drawn.b))
        )
    return plateau, bends
