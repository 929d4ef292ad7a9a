"""Prediction of curves that were not fitted: lambda_opt, epsilon_opt and the whole curve at other P."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scaling.analysis.robust.bootstrap import degrees_of_freedom, interval
from scaling.analysis.robust.chain import Estimates, NoCommonLaw, Sample, estimate
from scaling.analysis.robust.data_range import candidates, choose, settled
from scaling.analysis.robust.means import log10_mean_curves, log10_standard_errors
from scaling.analysis.robust.optimum import smooth_minimum
from scaling.analysis.robust.run_curves import RunCurves
from scaling.analysis.robust.runs import guess_of, runs_on_grid
from scaling.analysis.robust.slopes import local_slopes, refusals
from scaling.analysis.robust.thresholds import CURVE_POINTS, FEWEST_P
from scaling.core.errors import BadInput

COLUMNS = ["fitted_to", "P", "quantity", "log10_norm", "value", "low", "high", "measured", "sigma"]
HELD_OUT = (2, 4)  # fits end at the largest P over these
CURVE_SAMPLES = 25  # points of a predicted curve


def predictions(
    trajectories: pd.DataFrame,
    P: Sequence[float] = (),
    resamples: int = 500,
    confidence: float = 0.95,
    seed: int = 0,
    guess: float | None = None,
) -> pd.DataFrame:
    """Predict the curves of the largest P from smaller ones, and those of any P from all of them.

    Parameters
    ----------
    trajectories, resamples, confidence, seed, guess : as `robust_exponents` takes them.
    P : sizes that were not measured.

    Returns
    -------
    COLUMNS: fitted_to (the largest P of the fit: the largest of all over 2 and over 4, for every larger P that was
    measured; the largest, for `P`), P, quantity ("log10_lambda_opt", "error_opt", "error" along the curve at
    log10_norm), value with its interval low, high (NaN without seeds), measured with its standard error sigma (of error
    and error_opt: of the mean over the runs; NaN where there is none). No rows where fewer than `FEWEST_P`
    values of P are left, where no two curves meet, or where the curves bear no gamma_2 (slopes.refusals).
    """
    try:
        curves = runs_on_grid(trajectories).long_enough(CURVE_POINTS)
    except BadInput:
        return pd.DataFrame(columns=COLUMNS)
    largest = curves.P.max(initial=0)
    parts = [(largest / part, curves.P[largest / part < curves.P]) for part in HELD_OUT]
    parts += [(largest, np.asarray(P, float))] if len(P) else []
    tables = []
    guess = guess_of(trajectories) if guess is None else guess
    for end, wanted in parts:
        fitted = curves.up_to_P(end)
        if fitted.P.size < FEWEST_P or not wanted.size:
            continue
        try:
            table, samples = candidates(fitted, resamples, seed, guess, every=False)
        except NoCommonLaw:
            continue
        chosen = choose(table)
        sample = settled(samples[chosen], resamples, seed)
        slopes = local_slopes(sample, sample.drawn)
        if "gamma_2" in refusals(sample, estimate(sample), sample.drawn, slopes, table["chi2"].iloc[chosen]):
            continue
        tables += [_of_one_P(sample, value, confidence).assign(fitted_to=fitted.P[-1]) for value in wanted]
    if not tables:
        return pd.DataFrame(columns=COLUMNS)
    return _measured(pd.concat(tables, ignore_index=True), curves).reindex(columns=COLUMNS)


def _of_one_P(sample: Sample, P: float, confidence: float) -> pd.DataFrame:
    """The rows of one P: its optimum, and its curve over the range of the collapsed curves."""
    # Places of the curve's points are the whole sample's; errors at them are each resample's own.
    span = sample.points.x - sample.collapsed.a[0, sample.points.owner]
    u = np.linspace(span.min(), span.max(), CURVE_SAMPLES)
    whole, x = _at(sample, estimate(sample), P, u, None)
    drawn = None if sample.drawn is None else _at(sample, estimate(sample, sample.drawn), P, u, x)[0]
    names = ["log10_lambda_opt", "error_opt"] + ["error"] * u.size
    rows = []
    for index, name in enumerate(names):
        value = float(whole[0, index])
        low = high = np.nan
        if drawn is not None:
            freedom = degrees_of_freedom(drawn[:, index], sample.drawn.counts, sample.curves.owner)
            low, high = interval(drawn[:, index], value, confidence, freedom)
        place = np.nan if index < 2 else float(x[index - 2])
        if name != "log10_lambda_opt":
            value, low, high = (float(10.0**number) for number in (value, low, high))
        rows.append({"P": P, "quantity": name, "log10_norm": place, "value": value, "low": low, "high": high})
    return pd.DataFrame(rows)


def _at(
    sample: Sample, found: Estimates, P: float, u: np.ndarray, x: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """log10 of lambda_opt, of the optimum's error and of the errors at x [B, 2 + M], and x (None: u of the first).

    The optimum lies at the same place of every collapsed curve: where the minima that were reached say, on average.
    """
    log10_P, smallest = np.log10([P]), float(sample.log10_P[0])
    a, b = (found.laws[name].at(log10_P, smallest) for name in ("lambda_s", "error_s"))
    collapsed = found.collapsed
    bottom, height = np.full(len(a), sample.u[-1]), collapsed.master(sample.u[-1:])[:, 0]
    if not sample.censored.all():
        bottom = np.nanmean(found.log10_lambda_opt - collapsed.a, axis=1)
        height = np.nanmean(found.log10_error_opt - collapsed.b, axis=1)
    x = a[0, 0] + u if x is None else x
    along = b + collapsed.master_at(x - a)
    law = np.concatenate([b + height[:, None], along], axis=1)
    seen = collapsed.departure.seen(law, collapsed.theta)[0]
    return np.concatenate([a + bottom[:, None], seen], axis=1), x


def _measured(table: pd.DataFrame, curves: RunCurves) -> pd.DataFrame:
    """The table with what was measured at the same P."""
    y, errors = log10_mean_curves(curves)[0], log10_standard_errors(curves)
    measured, sigma = np.full(len(table), np.nan), np.full(len(table), np.nan)
    for index, P in enumerate(curves.P):
        mask = curves.mask[index]
        location, lowest, at_end = smooth_minimum(curves.grid, y[None, index], mask)
        for row in np.flatnonzero(table["P"] == P):
            quantity, place = table["quantity"][row], table["log10_norm"][row]
            if quantity == "error":
                value = np.interp(place, curves.grid[mask], y[index, mask], left=np.nan, right=np.nan)
            elif at_end[0]:
                continue
            else:
                value = location[0] if quantity == "log10_lambda_opt" else lowest[0]
            measured[row] = value if quantity == "log10_lambda_opt" else 10.0**value
            if quantity != "log10_lambda_opt":
                sigma[row] = measured[row] * np.log(10) * errors[index]
    return table.assign(measured=measured, sigma=sigma)
