"""From runs to the mean curve of each P and its optimum (paper App. F; steps 1 and 2 of the authors' procedure)."""

import numpy as np
import pandas as pd

CURVE_COLUMNS = ["P", "log10_norm", "error_mean", "error_sem", "runs"]
OPTIMA_COLUMNS = ["P", "log10_lambda_opt", "error_opt", "log10_l_0", "runs", "diverged", "censored", "turned"]

# Decades by which a norm may fall through rounding alone: float32 weights (1e-7) through a product of tens of layers.
ROUNDING = 1e-5


def mean_curves(runs: pd.DataFrame, grid_points: int = 50) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The mean curve epsilon(lambda) of each P, and its optimum.

    Parameters
    ----------
    runs : the trajectories of one cell, variant and norm: columns P, seed, epoch, log10_norm, test_error (fraction)
        and, if there are any, diverged (bool). One run is one (P, seed); a missing seed is a seed.
    grid_points : number of points of the log grid of lambda, which spans the range of all runs together.

    Returns
    -------
    curves : one row per P and grid point that a run reaches: P, log10_norm, error_mean and error_sem (mean and its
        standard error over seeds; nan for one run), runs (how many of them reach the point).
    optima : one row per P: log10_lambda_opt and error_opt (the mean curve's minimum on the grid), log10_l_0 (log10 of
        the mean over seeds of lambda at each run's own minimum), runs (those that count), diverged (runs left out),
        censored (runs whose minimum is their last kept point: the optimum was not reached), turned (runs whose norm
        turns back).

    Notes
    -----
    Each run is interpolated linearly in log10(lambda) and counts only inside its own range.

    A run whose norm falls again (weight decay does that) is not a function of lambda. The part that is used: the points
    whose norm exceeds every earlier norm of the run, the first point included. That keeps the rising branch, resumes it
    where the norm passes its old maximum, and takes each lambda at the time when the run first reached it. A run's own
    minimum is looked for on the same part. A run counts as turned if its norm falls below an earlier value by more than
    rounding. Diverged runs and points that are not finite are left out.
    """
    runs = runs.sort_values(["P", "seed", "epoch"], kind="stable", ignore_index=True)
    runs["diverged"] = runs["diverged"].astype(bool) if "diverged" in runs else False
    kept: dict[int, list[tuple[np.ndarray, np.ndarray]]] = {}
    optima = []
    for P, of_P in runs.groupby("P"):
        lost = of_P["diverged"]
        branches = [rising_branch(run) for _, run in of_P[~lost].groupby("seed", dropna=False)]
        kept[P] = [(x, y) for x, y, _ in branches if x.size]
        optima.append(
            {"P": P}
            | _own_minima(kept[P])
            | {"diverged": of_P.loc[lost, "seed"].nunique(), "turned": sum(turned for *_, turned in branches)}
        )
    curves = _average(kept, grid_points)
    minima = _minima(curves)
    optima = pd.DataFrame(optima).merge(minima, on="P", how="left")[OPTIMA_COLUMNS]
    return curves, optima


def rising_branch(run: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, bool]:
    """The part of one run that is a function of lambda: the points whose norm exceeds every earlier one.

    Returns log10 lambda (rising), the error there, and whether the norm turned back by more than rounding.
    """
    x, y = run["log10_norm"].to_numpy(float), run["test_error"].to_numpy(float)
    finite = np.isfinite(x) & np.isfinite(y)
    x, y = x[finite], y[finite]
    highest = np.maximum.accumulate(x)
    record = np.diff(highest, prepend=-np.inf) > 0
    return x[record], y[record], bool((highest - x > ROUNDING).any())


def _own_minima(branches: list[tuple[np.ndarray, np.ndarray]]) -> dict[str, float]:
    best = [int(np.argmin(y)) for _, y in branches]
    at_minimum = np.array([x[i] for (x, _), i in zip(branches, best, strict=True)])
    return {
        "log10_l_0": log10_mean(at_minimum),
        "runs": len(branches),
        "censored": sum(i == y.size - 1 for (_, y), i in zip(branches, best, strict=True)),
    }


def log10_mean(log10_values: np.ndarray) -> float:
    """log10 of the mean of 10**log10_values, without overflow; nan for none."""
    if log10_values.size == 0:
        return np.nan
    largest = log10_values.max()
    return float(largest + np.log10(np.mean(10.0 ** (log10_values - largest))))


def _average(kept: dict[int, list[tuple[np.ndarray, np.ndarray]]], grid_points: int) -> pd.DataFrame:
    every_x = np.concatenate([np.empty(0), *(x for branches in kept.values() for x, _ in branches)])
    if every_x.size == 0:
        return pd.DataFrame(columns=CURVE_COLUMNS, dtype=float)
    # One value of lambda in the whole cell gives a grid of one point.
    grid = np.unique(np.linspace(every_x.min(), every_x.max(), grid_points))
    curves = []
    for P, branches in kept.items():
        errors = errors_on(grid, branches)
        inside = np.isfinite(errors)
        count = inside.sum(axis=0)
        reached = count > 0
        mean = np.where(inside, errors, 0).sum(axis=0)[reached] / count[reached]
        squares = np.where(inside[:, reached], (errors[:, reached] - mean) ** 2, 0).sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            sem = np.sqrt(squares / (count[reached] - 1) / count[reached])
        columns = (P, grid[reached], mean, sem, count[reached])
        curves.append(pd.DataFrame(dict(zip(CURVE_COLUMNS, columns, strict=True))))
    return pd.concat(curves, ignore_index=True)


def errors_on(grid: np.ndarray, branches: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """The errors [runs, grid] of rising branches (log10 lambda, error), linear between points; nan outside a branch."""
    errors = np.full((len(branches), grid.size), np.nan)
    for row, (x, y) in enumerate(branches):
        errors[row] = np.interp(grid, x, y, left=np.nan, right=np.nan)
    return errors


def run_errors(runs: pd.DataFrame, grid: np.ndarray) -> np.ndarray:
    """The errors [runs, grid] of the runs of one P (as `mean_curves` takes them) on a grid of log10 lambda."""
    branches = [rising_branch(run)[:2] for _, run in runs.sort_values("epoch", kind="stable").groupby("seed")]
    return errors_on(grid, branches)


def minima_at_end(curves: pd.DataFrame) -> int:
    """At how many P the smallest error of the mean curve is its last: lambda_opt is then where training stopped.

    Parameters
    ----------
    curves : columns P, log10_norm, error_mean.
    """
    rising = curves.dropna(subset=["log10_norm", "error_mean"]).sort_values("log10_norm")
    return sum(bool(curve["error_mean"].iloc[-1] <= curve["error_mean"].min()) for _, curve in rising.groupby("P"))


def _minima(curves: pd.DataFrame) -> pd.DataFrame:
    lowest = curves.loc[curves.groupby("P")["error_mean"].idxmin()] if len(curves) else curves
    names = {"log10_norm": "log10_lambda_opt", "error_mean": "error_opt"}
    return lowest[["P", "log10_norm", "error_mean"]].rename(columns=names)
