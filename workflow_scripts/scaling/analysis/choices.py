"""How much the choices matter: the exponents over a grid of reasonable ones, from the same curves."""

from collections.abc import Mapping
from contextlib import suppress
from itertools import product

import numpy as np
import pandas as pd

from scaling.analysis.authors import authors_exponents, default_window
from scaling.analysis.exponents import AGREE
from scaling.analysis.power_law import PowerLaw, fit_power_law
from scaling.analysis.robust.chain import NoCommonLaw, Sample, estimate, with_window
from scaling.analysis.robust.data_range import candidates, choose
from scaling.analysis.robust.offsets import fit_with_offset
from scaling.analysis.robust.runs import guess_of, runs_on_grid
from scaling.analysis.robust.thresholds import CURVE_POINTS, FEWEST_P, KEPT, STRAIGHT
from scaling.analysis.settings import FitWindow
from scaling.core.errors import BadInput

STRAIGHTS = (STRAIGHT / 2, STRAIGHT, 2 * STRAIGHT)  # rms deviation of the early law's window
SHARES = (KEPT, 2 / 3, 1.0)  # share of that window that the slope is taken from
NO_LAW = PowerLaw(np.nan, np.nan, np.nan, 0)
COLUMNS = [
    "estimator", "min_P", "number_of_P", "straight", "kept", "law", "gamma_1", "sigma_1", "gamma_2", "sigma_2",
    "gamma_meas", "sigma_meas", "gamma_pred", "sigma_pred", "difference", "sigma", "agrees", "of_procedure",
]  # fmt: skip


def choices(
    runs: pd.DataFrame,
    curves: pd.DataFrame,
    optima: pd.DataFrame,
    window: FitWindow | None = None,
    resamples: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """The exponents of one cell for every combination of choices.

    Parameters
    ----------
    runs : per-seed trajectories or mean curves, as `robust_exponents` takes them.
    curves, optima : mean curves and optima (analysis.mean_curves); window : the authors' choices for this row.
    resamples, seed : of the robust procedure, which chooses its range of P and norm with their help. Its smallest norm
        and how its curves begin (departure.Beginning) are those of all rows but the authors'.

    Returns
    -------
    One row per combination of
    estimator : of lambda's and epsilon's scale: "collapse" (lambda_s; epsilon of the smooth minimum), "smooth minimum"
        (lambda_opt of the same), "grid minimum" (the mean curve's), "own minima" (l_0), each with the early law of the
        collapsed curves; or "authors": their procedure with their window for gamma_1;
    min_P : smallest P of all three exponents (for every P range of 4 values or more);
    straight, kept : tolerance of the early law's window, share of it that is used;
    law : of the scale with P: "power", "offset" (q_2 is fitted), and the robust procedure's own: "corrected" (by the
        leading correction to scaling, of both scales) where it finds one, else "weak offset" (with its prior), where
        there are seeds.
    Then the exponents, their standard errors (of gamma_1: from the scatter of the slopes of single P; NaN for laws of
    three parameters, whose errors only resampling gives), agrees (|gamma_pred - gamma_meas| <= AGREE sigma; NaN without
    sigma), of_procedure ("robust" or "authors" where the row is what that procedure chooses by itself; the authors' row
    has three P ranges and min_P is NaN).
    """
    rows = _authors_rows(curves, optima, window)
    try:
        grid = runs_on_grid(runs).long_enough(CURVE_POINTS)
    except BadInput:
        grid = None
    if grid is not None and grid.P.size >= 3:
        with suppress(NoCommonLaw):
            table, samples = candidates(grid, resamples, seed, guess_of(runs))
            chosen = choose(table)
            for index, sample in enumerate(samples):
                if table["min_log10_norm"][index] == table["min_log10_norm"][chosen]:
                    rows += _rows(sample, optima, index == chosen)
    result = pd.DataFrame(rows).reindex(columns=COLUMNS)
    return _compared(result)


def _compared(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.copy()
    rows["gamma_pred"] = rows["gamma_1"] * rows["gamma_2"]
    rows["sigma_pred"] = np.hypot(rows["sigma_1"] * rows["gamma_2"], rows["sigma_2"] * rows["gamma_1"])
    rows["difference"] = rows["gamma_pred"] - rows["gamma_meas"]
    rows["sigma"] = np.hypot(rows["sigma_pred"], rows["sigma_meas"])
    bears = np.isfinite(rows[["difference", "sigma"]].astype(float)).all(axis=1)
    agrees = (rows["difference"].abs() <= AGREE * rows["sigma"]).astype(float)
    rows["agrees"] = agrees.where(bears)
    return rows


def _authors_rows(curves: pd.DataFrame, optima: pd.DataFrame, window: FitWindow | None) -> list[dict]:
    window = default_window(curves, optima, window or FitWindow())
    names = ["gamma_1", "sigma_1", "gamma_2", "sigma_2", "gamma_meas", "sigma_meas"]
    every_P = np.sort(optima["P"].to_numpy(float))
    rows = []
    for min_P in [np.nan, *every_P[: max(1, every_P.size - FEWEST_P + 1)]]:
        ours = {} if np.isnan(min_P) else dict.fromkeys(["gamma_1_min_P", "gamma_2_min_P", "gamma_meas_min_P"], min_P)
        fitted = authors_exponents(curves, optima, window.model_copy(update=ours))[0].iloc[0]
        row = {"estimator": "authors", "min_P": min_P, "law": "power"} | {name: fitted[name] for name in names}
        row["number_of_P"] = int((every_P >= min_P).sum()) if ours else every_P.size
        row["of_procedure"] = "" if ours else "authors"
        rows.append(row)
    return rows


def _rows(sample: Sample, optima: pd.DataFrame, chosen: bool) -> list[dict]:
    P = sample.curves.P
    log10_P = sample.log10_P
    at = optima.set_index("P").reindex(P)
    with np.errstate(divide="ignore"):
        grid_error = np.log10(at["error_opt"].to_numpy(float))
    own_law = "corrected" if sample.corrected else "power" if sample.bends is None else "weak offset"
    rows = []
    for straight, kept in product(STRAIGHTS, SHARES):
        fitted = with_window(sample, straight, kept)
        exponents = {name: float(values[0]) for name, values in estimate(fitted).exponents.items()}
        sigma_1 = _scatter_of_slopes(fitted, exponents["left"], exponents["left"] + kept * _width(exponents))
        location, error = (np.where(sample.censored, np.nan, values) for values in fitted.minima)
        scales = {
            "collapse": (fitted.collapsed.a[0] + sample.u[-1], error),
            "smooth minimum": (location, error),
            "grid minimum": (at["log10_lambda_opt"].to_numpy(float), grid_error),
            "own minima": (at["log10_l_0"].to_numpy(float), grid_error),
        }
        for estimator, (scale, height) in scales.items():
            measured, pure = _law(log10_P, height), _law(log10_P, scale)
            shared = {"estimator": estimator, "min_P": P[0], "number_of_P": P.size, "straight": straight, "kept": kept}
            shared |= {"gamma_1": exponents["gamma_1"], "sigma_1": sigma_1}
            shared |= {"gamma_meas": -measured.exponent, "sigma_meas": measured.sigma}
            laws = {"power": {"gamma_2": pure.exponent, "sigma_2": pure.sigma}}
            bent = fit_with_offset(log10_P, scale)
            if np.isfinite(bent.exponent):
                laws["offset"] = {"gamma_2": bent.exponent, "sigma_2": np.nan}
            if estimator == "collapse" and own_law != "power":
                laws[own_law] = {name: exponents[name] for name in ("gamma_2", "gamma_meas")}
                laws[own_law] |= {"sigma_2": np.nan, "sigma_meas": np.nan}
            for law, numbers in laws.items():
                own = chosen and estimator == "collapse" and (straight, kept) == (STRAIGHT, KEPT)
                own &= law == own_law
                rows.append(shared | numbers | {"law": law, "of_procedure": "robust" if own else ""})
    return rows


def _width(exponents: dict[str, float]) -> float:
    return exponents["right"] - exponents["left"]


def _law(log10_P: np.ndarray, values: np.ndarray) -> PowerLaw:
    """A power law of P through three points or more; NaN with fewer."""
    return fit_power_law(log10_P, values) if np.isfinite(values).sum() >= 3 else NO_LAW


def _scatter_of_slopes(sample: Sample, left: float, right: float) -> float:
    """Standard error of the mean slope over the P that have three points in the window."""
    slopes = []
    y = sample.law[0][sample.index]
    for index in range(sample.curves.P.size):
        mine = sample.points.owner == index
        u = sample.points.x[mine] - sample.collapsed.a[0, index]
        inside = (u >= left) & (u <= right)
        if inside.sum() >= 3:
            slopes.append(fit_power_law(u[inside], y[mine][inside]).exponent)
    return float(np.std(slopes, ddof=1) / np.sqrt(len(slopes))) if len(slopes) > 1 else np.nan


def published_choices(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """What holds of the published rows when the choices are made otherwise.

    Parameters
    ----------
    tables : name (cell/variant/norm) -> `choices` of the published curves with the published window.

    Returns
    -------
    One row per name and reading, with the columns of `choices` (shares and medians for "all"):
    "published": the authors' choices, three P ranges; "one range, all P" and "one range, P of gamma_1": their
    procedure and window, one P range for all three exponents; "robust"; "all": every combination, agrees is the share
    of those that have a verdict and the numbers are medians.
    """
    columns = ["min_P", "number_of_P", "gamma_1", "gamma_2", "gamma_pred", "sigma_pred", "gamma_meas", "sigma_meas"]
    columns += ["difference", "sigma", "agrees"]
    rows = []
    for name, table in tables.items():
        authors = table[table["estimator"] == "authors"]
        own = table["of_procedure"].fillna("")
        published = table[own == "authors"].iloc[0]
        common = authors[authors["min_P"].notna()]
        readings = {
            "published": published,
            "one range, all P": common.iloc[0],
            # gamma_1's own window of P is told by its value: the same fit gives the same number.
            "one range, P of gamma_1": _same_gamma_1(common, published),
            "robust": table[own == "robust"].iloc[0] if (own == "robust").any() else None,
        }
        for reading, row in readings.items():
            numbers = dict.fromkeys(columns, np.nan) if row is None else row[columns].to_dict()
            rows.append({"row": name, "reading": reading, "choices": 1} | numbers)
        judged = table.dropna(subset=["agrees"])
        medians = judged[columns].astype(float).median().to_dict() | {"agrees": judged["agrees"].mean()}
        rows.append({"row": name, "reading": "all", "choices": len(judged)} | medians)
    return pd.DataFrame(rows)


def _same_gamma_1(common: pd.DataFrame, published: pd.Series) -> pd.Series | None:
    same = common[np.isclose(common["gamma_1"].astype(float), float(published["gamma_1"]), rtol=1e-9)]
    return same.iloc[0] if len(same) else None
