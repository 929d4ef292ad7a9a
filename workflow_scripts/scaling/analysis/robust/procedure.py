"""Our procedure: exponents and their uncertainties from runs, by fixed rules, with no window chosen by hand.

Six steps: runs on a common grid (runs), collapse of the curves in every range of P and norm (collapse, quality),
choice of the range by a rule (data_range), exponents of the chosen range (chain: early_law, optimum, scale_laws),
intervals from resampled seeds (bootstrap), and a row of a table with what a reader must know (rows, offsets). Every
number that a rule hangs on stands in `thresholds`.
"""

import numpy as np
import pandas as pd

from scaling.analysis.robust.chain import estimate, resample
from scaling.analysis.robust.data_range import candidates, choose
from scaling.analysis.robust.rows import RobustResult, notes_of, nothing, row_of, scales_of
from scaling.analysis.robust.runs import RunCurves, runs_on_grid
from scaling.analysis.robust.thresholds import CURVE_POINTS
from scaling.core.errors import BadInput


def robust_exponents(
    trajectories: pd.DataFrame,
    resamples: int = 500,
    confidence: float = 0.95,
    seed: int = 0,
) -> RobustResult:
    """Exponents of one (cell, variant, norm) with intervals, by rules alone.

    Parameters
    ----------
    trajectories : columns P, test_error, log10_norm, and seed, epoch, diverged where known. Without seeds (mean
        curves) there are no intervals.
    resamples, confidence, seed : of the bootstrap.

    Returns
    -------
    RobustResult. The row of `exponents`: procedure, the exponents with sigma_* (bootstrap standard deviation) and
    *_low/*_high, correlation_12 of gamma_1 and gamma_2, sigma of the difference, min_P, number_of_P, min_log10_norm,
    kappa (of a plateau, 0 without), omega and correction_* (of the scales' laws, at min_P; NaN and 0 without),
    censored_P, x_left/x_right (early law window in lambda/lambda_opt), log10_k_* prefactors, offsets, collapse_chi2 and
    collapse_chi2_epochs at min_P, and note: in words, what is missing or out of the ordinary, and why. Numbers that the
    data do not bear are NaN.
    """
    # 1. Runs on a common grid of log10 lambda.
    try:
        curves = runs_on_grid(trajectories).long_enough(CURVE_POINTS)
    except BadInput as problem:
        if set(trajectories.columns) >= {"P", "test_error", "log10_norm"}:
            return nothing(str(problem).removeprefix("trajectories: "))
        raise
    if curves.P.size < 3:
        return nothing(f"{curves.P.size} values of P with a curve of {CURVE_POINTS} grid points: 3 are needed")

    # 2. Collapse of the mean curves in every range of P and norm, with and without plateau and correction.
    table, samples = candidates(curves, resamples, seed)
    if not samples:
        return nothing("no two curves meet where they are collapsed")
    table["chi2_epochs"] = table["min_P"].map(_chi2_against_epochs(trajectories))

    # 3. The range: the widest that collapses by laws that one can believe.
    chosen = choose(table)
    sample = samples[chosen]

    # 4. The exponents, from the whole sample.
    whole = estimate(sample)

    # 5. Their intervals, from resampled seeds through the same chain.
    bootstrapped, missing = None, _why_no_intervals(sample.curves)
    if resamples and not missing:
        bootstrapped = resample(sample, resamples, seed)

    # 6. The tables, with what a reader must know in words.
    notes = notes_of(sample, table.iloc[chosen], curves.grid[curves.mask.any(axis=0)][0]) + missing
    if resamples and not missing and np.isnan(table["plateau"][chosen]):
        notes.append("no two curves of all P meet: neither plateau nor bend was looked for")
    row = row_of(sample, whole, bootstrapped, confidence, table.iloc[chosen], notes)
    return RobustResult(row, table, scales_of(sample, whole, bootstrapped))


def _why_no_intervals(curves: RunCurves) -> list[str]:
    """A note if there is nothing to resample."""
    if not curves.seeds:
        return ["mean curves without seeds: no intervals"]
    return ["one run at some P: no intervals"] if curves.runs.min() < 2 else []


def _chi2_against_epochs(trajectories: pd.DataFrame) -> dict[float, float]:
    """The quality of the collapse for the curves plotted against epochs: for each smallest P the best that there is."""
    if "epoch" not in trajectories or trajectories["epoch"].isna().all():
        return {}
    try:
        curves = runs_on_grid(trajectories, "epoch").long_enough(CURVE_POINTS)
    except BadInput:
        return {}
    if curves.P.size < 3:
        return {}
    table, _ = candidates(curves, 0, 0)
    return table.groupby("min_P")["chi2"].min().to_dict() if len(table) else {}
