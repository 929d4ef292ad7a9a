"""From trajectories to runs on a common grid: which runs count, and where their mean curves begin and end."""

from dataclasses import replace
from itertools import compress

import numpy as np
import pandas as pd

from scaling.analysis.facts import facts_of
from scaling.analysis.mean_curves import rising_branch
from scaling.analysis.robust.means import log10_mean_curves
from scaling.analysis.robust.run_curves import RunCurves, anchor_of
from scaling.analysis.robust.thresholds import BEGUN, GOING_ON, GRID_POINTS, HAS_LEFT, LEARNED, LEAST_FALL
from scaling.core.errors import BadInput

NO_RUN = "no run has two finite points of different norm"


def guess_of(trajectories: pd.DataFrame) -> float | None:
    """The error of guessing that the trajectories tell (analysis.facts), None where they do not.

    Raises
    ------
    BadInput if it is no error.
    """
    guess = float(facts_of(trajectories)["guess"])
    if np.isnan(guess):
        return None
    if not 0 < guess < np.inf:
        raise BadInput(f"trajectories: column guess holds {guess:g}; allowed: a number more than 0")
    return guess


def runs_on_grid(trajectories: pd.DataFrame, x: str = "log10_norm", points: int = GRID_POINTS) -> RunCurves:
    """Interpolate every run's test error between its logged points on a common grid of log10 x.

    Parameters
    ----------
    trajectories : columns P, test_error, and log10_norm (or epoch when x = "epoch"); seed if runs are single seeds
        (without it, or when it is missing throughout, each P is one mean curve); diverged if known.
    x : "log10_norm" or "epoch".

    Diverged runs, runs that never learned (`LEARNED`), unfinished rows (NaN) and epoch 0 on an epoch axis are left out;
    of a run whose norm turns back the part that analysis.mean_curves keeps is used. Where the error of the best
    constant answer is known and is not that of guessing, mean curves begin once they have left it (`HAS_LEFT`).

    Raises
    ------
    BadInput if a column is missing or no run has two points.
    """
    missing = {"P", "test_error", x} - set(trajectories.columns)
    if missing:
        raise BadInput(f"trajectories: column {min(missing)} is missing")
    table = trajectories
    if "diverged" in table:
        table = table[~table["diverged"].astype(bool)]
    seeds = "seed" in table and bool(table["seed"].notna().any())
    position = table[x].to_numpy(float)
    if x == "epoch":
        with np.errstate(divide="ignore", invalid="ignore"):
            position = np.log10(position)
    table = pd.DataFrame(
        {
            "P": table["P"].to_numpy(),
            "seed": table["seed"].to_numpy() if seeds else 0,
            "order": table["epoch"].to_numpy(float) if "epoch" in table else position,
            "log10_norm": position,
            "test_error": table["test_error"].to_numpy(float),
        }
    )
    runs, owners, last = [], [], []
    for (P, _), run in table.groupby(["P", "seed"], sort=True):
        at, error, _ = rising_branch(run.sort_values("order", kind="stable"))
        if at.size >= 2:
            runs.append((at, error))
            owners.append(P)
            last.append(bool(error[-1] <= error.min()))
    if not runs:
        raise BadInput(f"trajectories: {NO_RUN}")
    if all(np.ptp(error) == 0 and error[0] > 0 for _, error in runs):
        raise BadInput("trajectories: the test error is the same all along each run")
    learned = _learned([error for _, error in runs], np.array(owners))
    stuck, lost = int((~learned).sum()), tuple(np.setdiff1d(owners, np.array(owners)[learned]).astype(float))
    runs, owners, last = (list(compress(values, learned)) for values in (runs, owners, last))
    P, owner = np.unique(owners, return_inverse=True)
    grid = np.linspace(min(at[0] for at, _ in runs), max(at[-1] for at, _ in runs), points)
    errors = np.stack([_interpolate(grid, at, error) for at, error in runs])
    curves = RunCurves(
        P.astype(float), grid, errors, owner, _mask(errors, owner, P.size), np.array(last), seeds, stuck, lost
    )
    said = facts_of(trajectories)
    return curves if np.isfinite(said["guess"]) else _since_they_left(curves, float(said["constant"]))


def _since_they_left(curves: RunCurves, constant: float) -> RunCurves:
    """Mean curves from where all of them have left the error of the best constant answer, at one norm for all P.

    For curves that do not begin there but come down to it (facts_of_runs): what is before is about finding that answer.
    The same curves where that error is not known (NaN), or where none has not left it.
    """
    left = []
    for mask, mean in zip(curves.mask, 10 ** log10_mean_curves(curves)[0], strict=True):
        below = np.flatnonzero(mask & (mean < (1 - HAS_LEFT) * constant))
        left += [(below[0], np.argmax(mask))] if below.size else []
    first = max((int(leaves) for leaves, begins in left if leaves > begins), default=0)
    return replace(curves.from_x(first), left_at=float(curves.grid[first])) if first else curves


def _learned(errors: list[np.ndarray], owners: np.ndarray) -> np.ndarray:
    """Which runs have learned, P by P: those whose fall from the largest error of their P is `LEARNED` of the deepest.

    Runs of small P among many classes fall from 0.99 to 0.95 and have learned all the same: what counts is the fall of
    other runs of the same P. A P none of whose runs falls by more than `LEAST_FALL` of the error is left out whole, if
    there are others.
    """
    learned = np.ones(len(errors), bool)
    for P in np.unique(owners):
        mine = np.flatnonzero(owners == P)
        guessing = max(max(errors[index].max() for index in mine), 1e-300)
        fall = np.array([1 - errors[index].min() / guessing for index in mine])
        learned[mine] = fall >= max(LEARNED * fall.max(), LEAST_FALL)
    return learned if learned.any() else np.ones_like(learned)


def _interpolate(grid: np.ndarray, at: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Linear in log10 error where all errors are positive: exact on a power law, however far apart the points."""
    if (error > 0).all():
        return 10 ** np.interp(grid, at, np.log10(error), left=np.nan, right=np.nan)
    return np.interp(grid, at, error, left=np.nan, right=np.nan)


def _mask(errors: np.ndarray, owner: np.ndarray, n_P: int) -> np.ndarray:
    """[n_P, G] where there is a mean: one stretch from where `BEGUN` of the runs have begun to where `GOING_ON` end.

    So from each point of it to the next there are runs that reach both.
    """
    present = np.isfinite(errors)
    mask = np.zeros((n_P, errors.shape[1]), bool)
    for index in range(n_P):
        mine = present[owner == index]
        begun = np.maximum.accumulate(mine, axis=1).sum(axis=0)
        going_on = np.maximum.accumulate(mine[:, ::-1], axis=1)[:, ::-1].sum(axis=0)
        positive = np.nansum(np.where(mine, errors[owner == index], 0.0), axis=0) > 0
        good = (begun >= BEGUN * len(mine)) & (going_on >= GOING_ON * len(mine)) & positive
        if not good.any():
            continue
        anchor, holes = anchor_of(mine.sum(axis=0) * good), np.flatnonzero(~good)
        first = holes[holes < anchor].max(initial=-1) + 1
        mask[index, first : holes[holes > anchor].min(initial=good.size)] = True
    return mask
