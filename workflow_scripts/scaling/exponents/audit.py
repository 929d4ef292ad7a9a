"""What the exponents hang on: the definition of the norm, and small changes of the training."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

EXPONENTS = ["gamma_1", "gamma_2", "gamma_pred", "gamma_meas", "difference"]


def norm_audit(
    exponents: Mapping[tuple[str, str], pd.DataFrame], trajectories: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Compare the definitions of the norm on the same runs.

    Parameters
    ----------
    exponents : (cell, norm) -> table of exponents, one row per procedure.
    trajectories : cell -> table with columns P, seed, epoch, norm, log10_norm, diverged.

    Returns
    -------
    One row per cell, norm and procedure: the exponents with their intervals; `agrees` (whether the interval of
    gamma_pred - gamma_meas contains 0, or |difference| <= 2 sigma where the procedure gives no interval);
    `collapse_chi2`; `monotone_runs` (share of the runs whose norm never turns back); `decades` (dynamic range
    of the norm over all runs, in powers of ten).
    """
    rows = []
    for (cell, norm), table in exponents.items():
        runs = trajectories[cell].query("norm == @norm and not diverged")
        shared = {"cell": cell, "norm": norm}
        shape = {
            "monotone_runs": _share_of_monotone_runs(runs),
            "decades": float(np.ptp(runs.log10_norm)) if len(runs) else np.nan,
        }
        rows += [shared | _summary(row) | shape for row in table.to_dict("records")]
    return pd.DataFrame(rows)


def fragility_audit(
    exponents: Mapping[tuple[str, str], pd.DataFrame], trajectories: Mapping[tuple[str, str], pd.DataFrame], norm: str
) -> pd.DataFrame:
    """Compare variants of the training with the baseline, cell by cell, for one norm.

    Parameters
    ----------
    exponents : (cell, variant) -> table of exponents, one row per procedure.
    trajectories : (cell, variant) -> trajectories of the same study.

    Returns
    -------
    One row per cell, variant and procedure: the exponents with their intervals; for gamma_1, gamma_2 and gamma_pred
    `*_shift`, the difference from the baseline's in units of the joint standard error; `collapse_chi2`;
    `trend` (Spearman's rank correlation of the last norm with P, mean over seeds: does the norm still grow with
    the data?); `order_kept` (share of the pairs of cells, epochs and P at which the two cells' norms stand in the
    same order as in the baseline; nan with a single cell).
    """
    rows = []
    for (cell, variant), table in exponents.items():
        runs = trajectories[cell, variant].query("norm == @norm and not diverged")
        for row in table.to_dict("records"):
            base = exponents[cell, "baseline"].query("procedure == @row['procedure']")
            base = base.iloc[0].to_dict() if len(base) else {}
            shifts = {f"{key}_shift": _shift(row, base, key, sigma) for key, sigma in _SIGMAS.items()}
            rows.append(
                {"cell": cell, "variant": variant}
                | _summary(row)
                | shifts
                | {"trend": _trend(runs), "order_kept": _order_kept(cell, variant, trajectories, norm)}
            )
    return pd.DataFrame(rows)


_SIGMAS = {"gamma_1": "sigma_1", "gamma_2": "sigma_2", "gamma_pred": "sigma_pred"}


def _summary(row: dict) -> dict:
    difference = row.get("difference", np.nan)
    if np.isnan(difference):
        difference = row["gamma_pred"] - row["gamma_meas"]
    low, high = row.get("difference_low", np.nan), row.get("difference_high", np.nan)
    if np.isnan(low):
        agrees = abs(difference) <= 2 * row.get("sigma", np.nan) if np.isfinite(row.get("sigma", np.nan)) else None
    else:
        agrees = bool(low <= 0 <= high)
    kept = {key: row.get(key, np.nan) for name in EXPONENTS for key in (name, f"{name}_low", f"{name}_high")}
    kept["difference"] = difference
    sigmas = {key: row.get(key, np.nan) for key in (*_SIGMAS.values(), "sigma_meas", "sigma")}
    return (
        {"procedure": row["procedure"]}
        | kept
        | sigmas
        | {"agrees": agrees, "collapse_chi2": row.get("collapse_chi2", np.nan)}
    )


def _shift(row: dict, base: dict, key: str, sigma: str) -> float:
    joint = np.hypot(row.get(sigma, np.nan), base.get(sigma, np.nan))
    return float((row[key] - base.get(key, np.nan)) / joint) if joint > 0 else np.nan


def _share_of_monotone_runs(runs: pd.DataFrame) -> float:
    """Share of the runs whose norm never falls from one logged point to the next (by more than rounding)."""
    if runs.empty:
        return np.nan
    grows = (
        runs.sort_values("epoch")
        .groupby(["P", "seed"])
        .log10_norm.agg(lambda norm: bool((norm.diff().dropna() > -1e-9).all()))
    )
    return float(grows.mean())


def _last_norms(runs: pd.DataFrame) -> pd.Series:
    return runs.sort_values("epoch").groupby(["P", "seed"]).log10_norm.last().groupby("P").mean()


def _trend(runs: pd.DataFrame) -> float:
    last = _last_norms(runs)
    return float(spearmanr(last.index, last.to_numpy()).statistic) if len(last) > 2 else np.nan


def _order_kept(cell: str, variant: str, trajectories: Mapping[tuple[str, str], pd.DataFrame], norm: str) -> float:
    """Share of (other cell, P, epoch) at which sign(log norm of `cell` - that of the other) is the baseline's."""
    kept: list[np.ndarray] = []
    for other, its_variant in trajectories:
        if its_variant == variant and other != cell:
            signs = [
                np.sign(
                    _mean_path(trajectories[cell, which], norm) - _mean_path(trajectories[other, which], norm)
                ).dropna()
                for which in (variant, "baseline")
            ]
            now, before = signs[0].align(signs[1], join="inner")
            kept.append((now == before).to_numpy())
    together = np.concatenate(kept) if kept else np.array([])
    return float(together.mean()) if together.size else np.nan


def _mean_path(runs: pd.DataFrame, norm: str) -> pd.Series:
    """Mean log10 norm over seeds at each (P, epoch rounded to three significant digits)."""
    runs = runs.query("norm == @norm and not diverged")
    epoch = runs.epoch.map(lambda value: float(f"{value:.3g}"))
    return runs.log10_norm.groupby([runs.P, epoch]).mean()
