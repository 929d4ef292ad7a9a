"""Our procedure: exponents and their uncertainties from runs, by fixed rules, with no window chosen by hand.

Six steps: runs on a common grid (runs), collapse of the curves in every range of P and norm (collapse, quality),
choice of the range by a rule (data_range), exponents of the chosen range (chain: early_law, optimum, scale_laws),
intervals from resampled seeds (bootstrap), and a row of a table with what a reader must know (rows, offsets). Every
number that a rule hangs on stands in `thresholds`.
"""

import numpy as np
import pandas as pd

from scaling.analysis.exponents import WITH_INTERVAL
from scaling.analysis.robust.chain import NoCommonLaw, estimate
from scaling.analysis.robust.data_range import candidates, choose, settled
from scaling.analysis.robust.rows import RobustResult, notes_of, nothing, row_of, scales_of
from scaling.analysis.robust.run_curves import RunCurves
from scaling.analysis.robust.runs import guess_of, runs_on_grid
from scaling.analysis.robust.slopes import local_slopes, refusals, table_of_slopes
from scaling.analysis.robust.thresholds import CURVE_POINTS, RANGE_RESAMPLES
from scaling.core.errors import BadInput


def robust_exponents(
    trajectories: pd.DataFrame,
    resamples: int = 500,
    confidence: float = 0.95,
    seed: int = 0,
    guess: float | None = None,
    every_range: bool = True,
) -> RobustResult:
    """Exponents of one (cell, variant, norm) with intervals, by rules alone.

    Parameters
    ----------
    trajectories : columns P, test_error, log10_norm, and seed, epoch, diverged where known. Without seeds (mean
        curves) there are no intervals.
    resamples, confidence, seed : of the bootstrap.
    guess : error of guessing; without it the column `guess` of the trajectories, and without that it is looked for.
    every_range : whether the table of collapses goes on after the range that is chosen.

    Returns
    -------
    RobustResult. The row of `exponents`: procedure, the exponents with sigma_* (bootstrap standard deviation) and
    *_low/*_high, correlation_12 of gamma_1 and gamma_2, sigma of the difference, min_P, number_of_P, min_log10_norm;
    fitted_plateau (the error of guessing, told or found; 0: none), fitted_floor, onset and approach of the departure
    (`departure`); omega and correction_* (of the
    scales' laws, at min_P: the correction that the note tells of, else the offset of Eq. 3; NaN and 0 without seeds),
    censored_P, x_left/x_right (early law window in lambda/lambda_opt),
    window_decades, window_error_high and _low (the errors in it), slope_change and sigma_slope_change (slopes),
    curves_with_a_scale, log10_k_* prefactors, offsets, collapse_chi2, collapse_p and the same with _epochs at min_P,
    and note: in words, what is missing or out of the ordinary, and why. Numbers that the data do not bear are NaN.
    """
    if guess is None:
        guess = guess_of(trajectories)

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
    try:
        table, samples = candidates(curves, resamples, seed, guess, every_range)
    except NoCommonLaw as problem:
        return nothing(str(problem))
    against_epochs = _against_epochs(trajectories, guess, resamples, seed)
    for name in ("chi2", "p"):
        table[f"{name}_epochs"] = table["min_P"].map(against_epochs.get(name, {}))

    # 3. The range: the widest that collapses by laws that one can believe.
    chosen = choose(table)
    sample = settled(samples[chosen], resamples, seed)

    # 4. The exponents, from the whole sample.
    whole = estimate(sample)

    # 5. Their intervals, from resampled seeds through the same chain.
    bootstrapped = estimate(sample, sample.drawn) if sample.drawn else None

    # 6. The tables, with what a reader must know in words.
    slopes = local_slopes(sample, sample.drawn)
    refused = refusals(sample, whole, sample.drawn, slopes, table["chi2"].iloc[chosen])
    begin = curves.grid[curves.mask.any(axis=0)][0]
    notes = notes_of(sample, table.iloc[chosen], begin) + _why_no_intervals(sample.curves)
    row = row_of(sample, whole, bootstrapped, confidence, table.iloc[chosen], notes, refused)
    known = [name for name in WITH_INTERVAL if np.isfinite(row[name][0])]
    draws = {name: bootstrapped.exponents[name] for name in known} if bootstrapped else {}
    return RobustResult(
        row, table, scales_of(sample, whole, bootstrapped), table_of_slopes(sample, slopes, whole), draws
    )


def _why_no_intervals(curves: RunCurves) -> list[str]:
    """A note if there is nothing to resample."""
    if not curves.seeds:
        return ["mean curves without seeds: no intervals"]
    return [] if curves.scatters else ["one run at every P: no intervals"]


def _against_epochs(
    trajectories: pd.DataFrame, guess: float | None, resamples: int, seed: int
) -> dict[str, dict[float, float]]:
    """chi2 and p of the collapse for the curves plotted against epochs, by the same model: the best for each min_P."""
    if "epoch" not in trajectories or trajectories["epoch"].isna().all():
        return {}
    try:
        curves = runs_on_grid(trajectories, "epoch").long_enough(CURVE_POINTS)
    except BadInput:
        return {}
    if curves.P.size < 3:
        return {}
    try:
        table, _ = candidates(curves, min(resamples, RANGE_RESAMPLES), seed, guess, every_p=True)
    except NoCommonLaw:
        return {}
    by_P = table.groupby("min_P")
    return {"chi2": by_P["chi2"].min().to_dict(), "p": by_P["p"].max().to_dict()}
