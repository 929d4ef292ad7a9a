"""Runs of one cell on a common grid: the array that every resample is a weighted mean of."""

from dataclasses import dataclass, replace
from itertools import compress

import numpy as np
import pandas as pd

from scaling.analysis.mean_curves import rising_branch
from scaling.analysis.robust.thresholds import COVERAGE, GRID_POINTS, LEARNED
from scaling.core.errors import BadInput

NO_RUN = "no run has two finite points of different norm"


@dataclass(frozen=True)
class RunCurves:
    """Test error of every run, interpolated on one grid of log10 x (x: the norm, or the epoch).

    P : [n_P] increasing; grid : [G] log10 x, evenly spaced; errors : [runs, G], NaN outside a run's own range;
    owner : [runs] index into P; mask : [n_P, G] where a mean curve exists; last_is_best : [runs] the run's smallest
    error is its last logged one (the optimum was not reached: censored); seeds : whether runs are single seeds;
    stuck : how many runs were left out since they never learned.
    """

    P: np.ndarray
    grid: np.ndarray
    errors: np.ndarray
    owner: np.ndarray
    mask: np.ndarray
    last_is_best: np.ndarray
    seeds: bool
    stuck: int = 0

    @property
    def runs(self) -> np.ndarray:
        """[n_P] number of runs of each P."""
        return np.bincount(self.owner, minlength=self.P.size)

    def from_P(self, first: int) -> "RunCurves":
        """The same without the `first` smallest values of P."""
        keep = self.owner >= first
        return replace(
            self,
            P=self.P[first:],
            errors=self.errors[keep],
            owner=self.owner[keep] - first,
            mask=self.mask[first:],
            last_is_best=self.last_is_best[keep],
        )

    def from_x(self, first: int) -> "RunCurves":
        """Mean curves that begin at the grid point `first` or later."""
        mask = self.mask.copy()
        mask[:, :first] = False
        return replace(self, mask=mask)

    def long_enough(self, points: int) -> "RunCurves":
        """Without the P whose mean curve has fewer points."""
        good = np.flatnonzero(self.mask.sum(axis=1) >= points)
        keep = np.isin(self.owner, good)
        return replace(
            self,
            P=self.P[good],
            errors=self.errors[keep],
            owner=np.searchsorted(good, self.owner[keep]),
            mask=self.mask[good],
            last_is_best=self.last_is_best[keep],
        )


def runs_on_grid(trajectories: pd.DataFrame, x: str = "log10_norm", points: int = GRID_POINTS) -> RunCurves:
    """Interpolate every run's test error between its logged points on a common grid of log10 x.

    Parameters
    ----------
    trajectories : columns P, test_error, and log10_norm (or epoch when x = "epoch"); seed if runs are single seeds
        (without it, or when it is missing throughout, each P is one mean curve); diverged if known.
    x : "log10_norm" or "epoch".

    Diverged runs, runs that never learned (`LEARNED`), unfinished rows (NaN) and epoch 0 on an epoch axis are left out;
    of a run whose norm turns back the part that analysis.mean_curves keeps is used.

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
    guessing = max(error.max() for _, error in runs)
    learned = [error.min() < LEARNED * guessing for _, error in runs]
    stuck = len(runs) - sum(learned) if any(learned) else 0
    if stuck:
        runs, owners, last = (list(compress(values, learned)) for values in (runs, owners, last))
    P, owner = np.unique(owners, return_inverse=True)
    grid = np.linspace(min(at[0] for at, _ in runs), max(at[-1] for at, _ in runs), points)
    errors = np.stack([_interpolate(grid, at, error) for at, error in runs])
    return RunCurves(P.astype(float), grid, errors, owner, _mask(errors, owner, P.size), np.array(last), seeds, stuck)


def _interpolate(grid: np.ndarray, at: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Linear in log10 error where all errors are positive: exact on a power law, however far apart the points."""
    if (error > 0).all():
        return 10 ** np.interp(grid, at, np.log10(error), left=np.nan, right=np.nan)
    return np.interp(grid, at, error, left=np.nan, right=np.nan)


def _mask(errors: np.ndarray, owner: np.ndarray, n_P: int) -> np.ndarray:
    present = np.isfinite(errors)
    mask = np.zeros((n_P, errors.shape[1]), bool)
    for index in range(n_P):
        mine = present[owner == index]
        positive = np.nansum(np.where(mine, errors[owner == index], 0.0), axis=0) > 0
        mask[index] = (mine.sum(axis=0) >= COVERAGE * len(mine)) & positive
    return mask


def log10_mean_curves(curves: RunCurves, counts: np.ndarray | None = None) -> np.ndarray:
    """log10 of the mean test error of each P, for many resamples at once.

    Parameters
    ----------
    counts : [B, runs] how often each run is drawn; None: every run once (B = 1).

    Returns
    -------
    [B, n_P, G], NaN outside `mask`. Where a resample holds none of the runs that reach a point, or only zero errors,
    the point keeps the value of the whole sample.
    """
    whole = _log10_means(curves, np.ones((1, curves.owner.size)))
    if counts is None:
        return whole
    drawn = _log10_means(curves, counts)
    return np.where(np.isfinite(drawn), drawn, whole)


def _log10_means(curves: RunCurves, counts: np.ndarray) -> np.ndarray:
    present = np.isfinite(curves.errors)
    filled = np.where(present, curves.errors, 0.0)
    result = np.full((len(counts), *curves.mask.shape), np.nan)
    for index, mask in enumerate(curves.mask):
        mine = curves.owner == index
        weights = counts[:, mine].astype(float)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = (weights @ filled[np.ix_(mine, mask)]) / (weights @ present[np.ix_(mine, mask)].astype(float))
            result[:, index, mask] = np.where(mean > 0, np.log10(mean), np.nan)
    return result


def log10_standard_errors(curves: RunCurves) -> np.ndarray:
    """Standard error of log10 of the mean error, [n_P, G].

    From the scatter of the runs (delta method) where there are two or more; for mean curves from the scatter of
    neighbouring points, sigma^2 = mean of (y_{i-1} - 2 y_i + y_{i+1})^2 / 6 (Gasser, Sroka and Jennen-Steinmetz,
    Biometrika 73, 625, 1986; the median in place of the mean, so that a jump does not count).
    """
    mean = log10_mean_curves(curves)[0]
    result = np.full(mean.shape, np.nan)
    for index, mask in enumerate(curves.mask):
        mine = curves.errors[curves.owner == index][:, mask]
        if len(mine) > 1:
            number = np.isfinite(mine).sum(axis=0)
            spread = np.nanstd(mine, axis=0) * np.sqrt(1 / np.maximum(number - 1, 1))
            result[index, mask] = spread / (10 ** mean[index, mask] * np.log(10))
        else:
            second = np.diff(mean[index, mask], 2) if mask.sum() > 2 else np.zeros(1)
            result[index, mask] = 1.4826 * np.median(np.abs(second)) / np.sqrt(6)
    return result
