"""What the exponents hang on: the definition of the norm, and small changes of the training."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from scaling.analysis.authors import authors_exponents
from scaling.analysis.exponents import AGREE, SIGMA
from scaling.analysis.mean_curves import mean_curves
from scaling.analysis.robust.procedure import robust_exponents
from scaling.analysis.settings import Exponents

ORDER_POINTS = 20  # at which two cells' norms are compared, evenly in log epoch
EXPONENTS = ["gamma_1", "gamma_2", "gamma_pred", "gamma_meas", "difference"]


def norm_audit(
    exponents: Mapping[tuple[str, str], pd.DataFrame], trajectories: Mapping[tuple[str, str], pd.DataFrame]
) -> pd.DataFrame:
    """Compare the definitions of the norm on the same runs.

    Parameters
    ----------
    exponents : (cell, norm) -> exponents in their wide form, one row per procedure.
    trajectories : (cell, norm) -> table with columns P, seed, epoch, log10_norm, diverged.

    Returns
    -------
    One row per cell, norm and procedure: the exponents with their intervals; `agrees` (whether the interval of
    gamma_pred - gamma_meas contains 0, or |difference| <= AGREE sigma where the procedure gives no interval);
    `collapse_p`; `monotone_runs` (share of the runs whose norm never turns back); `decades` (dynamic range
    of the norm over all runs, in powers of ten).
    """
    rows = []
    for (cell, norm), table in exponents.items():
        runs = trajectories[cell, norm].query("not diverged")
        shared = {"cell": cell, "norm": norm}
        shape = {
            "monotone_runs": _share_of_monotone_runs(runs),
            "decades": float(np.ptp(runs.log10_norm)) if len(runs) else np.nan,
        }
        rows += [shared | _summary(row) | shape for row in table.to_dict("records")]
    return pd.DataFrame(rows)


def fragility_audit(
    exponents: Mapping[tuple[str, str], pd.DataFrame],
    trajectories: Mapping[tuple[str, str], pd.DataFrame],
    settings: Exponents,
) -> pd.DataFrame:
    """Compare variants of the training with the baseline, cell by cell, for one norm.

    A variant is compared with the baseline's runs of the same P and seeds: where it has fewer than the baseline, the
    baseline is fitted again to those alone, so that the training is the only difference.

    Parameters
    ----------
    exponents : (cell, variant) -> exponents in their wide form, one row per procedure.
    trajectories : (cell, variant) -> trajectories of the same study, in the norm of the exponents.
    settings : of the fits to part of the baseline.

    Returns
    -------
    One row per cell, variant and procedure: the exponents with their intervals; for gamma_1, gamma_2 and gamma_pred
    `*_baseline`, the baseline's on the same P and seeds, and `*_shift`, the difference from it in units of the joint
    standard error; `collapse_p` and `collapse_p_baseline`; `trend` (Spearman's rank correlation of the last norm
    with P, mean over seeds: does the norm still grow with the data?); `order_kept` (share of the other cells, P and
    epochs at which the two cells' norms stand in the same order as in the baseline; nan with a single cell).
    """
    rows, fitted = [], {}
    runs = {key: table.query("not diverged") for key, table in trajectories.items()}
    for (cell, variant), table in exponents.items():
        chosen = frozenset(zip(runs[cell, variant].P, runs[cell, variant].seed, strict=True))
        if (cell, chosen) not in fitted:
            fitted[cell, chosen] = _baseline_on(chosen, runs[cell, "baseline"], exponents[cell, "baseline"], settings)
        shared = {"trend": _trend(runs[cell, variant]), "order_kept": _order_kept(cell, variant, runs)}
        for row in table.to_dict("records"):
            base = fitted[cell, chosen].query("procedure == @row['procedure']")
            compared = _compared(row, base.iloc[0].to_dict() if len(base) else {})
            rows.append({"cell": cell, "variant": variant} | _summary(row) | compared | shared)
    return pd.DataFrame(rows)


def _baseline_on(
    chosen: frozenset, baseline: pd.DataFrame, exponents: pd.DataFrame, settings: Exponents
) -> pd.DataFrame:
    """The baseline's exponents by both procedures, from its runs of the `chosen` (P, seed) alone."""
    there = pd.Series(list(zip(baseline.P, baseline.seed, strict=True)), index=baseline.index)
    if set(there) == chosen:
        return exponents
    runs = baseline[there.isin(chosen)]
    if runs.empty:
        return exponents.iloc[:0]
    return both_procedures(runs, settings)


def both_procedures(runs: pd.DataFrame, settings: Exponents) -> pd.DataFrame:
    """The exponents of some runs, one row per procedure; the authors' without windows chosen by eye."""
    authors, _ = authors_exponents(*mean_curves(runs, settings.grid_points))
    robust = robust_exponents(runs, settings.bootstrap_resamples, settings.confidence, settings.seed)
    return pd.concat([authors, robust.exponents], ignore_index=True)


def _compared(row: dict, base: dict) -> dict:
    values = {f"{key}_baseline": base.get(key, np.nan) for key in (*SHIFTED, "collapse_p")}
    return values | {f"{key}_shift": in_joint_errors(row, base, key, SIGMA[key]) for key in SHIFTED}


SHIFTED = ("gamma_1", "gamma_2", "gamma_pred")


def _summary(row: dict) -> dict:
    difference = row.get("difference", np.nan)
    if np.isnan(difference):
        difference = row["gamma_pred"] - row["gamma_meas"]
    low, high = row.get("difference_low", np.nan), row.get("difference_high", np.nan)
    if np.isnan(low):
        agrees = abs(difference) <= AGREE * row.get("sigma", np.nan) if np.isfinite(row.get("sigma", np.nan)) else None
    else:
        agrees = bool(low <= 0 <= high)
    kept = {key: row.get(key, np.nan) for name in EXPONENTS for key in (name, f"{name}_low", f"{name}_high")}
    kept["difference"] = difference
    sigmas = {key: row.get(key, np.nan) for key in (*(SIGMA[key] for key in SHIFTED), "sigma_meas", "sigma")}
    return (
        {"procedure": row["procedure"]}
        | kept
        | sigmas
        | {"agrees": agrees, "collapse_p": row.get("collapse_p", np.nan)}
    )


def in_joint_errors(row: dict, base: dict, key: str, sigma: str) -> float:
    """The difference of two rows' exponents `key` over the root of the sum of their squared errors `sigma`."""
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


def _order_kept(cell: str, variant: str, runs: Mapping[tuple[str, str], pd.DataFrame]) -> float:
    """Share of (other cell, P, epoch) at which sign(log norm of `cell` - that of the other) is the baseline's."""
    kept = []
    for other, its_variant in runs:
        if its_variant != variant or other == cell:
            continue
        paths = [_mean_paths(runs[name, which]) for which in (variant, "baseline") for name in (cell, other)]
        for P in set.intersection(*(set(path) for path in paths)):
            starts, ends = zip(*((path[P].index[0], path[P].index[-1]) for path in paths), strict=True)
            if max(starts) < min(ends):
                grid = np.linspace(max(starts), min(ends), ORDER_POINTS)
                now, its, before, its_before = (np.interp(grid, path[P].index, path[P]) for path in paths)
                kept.append(np.sign(now - its) == np.sign(before - its_before))
    return float(np.concatenate(kept).mean()) if kept else np.nan


def _mean_paths(runs: pd.DataFrame) -> dict[int, pd.Series]:
    """For each P the mean log10 norm over seeds against log10 epoch (epochs that all seeds share)."""
    shown = runs[runs.epoch > 0]
    paths = {}
    for P, of_P in shown.groupby("P"):
        by_epoch = of_P.pivot_table(index="epoch", columns="seed", values="log10_norm").dropna()
        if len(by_epoch):
            paths[P] = by_epoch.mean(axis=1).set_axis(np.log10(by_epoch.index))
    return paths
