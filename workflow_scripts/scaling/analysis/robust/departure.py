"""How a learning curve leaves the error of guessing and comes to rest on a floor: the error of a law, and back.

A curve's law is a power law with an elbow, L. The error that is seen begins at guessing, eps_0, and ends above a
floor q:

    eps = q + (eps_0 - q) r(l),   l = L/(eps_0 - q),   r(l) = [1 - (1 + c l^s)^(-1/c)]^(1/s).

r(l) = l where l is small and 1 where it is large. Two numbers shape the way: s says how early the departure from the
law begins, r = l - (1 + c) l^(1 + s)/(2 s) + ..., and s/c how fast guessing is approached, 1 - r ~ l^(-s/c). With
c = 1 it is eps^-s = L^-s + eps_0^-s (s = 1: harmonic), with c = 0 and s = 1 the exponential approach
eps_0 (1 - exp(-L/eps_0)). It is the distribution of Burr (Ann. Math. Stat. 13, 215, 1942). The form
(eps - q)/(eps_0 - eps)^m = L of Alabdulmohsin, Neyshabur and Zhai (NeurIPS 2022, M4) has the same limits for m = c/s.
This one is explicit in both directions, and its two parameters act at two ends of the curve: a fit of both is well
conditioned.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scaling.analysis.robust.thresholds import (
    APPROACH_WIDTH,
    LARGEST_APPROACH,
    LARGEST_FLOOR,
    LARGEST_PLATEAU,
    ONSET_WIDTH,
    ONSETS,
)

#: log s, c, the share of the lowest error that is floor, and the inverse of the error of guessing.
PARAMETERS = ("log_onset", "approach", "floor", "inverse_guess")
_LARGEST_LOG = 60.0


@dataclass(frozen=True)
class Beginning:
    """What is known of how curves begin.

    guess : the error of guessing, None where it is to be found. plateau : whether there is one. shape : whether the way
    in which the curves leave it is fitted; else it is harmonic: to first order in the error every smooth one is.
    """

    guess: float | None = None
    plateau: bool = False
    shape: bool = False


@dataclass(frozen=True)
class Departure:
    """What is known of plateau and floor before a fit.

    lowest : the lowest error of the curves: a floor is a share of it. largest : the largest error. The error of
    guessing, where it is to be found, is one parameter more: its inverse, 0 for none.
    """

    lowest: float
    largest: float
    beginning: Beginning

    @property
    def starts(self) -> list[np.ndarray]:
        """Where a fit may start, [4] each: harmonic, without and with a floor, without and with a plateau close by.

        Each may end in a minimum that is not the lowest.
        """
        guess = self.beginning.guess
        starts = [np.array([0.0, 1.0, share, 1 / guess if guess else 0.0]) for share in (0.0, 0.5)]
        if self.free[3]:
            starts.append(np.array([0.0, 1.0, 0.0, 0.95 / self.largest]))
        return starts

    @property
    def free(self) -> np.ndarray:
        """[4] which parameters are fitted."""
        begin = self.beginning
        return np.array([begin.shape, begin.shape, True, begin.plateau and begin.guess is None])

    @property
    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and largest values, [4] each."""
        known = 1 / self.beginning.guess if self.beginning.guess else 0.0
        ends = (0.0, LARGEST_PLATEAU / self.largest) if self.free[3] else (known, known)
        onsets = np.log(ONSETS)
        return (
            np.array([onsets[0], 0.0, 0.0, ends[0]]),
            np.array([onsets[1], LARGEST_APPROACH, LARGEST_FLOOR, ends[1]]),
        )

    @property
    def prior(self) -> tuple[np.ndarray, np.ndarray]:
        """Centre and inverse variance of a normal prior, [4] each: of the shape alone."""
        return np.array([0.0, 1.0, 0.0, 0.0]), np.array([ONSET_WIDTH**-2.0, APPROACH_WIDTH**-2.0, 0.0, 0.0])

    def draw_centres(self, number: int, rng: np.random.Generator) -> np.ndarray:
        """[number, 4] centres of the prior, drawn from it: what the data do not say then widens the intervals."""
        centre, precision = self.prior
        sigma = np.where(precision > 0, 1 / np.sqrt(np.maximum(precision, 1e-300)), 0.0)
        return centre + sigma * rng.standard_normal((number, 4))

    def seen(self, law: np.ndarray, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """log10 of the error that is seen, and its derivative: law [B, ...] log10 L, theta [B, 4]."""
        s, c, q, kappa = self._columns(theta, law.ndim)
        if not kappa.any():  # no plateau: nothing to compute but the floor
            above = np.exp(np.clip(law * np.log(10), -_LARGEST_LOG, _LARGEST_LOG))
            return np.log10(q + above), above / (q + above)
        with np.errstate(divide="ignore"):
            log_l = np.clip(law * np.log(10) + np.log(kappa), -_LARGEST_LOG, _LARGEST_LOG)
        power = np.exp(np.clip(s * log_l, -_LARGEST_LOG, _LARGEST_LOG))
        t = np.log1p(c * power) / c
        rest = -np.expm1(-t)  # r^s
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = np.where(kappa > 0, np.exp(-t) / rest * power / (1 + c * power), 1.0)
            log_r = np.where(kappa > 0, np.log(rest) / s - np.log(kappa), law * np.log(10))
        above = np.exp(np.clip(log_r, -_LARGEST_LOG, _LARGEST_LOG))
        error = q + above
        return np.log10(error), slope * above / error

    def law(self, y: np.ndarray, theta: np.ndarray) -> np.ndarray:
        """log10 of the law's error for log10 errors y [B, ...]: the inverse of `seen`, held off both ends."""
        s, c, q, kappa = self._columns(theta, y.ndim)
        above = np.maximum(10.0**y - q, 1e-3 * 10.0**y)
        r = np.minimum(kappa * above, 0.999)
        with np.errstate(divide="ignore", invalid="ignore"):
            power = np.expm1(-c * np.log1p(-(r**s))) / c
            log10_l = np.log10(power) / s - np.log10(kappa)
        return np.where(kappa * above > 1e-12, log10_l, np.log10(above))

    def derivatives(self, law: np.ndarray, theta: np.ndarray, seen: np.ndarray) -> np.ndarray:
        """d seen/d theta at fixed law, [B, ..., 4]."""
        return self._differences(lambda at, moved: self.seen(at, moved)[0], law, theta, seen)

    def law_derivatives(self, y: np.ndarray, theta: np.ndarray, law: np.ndarray) -> np.ndarray:
        """d law/d theta at fixed error y, [B, ..., 4]."""
        return self._differences(self.law, y, theta, law)

    def _differences(
        self,
        function: Callable[[np.ndarray, np.ndarray], np.ndarray],
        at: np.ndarray,
        theta: np.ndarray,
        value: np.ndarray,
    ) -> np.ndarray:
        """Forward differences of function(at, theta) = value by theta (backward at the largest values).

        0 for what is not fitted. All in one call: most arrays are small.
        """
        free, high = np.flatnonzero(self.free), self.bounds[1]
        step = 1e-4 * np.where(free < 3, 1.0, 1 / self.largest)[:, None]
        signed = np.where(theta[:, free].T + step > high[free, None], -step, step)
        moved = np.repeat(theta[None], free.size, axis=0)
        moved[np.arange(free.size), :, free] += signed
        many = np.broadcast_to(at, (free.size, *at.shape)).reshape(-1, *at.shape[1:])
        found = function(many, moved.reshape(-1, theta.shape[1])).reshape(free.size, *value.shape)
        result = np.zeros((*value.shape, theta.shape[1]))
        for index, difference, size in zip(free, found - value, signed, strict=True):
            result[..., index] = difference / size.reshape(-1, *[1] * (value.ndim - 1))
        return result

    def floor(self, theta: np.ndarray) -> np.ndarray:
        """q, [B]."""
        return theta[:, 2] * self.lowest

    def _columns(self, theta: np.ndarray, dimensions: int) -> list[np.ndarray]:
        """s, c, q and 1/(eps_0 - q), shaped to go with an array of so many dimensions."""
        q = self.floor(theta)
        inverse = theta[:, 3]
        values = np.exp(theta[:, 0]), np.maximum(theta[:, 1], 1e-6), q, inverse / (1 - inverse * q)
        return [value.reshape(-1, *[1] * (dimensions - 1)) for value in values]


@dataclass(frozen=True)
class FittedDeparture:
    """The departure of a row of exponents: guess (0 if there is no plateau), floor, and onset and approach, s and c."""

    guess: float
    floor: float
    onset: float
    approach: float

    def seen(self, log10_law: np.ndarray) -> np.ndarray:
        """log10 of the error that is seen, [N]."""
        return Departure(1.0, 1.0, Beginning()).seen(log10_law[None], self._theta)[0][0]

    def share(self, log10_law: np.ndarray) -> np.ndarray:
        """d log error/d log law, [N]: how much of the law is seen, 1 far from guessing and floor."""
        return Departure(1.0, 1.0, Beginning()).seen(log10_law[None], self._theta)[1][0]

    def law(self, log10_error: np.ndarray) -> np.ndarray:
        """log10 of the law's error, [N]."""
        return Departure(1.0, 1.0, Beginning()).law(log10_error[None], self._theta)[0]

    @property
    def _theta(self) -> np.ndarray:
        return np.array([[np.log(self.onset), self.approach, self.floor, 1 / self.guess if self.guess > 0 else 0.0]])
