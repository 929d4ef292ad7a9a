"""Runs of one cell on a common grid: the array that every resample is a weighted mean of."""

from dataclasses import dataclass, replace
from itertools import compress

import numpy as np
import pandas as pd

from scaling.analysis.facts import facts_of
from scaling.analysis.mean_curves import rising_branch
from scaling.analysis.robust.thresholds import COVERAGE, ENOUGH_RUNS, GRID_POINTS, LEARNED, LEAST_FALL
from scaling.core.errors import BadInput

NO_RUN = "no run has two finite points of different norm"


@dataclass(frozen=True)
class RunCurves:
    """Test error of every run, interpolated on one grid of log10 x (x: the norm, or the epoch).

    P : [n_P] increasing; grid : [G] log10 x, evenly spaced; errors : [runs, G], NaN outside a run's own range;
    owner : [runs] index into P; mask : [n_P, G] where a mean curve exists; last_is_best : [runs] the run's smallest
    error is its last logged one (the optimum was not reached: censored); seeds : whether runs are single seeds;
    stuck : how many runs were left out since they never learned; lost : the P of which none did.
    """

    P: np.ndarray
    grid: np.ndarray
    errors: np.ndarray
    owner: np.ndarray
    mask: np.ndarray
    last_is_best: np.ndarray
    seeds: bool
    stuck: int = 0
    lost: tuple[float, ...] = ()

    @property
    def runs(self) -> np.ndarray:
        """[n_P] number of runs of each P."""
        return np.bincount(self.owner, minlength=self.P.size)

    @property
    def scatters(self) -> bool:
        """Whether the scatter of the runs is known: at some P there are two or more."""
        return self.seeds and bool(self.runs.max() > 1)

    @property
    def donors(self) -> np.ndarray:
        """[n_P] whose scatter each P has: its own, or with few runs that of the nearest P with enough (`ENOUGH_RUNS`).

        Where no P has enough, those with most runs do.
        """
        index, enough = np.arange(self.P.size), self.runs >= min(ENOUGH_RUNS, self.runs.max())
        if self.runs.max() < 2:
            return index
        distance = np.abs(np.log(self.P)[:, None] - np.log(self.P[enough]))
        return np.where(enough, index, index[enough][np.argmin(distance, axis=1)])

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

    def up_to_P(self, largest: float) -> "RunCurves":
        """The same without the values of P above `largest`."""
        good = largest >= self.P
        keep = good[self.owner]
        return replace(
            self,
            P=self.P[good],
            errors=self.errors[keep],
            owner=self.owner[keep],
            mask=self.mask[good],
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
    learned = _learned([error for _, error in runs], np.array(owners))
    stuck, lost = int((~learned).sum()), tuple(np.setdiff1d(owners, np.array(owners)[learned]).astype(float))
    runs, owners, last = (list(compress(values, learned)) for values in (runs, owners, last))
    P, owner = np.unique(owners, return_inverse=True)
    grid = np.linspace(min(at[0] for at, _ in runs), max(at[-1] for at, _ in runs), points)
    errors = np.stack([_interpolate(grid, at, error) for at, error in runs])
    return RunCurves(
        P.astype(float), grid, errors, owner, _mask(errors, owner, P.size), np.array(last), seeds, stuck, lost
    )


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
    """Standard error of log10 of the mean error of each P, root mean square along its curve, [n_P].

    From the scatter of the runs (delta method) where there are two or more; where there are few, from that of the
    nearest P with enough (`donors`). For mean curves from the scatter of neighbouring points,
    sigma^2 = mean of (y_{i-1} - 2 y_i + y_{i+1})^2 / 6 (Gasser, Sroka and Jennen-Steinmetz, Biometrika 73, 625, 1986;
    the median in place of the mean, so that a jump does not count).
    """
    mean = log10_mean_curves(curves)[0]
    result = np.full(curves.P.size, np.nan)
    for index, mask in enumerate(curves.mask):
        mine = curves.errors[curves.owner == index][:, mask]
        if len(mine) > 1:
            number = np.isfinite(mine).sum(axis=0)
            spread = np.nanstd(mine, axis=0) * np.sqrt(1 / np.maximum(number - 1, 1))
            result[index] = np.sqrt(np.nanmean((spread / (10 ** mean[index, mask] * np.log(10))) ** 2))
        else:
            second = np.diff(mean[index, mask], 2) if mask.sum() > 2 else np.zeros(1)
            result[index] = 1.4826 * np.median(np.abs(second)) / np.sqrt(6)
    donors = curves.donors
    return result[donors] * np.sqrt(curves.runs[donors] / curves.runs)


def borrowed_deviations(curves: RunCurves, resamples: int, rng: np.random.Generator) -> np.ndarray:
    """What a resample adds to log10 of the mean curves of P with few runs, [B, n_P, G]; 0 where there are enough.

    The mean of as many runs of the P that lends its scatter (`donors`), drawn by chance, minus the mean of all of them,
    at the same norm (beyond its ends: as at its end), stretched by sqrt(n/(n - 1)).
    """
    result = np.zeros((resamples, *curves.mask.shape))
    mean = log10_mean_curves(curves)[0]
    for index, donor in enumerate(curves.donors):
        if donor == index:
            continue
        runs = curves.errors[curves.owner == donor]
        with np.errstate(divide="ignore", invalid="ignore"):
            deviations = np.log10(runs) - mean[donor]
        filled = np.stack([_filled(row) for row in deviations]) * np.sqrt(len(runs) / (len(runs) - 1))
        result[:, index] = filled[rng.integers(len(runs), size=(resamples, curves.runs[index]))].mean(axis=1)
    return result


def _filled(row: np.ndarray) -> np.ndarray:
    """The same with its gaps interpolated; 0 if nothing is known."""
    known = np.flatnonzero(np.isfinite(row))
    return np.interp(np.arange(row.size), known, row[known]) if known.size else np.zeros_like(row)
