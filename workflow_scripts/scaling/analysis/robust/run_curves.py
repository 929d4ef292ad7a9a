"""Runs of one cell on a common grid: the array that every resample is a weighted mean of."""

from dataclasses import dataclass, replace

import numpy as np

from scaling.analysis.robust.thresholds import ENOUGH_RUNS


@dataclass(frozen=True)
class RunCurves:
    """Test error of every run, interpolated on one grid of log10 x (x: the norm, or the epoch).

    P : [n_P] increasing; grid : [G] log10 x, evenly spaced; errors : [runs, G], NaN outside a run's own range;
    owner : [runs] index into P; mask : [n_P, G] where a mean curve exists; last_is_best : [runs] the run's smallest
    error is its last logged one (the optimum was not reached: censored); seeds : whether runs are single seeds;
    stuck : how many runs were left out since they never learned; lost : the P of which none did; left_at : log10 x from
    which on all curves have left the error of a constant answer, None where they need not be cut for that.
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
    left_at: float | None = None

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


def anchor_of(number: np.ndarray) -> int:
    """The middle of the grid points that most runs reach."""
    most = np.flatnonzero(number == number.max())
    return int(most[most.size // 2])
