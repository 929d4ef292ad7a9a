"""What the robust procedure found, as rows of tables: the exponents with their notes, and the scales of each P."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from scaling.analysis.exponents import SIGMA, WITH_INTERVAL
from scaling.analysis.robust.bootstrap import degrees_of_freedom, interval
from scaling.analysis.robust.chain import Estimates, Sample
from scaling.analysis.robust.offsets import NO_LAW, OffsetLaw, fit_with_offset
from scaling.analysis.robust.slopes import change_of_slope, errors_in_window
from scaling.analysis.robust.thresholds import BEND, KEPT, LARGEST_CHI2, LARGEST_CORRECTION, LEAST_P, OFFSET_POINTS


@dataclass(frozen=True)
class RobustResult:
    """exponents: one row; collapse: data_range.candidates with chi2_epochs, p_epochs; scales: one row per P;
    slopes: the local slope along the master curve (slopes.table_of_slopes); draws: the exponents of the resamples, [B]
    each, none without; those that have no number are missing."""

    exponents: pd.DataFrame
    collapse: pd.DataFrame
    scales: pd.DataFrame
    slopes: pd.DataFrame
    draws: dict[str, np.ndarray] = field(default_factory=dict)


#: What an exponent is made of: where one of these has no number it has none.
NEEDED = {
    "gamma_pred": ("gamma_1", "gamma_2"),
    "difference": ("gamma_1", "gamma_2"),
    "gamma_pred_opt": ("gamma_1",),
    "difference_opt": ("gamma_1",),
}


def notes_of(sample: Sample, row: pd.Series, begin: float) -> list[str]:
    """What a reader of the row must know; row : the chosen candidate, begin : the log10 norm where curves begin."""
    notes = []
    if sample.curves.stuck:
        notes.append(f"{sample.curves.stuck} runs never learned: left out")
    if sample.curves.lost:
        notes.append(f"no run learned at P = {', '.join(f'{P:g}' for P in sample.curves.lost)}: left out")
    if np.isnan(row["chi2"]):
        notes.append("no range of P and norm collapses: rescaled curves do not overlap")
    elif row["p"] < LEAST_P:
        notes.append(f"no range of P and norm collapses (p = {row['p']:.2g})")
    elif row["chi2"] > LARGEST_CHI2:
        known = "" if np.isnan(row["p"]) else f", p = {row['p']:.2g}"
        notes.append(f"no range of P and norm collapses (chi2 {row['chi2']:.3g} > {LARGEST_CHI2:g}{known})")
    if sample.curves.left_at is not None:
        at = f"norms below 10^{sample.curves.left_at:.3g} left out"
        notes.append(f"{at}: curves have not fallen below the error of the best constant answer there")
    if row["min_log10_norm"] > begin:
        notes.append(f"norms below 10^{row['min_log10_norm']:.3g} left out: the curves do not collapse there")
    if _surely_above_zero(sample):
        notes.append(f"error above a floor of {sample.collapsed.departure.floor(sample.collapsed.theta)[0]:.3g}")
    inverse = sample.collapsed.theta[0, 3]
    if sample.collapsed.departure.beginning.guess is None and inverse > 0:
        notes.append(f"early curves bend into a plateau at {1 / inverse:.3g}")
    if sample.corrected:
        notes.append(f"scales with a correction of {row['correction']:.2g} in log10 error at P = {row['min_P']:g}")
        if abs(row["correction"]) > LARGEST_CORRECTION:
            notes[-1] += ", larger than one can believe"
    elif row["bend"] > BEND:
        notes.append("scales bend, and there are too few P for a correction")
    if sample.censored.any():
        which = ", ".join(f"{P:g}" for P in sample.curves.P[sample.censored])
        notes.append(f"minimum not reached at P = {which}: left out of gamma_2_opt and gamma_meas")
    if (~sample.censored).sum() < 3:
        notes.append("fewer than 3 P with a minimum: no gamma_meas")
    return notes


def _surely_above_zero(sample: Sample) -> bool:
    """Whether hardly a resample is without a floor."""
    return sample.drawn is not None and bool(np.quantile(sample.drawn.collapsed.theta[:, 2], 0.025) > 0)


def row_of(
    sample: Sample,
    whole: Estimates,
    bootstrapped: Estimates | None,
    confidence: float,
    collapse_row: pd.Series,
    notes: list[str],
    refused: dict[str, str],
) -> pd.DataFrame:
    """The row; `refused` exponents, and what follows from them, have no number."""
    value = {name: float(array[0]) for name, array in whole.exponents.items()}
    window = value["left"], value["right"]
    missing = [name for name in WITH_INTERVAL if any(needed in refused for needed in NEEDED.get(name, (name,)))]
    value |= dict.fromkeys(missing, np.nan)
    row: dict[str, object] = {"procedure": "robust"} | {name: value[name] for name in WITH_INTERVAL}
    sigma = dict.fromkeys(WITH_INTERVAL, np.nan)
    row["correlation_12"] = np.nan
    for name in WITH_INTERVAL:
        row[f"{name}_low"] = row[f"{name}_high"] = np.nan
    if bootstrapped is not None:
        for name in WITH_INTERVAL:
            drawn = bootstrapped.exponents[name]
            if name in missing:
                continue
            freedom = degrees_of_freedom(drawn, sample.drawn.counts, sample.curves.owner)
            row[f"{name}_low"], row[f"{name}_high"] = interval(drawn, value[name], confidence, freedom)
            sigma[name] = float(np.nanstd(drawn, ddof=1)) if np.isfinite(drawn).sum() > 1 else np.nan
        pair = np.stack([bootstrapped.exponents["gamma_1"], bootstrapped.exponents["gamma_2"]])
        pair = pair[:, np.isfinite(pair).all(axis=0)]
        if pair.shape[1] > 2 and (np.ptp(pair, axis=1) > 0).all():
            row["correlation_12"] = float(np.corrcoef(pair)[0, 1])
    log10_P = sample.log10_P
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
        "min_log10_norm": collapse_row["min_log10_norm"],
        **_departure(sample),
        **_window(sample, *window),
        "omega": float(whole.laws["lambda_s"].omega[0]),
        "correction_2": float(whole.laws["lambda_s"].correction[0]),
        "correction_meas": float(whole.laws["error_opt"].correction[0]),
        "censored_P": int(sample.censored.sum()),
        "log10_k_1": _height_of_line(sample, value) - height + value["gamma_1"] * bottom,
        "log10_k_2": float(whole.laws["lambda_s"].intercept[0]) + bottom,
        "log10_k_meas": float(whole.laws["error_opt"].intercept[0]),
        "collapse_chi2": collapse_row["chi2"],
        "collapse_chi2_shape": collapse_row["chi2_shape"],
        "collapse_chi2_epochs": collapse_row["chi2_epochs"],
        "collapse_p": collapse_row["p"],
        "collapse_p_epochs": collapse_row["p_epochs"],
    }
    row |= _offsets(sample, value, scale, log10_P)
    row["note"] = "; ".join([*notes, *filter(None, refused.values())])
    return pd.DataFrame([row])


def _departure(sample: Sample) -> dict[str, float]:
    onset, approach, _, inverse = sample.collapsed.theta[0]
    return {
        "fitted_plateau": 1 / inverse if inverse > 0 else 0.0,
        "fitted_floor": float(sample.collapsed.departure.floor(sample.collapsed.theta)[0]),
        "onset": float(np.exp(onset)),
        "approach": float(approach),
    }


def _window(sample: Sample, left: float, right: float) -> dict[str, float]:
    high, low = errors_in_window(sample, left, right)
    change, sigma = change_of_slope(sample, sample.drawn, left, right)
    return {
        "window_decades": right - left,
        "window_error_high": high,
        "window_error_low": low,
        "slope_change": change,
        "sigma_slope_change": sigma,
    }


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
    x, y = sample.points.x[mine], sample.law[0][sample.index][mine]
    early = (x >= value["left"]) & (x <= value["left"] + KEPT * (value["right"] - value["left"]))
    first, second = NO_LAW, NO_LAW
    if early.sum() >= OFFSET_POINTS:
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


def scales_of(sample: Sample, whole: Estimates, bootstrapped: Estimates | None) -> pd.DataFrame:
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


def nothing(note: str) -> RobustResult:
    """The row of a study that bears no exponents."""
    intervals = [f"{name}_{side}" for name in WITH_INTERVAL for side in ("low", "high")]
    row = {"procedure": "robust"} | dict.fromkeys([*WITH_INTERVAL, *intervals, *SIGMA.values()], np.nan)
    row |= {"min_P": np.nan, "number_of_P": 0, "censored_P": 0, "collapse_chi2": np.nan, "note": note}
    return RobustResult(
        pd.DataFrame([row]),
        pd.DataFrame(columns=["min_P", "number_of_P", "chi2", "chi2_epochs"], dtype=float),
        pd.DataFrame(columns=["P", "log10_lambda_opt", "log10_error_opt", "log10_lambda_s"], dtype=float),
        pd.DataFrame(columns=["log10_x", "slope", "sigma", "in_window"], dtype=float),
    )
