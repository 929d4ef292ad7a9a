"""What the robust procedure found, as rows of tables: the exponents with their notes, and the scales of each P."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scaling.analysis.exponents import SIGMA, WITH_INTERVAL
from scaling.analysis.robust.bootstrap import interval
from scaling.analysis.robust.chain import Estimates, Sample
from scaling.analysis.robust.offsets import NO_LAW, OffsetLaw, fit_with_offset
from scaling.analysis.robust.thresholds import BEND, KEPT, LARGEST_CHI2, LARGEST_CORRECTION, OFFSET_POINTS


@dataclass(frozen=True)
class RobustResult:
    """exponents: one row; collapse: data_range.candidates with chi2_epochs; scales: one row per P."""

    exponents: pd.DataFrame
    collapse: pd.DataFrame
    scales: pd.DataFrame


def notes_of(sample: Sample, row: pd.Series, begin: float) -> list[str]:
    """What a reader of the row must know; row : the chosen candidate, begin : the log10 norm where curves begin."""
    notes = []
    if sample.curves.stuck:
        notes.append(f"{sample.curves.stuck} runs never learned: left out")
    if np.isnan(row["chi2"]):
        notes.append("no range of P and norm collapses: rescaled curves do not overlap")
    elif row["chi2"] > LARGEST_CHI2:
        notes.append(f"no range of P and norm collapses (chi2 {row['chi2']:.3g} > {LARGEST_CHI2:g})")
    if row["min_log10_norm"] > begin:
        notes.append(f"norms below 10^{row['min_log10_norm']:.3g} left out: the curves do not collapse there")
    if sample.saturates:
        notes.append(f"1/error - {sample.collapsed.kappa[0]:.3g} in place of 1/error: early curves bend into a plateau")
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


def row_of(
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
        "kappa": float(sample.collapsed.kappa[0]),
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
    )
