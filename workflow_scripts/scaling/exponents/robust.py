"""The procedure of our own: exponents from runs without anybody's eye, with their uncertainty.

One chain, the same for the whole sample and for every resample:
mean curves -> smooth minima -> collapse (scales of both axes) -> early power law of the master curve -> exponents.

Which number heads the row. gamma_2 is the exponent of lambda_s(P), the shift that the whole curve asks for: under
Eq. 4 every scale of the curve goes like lambda_opt, and this one does not hang on where a flat, noisy minimum happens
to lie (on synthetic studies it scatters three times less than the minimum's). gamma_meas is the exponent of
epsilon_opt(P), the value of the smooth minimum, which flatness does not spoil. Beside them stand the other two:
gamma_2_opt from lambda_opt(P) and gamma_shift from the vertical shifts. If the curves collapse and their early law is
the same for all P, gamma_1 gamma_2 = gamma follows; the difference gamma_pred - gamma_meas tests just that.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from scaling.errors import BadInput
from scaling.exponents.bootstrap import interval, resample_counts, widen
from scaling.exponents.collapse import (
    TOLERANCE,
    Collapse,
    Points,
    collapse,
    collapse_resamples,
    houdayer_hartmann,
)
from scaling.exponents.early_law import KEPT, early_power_law
from scaling.exponents.offsets import NO_LAW, OffsetLaw, fit_with_offset
from scaling.exponents.optimum import smooth_minimum
from scaling.exponents.runs import RunCurves, log10_mean_curves, log10_standard_errors, runs_on_grid

FEWEST_P = 4  # kept whatever the collapse says
BEND = 2.0  # standard errors: a quadratic term of a scale's power law beyond this is one
BEND_RESAMPLES = 100  # give its standard error to 7%
LARGEST_CHI2 = 1.0  # the residual of the collapse lies within noise and tolerance
RISE = 0.1  # log10 units: beyond the minimum a curve counts until its error has risen by this (26%)
MASTER_POINTS = 80
WITH_INTERVAL = [
    "gamma_1",
    "gamma_2",
    "gamma_pred",
    "gamma_meas",
    "difference",
    "gamma_2_opt",
    "gamma_pred_opt",
    "difference_opt",
    "gamma_shift",
]


@dataclass(frozen=True)
class Estimates:
    """What the chain gives for B samples: exponents {name: [B]}, and per P [B, n_P] the scales and optima."""

    exponents: dict[str, np.ndarray]
    log10_lambda_opt: np.ndarray
    log10_error_opt: np.ndarray
    collapsed: Collapse


@dataclass(frozen=True)
class Sample:
    """The whole sample's curves in the chosen P range, and what resamples take over from it."""

    curves: RunCurves
    y: np.ndarray
    points: Points
    index: tuple[np.ndarray, np.ndarray]
    censored: np.ndarray
    lowest: np.ndarray
    collapsed: Collapse
    u: np.ndarray

    @property
    def minima(self) -> tuple[np.ndarray, np.ndarray]:
        """log10 lambda_opt and log10 epsilon_opt of the smooth minima [n_P], censored or not."""
        location, error, _ = _minima(self.curves, self.y)
        return location[0], error[0]

    def chi2(self, by_power_laws: bool = True) -> float:
        """Quality of the collapse (Houdayer and Hartmann's S).

        With `by_power_laws` the axes are rescaled by P^gamma_2 and P^-gamma (lines through the shifts), as in a
        finite-size scaling plot: it then also judges whether the scales follow power laws. Without, each curve keeps
        its own two shifts: it judges the shape alone.
        """
        shifts = [self.collapsed.a[0], self.collapsed.b[0]]
        if by_power_laws:
            log10_P = np.log10(self.curves.P)
            shifts = [slopes(log10_P, shift[None])[0] * log10_P for shift in shifts]
        parts = [self.points.owner == i for i in range(self.curves.P.size)]
        y = self.y[0][self.index]
        return houdayer_hartmann(
            [self.points.x[part] - shifts[0][i] for i, part in enumerate(parts)],
            [y[part] - shifts[1][i] for i, part in enumerate(parts)],
            [self.points.sigma[part] for part in parts],
        )


# ----------------------------------------------------------------------------------------- the chain


def prepare(curves: RunCurves) -> Sample:
    """Collapse the whole sample's mean curves.

    Points: every grid point of the mean curves up to where the error has risen by `RISE` beyond its minimum (what comes
    after is overfitting, which Eqs. 2-4 do not describe). Their standard error: the root mean square of the seeds'
    along the curve, and `TOLERANCE`, in quadrature.
    """
    y = log10_mean_curves(curves)
    curves = replace(curves, mask=_until_rise(y[0], curves.mask))
    y = np.where(curves.mask, y, np.nan)
    _, error, at_end = _minima(curves, y)
    index = np.nonzero(curves.mask)
    variance = np.array(
        [np.nanmean(row[mask] ** 2) for row, mask in zip(log10_standard_errors(curves), curves.mask, strict=True)]
    )
    points = Points(curves.grid[index[1]], index[0], np.sqrt(np.nan_to_num(variance) + TOLERANCE**2)[index[0]])
    share = np.bincount(curves.owner, curves.last_is_best, curves.P.size) / curves.runs
    # A mean curve says by itself whether it still falls; of single seeds more than half must have reached theirs.
    censored = at_end[0] | ((share >= 0.5) & curves.seeds)
    lowest = np.where(np.isfinite(error[0]), error[0], np.nanmin(y[0], axis=1))
    collapsed = collapse(points, y[0][index], lowest)
    span = points.x - collapsed.a[0, points.owner]
    u = np.linspace(span.min(), span.max(), 4 * MASTER_POINTS)
    # Only where two curves or more meet is there a common law.
    number = sum(
        (u >= span[points.owner == i].min()) & (u <= span[points.owner == i].max()) for i in range(curves.P.size)
    )
    common = u[number >= min(2, curves.P.size)]
    bottom = common[np.argmin(collapsed.master(common)[0])]
    return Sample(curves, y, points, index, censored, lowest, collapsed, np.linspace(common[0], bottom, MASTER_POINTS))


def estimate(sample: Sample, y: np.ndarray | None = None) -> Estimates:
    """Run the chain on the whole sample (y None) or on resampled curves y [B, n_P, G] of it."""
    if y is None:
        y, collapsed = sample.y, sample.collapsed
    location, error, _ = _minima(sample.curves, y)
    if y is not sample.y:
        lowest = np.where(np.isfinite(error), error, sample.lowest)
        collapsed = collapse_resamples(sample.points, y[:, *sample.index], lowest, sample.collapsed)
    location = np.where(sample.censored, np.nan, location)
    error = np.where(sample.censored, np.nan, error)
    log10_P = np.log10(sample.curves.P)
    gamma_1, left, right = early_power_law(sample.u, collapsed.master(sample.u))
    gamma_2, gamma_2_opt, gamma_meas = (slopes(log10_P, scale) for scale in (collapsed.a, location, -error))
    exponents = {
        "gamma_1": gamma_1,
        "gamma_2": gamma_2,
        "gamma_pred": gamma_1 * gamma_2,
        "gamma_meas": gamma_meas,
        "difference": gamma_1 * gamma_2 - gamma_meas,
        "gamma_2_opt": gamma_2_opt,
        "gamma_pred_opt": gamma_1 * gamma_2_opt,
        "difference_opt": gamma_1 * gamma_2_opt - gamma_meas,
        "gamma_shift": slopes(log10_P, -collapsed.b),
        "left": left,
        "right": right,
    }
    return Estimates(exponents, location, error, collapsed)


def resample(sample: Sample, resamples: int, seed: int) -> Estimates:
    """Bootstrap the seeds within each P through the whole chain, all resamples at once."""
    counts = resample_counts(sample.curves.runs, resamples, np.random.default_rng(seed))
    y = widen(log10_mean_curves(sample.curves, counts), sample.y, sample.curves.runs)
    return estimate(sample, y)


def slopes(log10_P: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Least-squares slopes of values [B, n_P] against log10 P [n_P] (power_law.fit_power_law's exponent, row by row).

    Points that are NaN in the first row are left out everywhere; fewer than 3 leave NaN.
    """
    use = np.isfinite(values[0])
    if use.sum() < 3:
        return np.full(len(values), np.nan)
    x = log10_P[use] - log10_P[use].mean()
    return values[:, use] @ x / (x @ x)


def _minima(curves: RunCurves, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    each = [smooth_minimum(curves.grid, y[:, index], mask) for index, mask in enumerate(curves.mask)]
    location, error, at_end = (np.stack(parts, axis=1) for parts in zip(*each, strict=True))
    return location, error, at_end


def _until_rise(y: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """One stretch of points for each P: around its minimum, to the right until the error has risen by RISE."""
    result = np.zeros_like(mask)
    for row, (known, heights) in enumerate(zip(mask, y, strict=True)):
        inside = np.flatnonzero(known)
        if inside.size == 0:
            continue
        lowest = inside[np.argmin(heights[inside])]
        holes = np.flatnonzero(~known)
        first = holes[holes < lowest].max(initial=-1) + 1
        risen = np.flatnonzero(~known | (heights > heights[lowest] + RISE))
        last = risen[risen > lowest].min(initial=known.size)
        result[row, first:last] = True
    return result


# ------------------------------------------------------------------------------------- the P range


def collapse_by_min_P(curves: RunCurves) -> tuple[pd.DataFrame, list[Sample]]:
    """Collapse quality as a function of the smallest P that takes part.

    Returns
    -------
    One row per candidate (columns min_P, number_of_P, chi2, and chi2_shape: every curve by its own
    shifts), at least `FEWEST_P` values of P in each; their samples.
    """
    firsts = range(max(1, curves.P.size - FEWEST_P + 1))
    samples = [prepare(curves.from_P(first)) for first in firsts]
    rows = [
        {
            "min_P": sample.curves.P[0],
            "number_of_P": sample.curves.P.size,
            "chi2": sample.chi2(),
            "chi2_shape": sample.chi2(by_power_laws=False),
        }
        for sample in samples
    ]
    return pd.DataFrame(rows), samples


def choose_first(chi2: np.ndarray, bend: np.ndarray | None = None) -> int:
    """The smallest P from which the law holds: the first candidate with chi2 <= LARGEST_CHI2 and bend <= BEND.

    bend, where it is known (NaN counts as no bend), is the largest significance of a curvature of the scales' power
    laws. If no candidate is good in both, the first good chi2 decides, and if there is none, the smallest chi2 (the
    caller says so). NaN counts as no collapse.
    """
    collapses = chi2 <= LARGEST_CHI2
    straight = np.ones_like(collapses) if bend is None else ~(bend > BEND)
    for good in (collapses & straight, collapses):
        if good.any():
            return int(np.argmax(good))
    return int(np.argmin(np.where(np.isfinite(chi2), chi2, np.inf))) if np.isfinite(chi2).any() else 0


def bends(samples: list[Sample], resamples: int, seed: int) -> np.ndarray:
    """Per candidate, the larger |z| of the quadratic terms of log lambda_s and log epsilon_s against log P.

    z is the term over its bootstrap standard deviation; the shifts are those of the widest P range, resampled once.
    NaN without seeds to resample, and for fewer than 4 P.
    """
    widest = samples[0]
    if not (resamples and widest.curves.seeds and widest.curves.runs.min() > 1):
        return np.full(len(samples), np.nan)
    drawn = resample(widest, resamples, seed).collapsed
    log10_P = np.log10(widest.curves.P)
    result = []
    for first in range(len(samples)):
        x = log10_P[first:]
        if x.size < 4:
            result.append(np.nan)
            continue
        quadratic = np.linalg.pinv(np.stack([np.ones_like(x), x, x**2], axis=1))[2]
        terms = [
            np.abs(whole[0, first:] @ quadratic) / max(np.std(many[:, first:] @ quadratic, ddof=1), 1e-300)
            for whole, many in ((widest.collapsed.a, drawn.a), (widest.collapsed.b, drawn.b))
        ]
        result.append(max(terms))
    return np.array(result)


# ----------------------------------------------------------------------------------------- the table


@dataclass(frozen=True)
class RobustResult:
    """exponents: one row; collapse: min_P, number_of_P, chi2, chi2_shape, bend, chi2_epochs; scales: one row per P."""

    exponents: pd.DataFrame
    collapse: pd.DataFrame
    scales: pd.DataFrame


def robust_exponents(
    trajectories: pd.DataFrame,
    resamples: int = 500,
    confidence: float = 0.95,
    seed: int = 0,
    min_P: float | None = None,
) -> RobustResult:
    """Exponents of one (cell, variant, norm) with intervals, by rules alone.

    Parameters
    ----------
    trajectories : columns P, test_error, log10_norm, and seed, epoch, diverged where known. Without seeds (mean
        curves) there are no intervals.
    resamples, confidence, seed : of the bootstrap.
    min_P : overrides the rule (for a study of choices).

    Returns
    -------
    RobustResult. The row of `exponents`: procedure, the exponents with sigma_* (bootstrap standard deviation) and
    *_low/*_high, correlation_12 of gamma_1 and gamma_2, sigma of the difference, min_P, number_of_P, runs, censored_P,
    x_left/x_right (early law window in lambda/lambda_opt), log10_k_* prefactors, offsets, collapse_chi2 and
    collapse_chi2_epochs at min_P, and note: in words, what is missing and why. Numbers that the data do not bear are
    NaN.
    """
    try:
        curves = runs_on_grid(trajectories)
    except BadInput as problem:
        if set(trajectories.columns) >= {"P", "test_error", "log10_norm"}:
            return _nothing(str(problem).removeprefix("trajectories: "))
        raise
    curves = long_enough(curves)
    if curves.P.size < 3:
        return _nothing(f"{curves.P.size} values of P with a curve of 7 grid points or more: 3 are needed")
    table, samples = collapse_by_min_P(curves)
    table["bend"] = bends(samples, min(resamples, BEND_RESAMPLES), seed)
    table["chi2_epochs"] = _chi2_against_epochs(trajectories, table)
    if min_P is None:
        chosen = choose_first(table["chi2"].to_numpy(), table["bend"].to_numpy())
    else:
        chosen = int(np.argmin(np.abs(table["min_P"].to_numpy() - min_P)))
    sample = samples[chosen]
    whole = estimate(sample)
    notes = _notes(sample, table["chi2"].iloc[chosen])
    bootstrapped = None
    if not sample.curves.seeds:
        notes.append("mean curves without seeds: no intervals")
    elif sample.curves.runs.min() < 2:
        notes.append("one run at some P: no intervals")
    elif resamples:
        bootstrapped = resample(sample, resamples, seed)
    row = _row(sample, whole, bootstrapped, confidence, table.iloc[chosen], notes)
    return RobustResult(row, table, _scales(sample, whole, bootstrapped))


def long_enough(curves: RunCurves) -> RunCurves:
    """Without the P whose mean curve has too few points for a minimum."""
    good = np.flatnonzero(curves.mask.sum(axis=1) >= 7)
    keep = np.isin(curves.owner, good)
    return replace(
        curves,
        P=curves.P[good],
        errors=curves.errors[keep],
        owner=np.searchsorted(good, curves.owner[keep]),
        mask=curves.mask[good],
        last_is_best=curves.last_is_best[keep],
    )


def _chi2_against_epochs(trajectories: pd.DataFrame, table: pd.DataFrame) -> np.ndarray:
    """The same number, found in the same way, for the curves plotted against epochs."""
    if "epoch" not in trajectories or trajectories["epoch"].isna().all():
        return np.full(len(table), np.nan)
    try:
        curves = long_enough(runs_on_grid(trajectories, "epoch"))
    except BadInput:
        return np.full(len(table), np.nan)
    result = []
    for min_P in table["min_P"]:
        part = curves.from_P(int(np.searchsorted(curves.P, min_P)))
        result.append(prepare(part).chi2() if part.P.size >= 3 else np.nan)
    return np.array(result)


def _notes(sample: Sample, chi2: float) -> list[str]:
    notes = []
    if not chi2 <= LARGEST_CHI2:
        notes.append(f"no P range collapses (chi2 {chi2:.3g} > {LARGEST_CHI2:g})")
    if sample.censored.any():
        which = ", ".join(f"{P:g}" for P in sample.curves.P[sample.censored])
        notes.append(f"minimum not reached at P = {which}: left out of gamma_2_opt and gamma_meas")
    if (~sample.censored).sum() < 3:
        notes.append("fewer than 3 P with a minimum: no gamma_meas")
    return notes


def _row(
    sample: Sample,
    whole: Estimates,
    bootstrapped: Estimates | None,
    confidence: float,
    collapse_row: pd.Series,
    notes: list[str],
) -> pd.DataFrame:
    value = {name: float(array[0]) for name, array in whole.exponents.items()}
    row: dict[str, object] = {"procedure": "robust"} | {name: value[name] for name in WITH_INTERVAL}
    sigma = dict.fromkeys(WITH_INTERVAL, np.nan)
    row["correlation_12"] = np.nan
    for name in WITH_INTERVAL:
        row[f"{name}_low"] = row[f"{name}_high"] = np.nan
    if bootstrapped is not None:
        for name in WITH_INTERVAL:
            drawn = bootstrapped.exponents[name]
            row[f"{name}_low"], row[f"{name}_high"] = interval(drawn, value[name], confidence)
            sigma[name] = float(np.nanstd(drawn, ddof=1)) if np.isfinite(drawn).sum() > 1 else np.nan
        pair = np.stack([bootstrapped.exponents["gamma_1"], bootstrapped.exponents["gamma_2"]])
        pair = pair[:, np.isfinite(pair).all(axis=0)]
        if pair.shape[1] > 2 and (np.ptp(pair, axis=1) > 0).all():
            row["correlation_12"] = float(np.corrcoef(pair)[0, 1])
    log10_P = np.log10(sample.curves.P)
    # f is in the units of the largest P: its minimum turns shifts into norms and errors.
    bottom, height = sample.u[-1], float(sample.collapsed.master(sample.u[-1:])[0, 0])
    scale = sample.collapsed.a[0] + bottom
    row |= {
        "sigma_1": sigma["gamma_1"],
        "sigma_2": sigma["gamma_2"],
        "sigma_pred": sigma["gamma_pred"],
        "sigma_meas": sigma["gamma_meas"],
        "sigma": sigma["difference"],
        "sigma_2_opt": sigma["gamma_2_opt"],
        "x_left": 10 ** (value["left"] - bottom),
        "x_right": 10 ** (value["right"] - bottom),
        "gamma_1_min_P": sample.curves.P[0],
        "gamma_2_min_P": sample.curves.P[0],
        "gamma_meas_min_P": sample.curves.P[0],
        "min_P": sample.curves.P[0],
        "number_of_P": sample.curves.P.size,
        "censored_P": int(sample.censored.sum()),
        "log10_k_1": _height_of_line(sample, value) - height + value["gamma_1"] * bottom,
        "log10_k_2": float(np.mean(scale - value["gamma_2"] * log10_P)),
        "log10_k_meas": float(np.nanmean(whole.log10_error_opt[0] + value["gamma_meas"] * log10_P))
        if np.isfinite(value["gamma_meas"])
        else np.nan,
        "collapse_chi2": collapse_row["chi2"],
        "collapse_chi2_shape": collapse_row["chi2_shape"],
        "collapse_chi2_epochs": collapse_row["chi2_epochs"],
    }
    row |= _offsets(sample, value, scale, log10_P)
    if not np.isfinite(value["gamma_1"]):
        notes = [*notes, "no early power law"]
    row["note"] = "; ".join(notes)
    return pd.DataFrame([row])


def _height_of_line(sample: Sample, value: dict[str, float]) -> float:
    """log10 error of the early law's line at u = 0, in the units of the largest P."""
    inside = (sample.u >= value["left"]) & (sample.u <= value["right"])
    if not inside.any():
        return np.nan
    inside &= sample.u <= value["left"] + KEPT * (value["right"] - value["left"]) + 1e-9
    return float(np.mean(sample.collapsed.master(sample.u[inside])[0] + value["gamma_1"] * sample.u[inside]))


def _offsets(sample: Sample, value: dict[str, float], scale: np.ndarray, log10_P: np.ndarray) -> dict[str, float]:
    """q_1 from the largest P's early law, q_2 from lambda_s(P); P_- and P_+ where an offset is chosen (Eq. 5)."""
    mine = sample.points.owner == sample.curves.P.size - 1
    x, y = sample.points.x[mine], sample.y[0][sample.index][mine]
    early = (x >= value["left"]) & (x <= value["left"] + KEPT * (value["right"] - value["left"]))
    first, second = NO_LAW, NO_LAW
    if early.sum() >= 8:
        first = fit_with_offset(x[early], y[early], correlated=True)
    second = fit_with_offset(log10_P, scale)
    return {
        "log10_q_1": _chosen(first),
        "gamma_1_offset": -first.exponent if first.chosen else value["gamma_1"],
        "aicc_gain_q_1": first.gain,
        "log10_q_2": _chosen(second),
        "gamma_2_offset": second.exponent if second.chosen else value["gamma_2"],
        "aicc_gain_q_2": second.gain,
        "P_minus": 10 ** ((second.log10_q - second.log10_k) / second.exponent) if second.chosen else np.nan,
        "P_plus": _P_plus(first, second, value, scale, log10_P) if first.chosen else np.nan,
    }


def _chosen(law: OffsetLaw) -> float:
    return law.log10_q if law.chosen else np.nan


def _P_plus(
    first: OffsetLaw, second: OffsetLaw, value: dict[str, float], scale: np.ndarray, log10_P: np.ndarray
) -> float:
    """(k_1 k_2^(-gamma_1)/q_1)^(1/(gamma_1 gamma_2))."""
    gamma_1, gamma_2 = -first.exponent, second.exponent if second.chosen else value["gamma_2"]
    log10_k_2 = second.log10_k if second.chosen else float(np.mean(scale - gamma_2 * log10_P))
    if not (gamma_1 * gamma_2 > 0 and np.isfinite(first.log10_q)):
        return np.nan
    exponent = (first.log10_k - gamma_1 * log10_k_2 - first.log10_q) / (gamma_1 * gamma_2)
    return float(10**exponent) if exponent < 300 else np.inf


def _scales(sample: Sample, whole: Estimates, bootstrapped: Estimates | None) -> pd.DataFrame:
    bottom = sample.u[-1]
    height = float(sample.collapsed.master(sample.u[-1:])[0, 0])

    def sigma(values: np.ndarray | None) -> np.ndarray:
        return np.full(sample.curves.P.size, np.nan) if values is None else values.std(axis=0, ddof=1)

    return pd.DataFrame(
        {
            "P": sample.curves.P,
            "log10_lambda_opt": whole.log10_lambda_opt[0],
            "sigma_lambda_opt": sigma(bootstrapped and bootstrapped.log10_lambda_opt),
            "log10_error_opt": whole.log10_error_opt[0],
            "sigma_error_opt": sigma(bootstrapped and bootstrapped.log10_error_opt),
            "log10_lambda_s": sample.collapsed.a[0] + bottom,
            "sigma_lambda_s": sigma(bootstrapped and bootstrapped.collapsed.a),
            "log10_error_s": sample.collapsed.b[0] + height,
            "runs": sample.curves.runs,
            "censored_runs": np.bincount(sample.curves.owner, sample.curves.last_is_best, sample.curves.P.size).astype(
                int
            ),
            "censored": sample.censored,
        }
    )


def _nothing(note: str) -> RobustResult:
    """The row of a study that bears no exponents."""
    intervals = [f"{name}_{side}" for name in WITH_INTERVAL for side in ("low", "high")]
    sigmas = ["sigma_1", "sigma_2", "sigma_pred", "sigma_meas", "sigma", "sigma_2_opt"]
    row = {"procedure": "robust"} | dict.fromkeys([*WITH_INTERVAL, *intervals, *sigmas], np.nan)
    row |= {"min_P": np.nan, "number_of_P": 0, "censored_P": 0, "collapse_chi2": np.nan, "note": note}
    return RobustResult(
        pd.DataFrame([row]),
        pd.DataFrame(columns=["min_P", "number_of_P", "chi2", "chi2_shape", "bend", "chi2_epochs"], dtype=float),
        pd.DataFrame(columns=["P", "log10_lambda_opt", "log10_error_opt", "log10_lambda_s"], dtype=float),
    )
