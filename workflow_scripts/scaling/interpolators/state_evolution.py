"""Norms and risk of interpolators in the limit n, d -> infinity, by state evolution, for every potential.

X is n x d with N(0, 1) entries, y = X w* + sigma xi. Each weight is the proximal operator of what it sees,
w_i = prox(w*_i + omega h), h ~ N(0, 1), and lambda and omega solve

    n omega^2 = sigma^2 + sum_i E (w_i - w*_i)^2,        n = mu / lambda + sum_i E prox'(w*_i + omega h)

(Bayati and Montanari, IEEE Trans. Inf. Theory 58, 1997 (2012); Thrampoulidis, Abbasi and Hassibi, IEEE Trans. Inf.
Theory 64, 5592 (2018)). mu = 0 is the interpolator, mu > 0 the minimiser of |y - X w|^2 / (2 mu) + sum psi(w_i). The
excess risk E (x.(w - w*))^2 of a new x is n omega^2 - sigma^2. Here mu belongs to the problem: at fixed lambda the
first equation has two solutions, of which one may have mu < 0.

Both equations are solved as logarithms of the ratio of their sides, in log lambda and log omega, by Newton's method for
all points at once, with the exact Jacobian.
"""

from dataclasses import dataclass

import numpy as np

from scaling.core.errors import NotConverged
from scaling.interpolators.gaussian import Moments, moments
from scaling.interpolators.potentials import Potential

NODES = 192  # of an integral, for each sign of w: 1e-11 (tests compare with 1200)
ROUGH = 96  # on the way to the solution: 1e-6, mostly
DECADES = 130  # p = 1.05 without noise at n = 1e10 has omega = 1e-100
STEPS = 60
TOLERANCE = 1e-11
LARGEST_STEP = 2.0  # in log lambda and log omega


@dataclass(frozen=True)
class Problem:
    """The problems, one for each point, which share the true weights.

    truth (K,): true weights >= 0. counts (points, K): how many coordinates have each. n, sigma, mu (points,).
    """

    potential: Potential  # its parameter is of shape (points,)
    truth: np.ndarray
    counts: np.ndarray
    n: np.ndarray
    sigma: np.ndarray
    mu: np.ndarray

    def part(self, which: np.ndarray) -> "Problem":
        """The problems of these numbers."""
        kind = type(self.potential)(self.potential.parameter[which])
        return Problem(kind, self.truth, self.counts[which], self.n[which], self.sigma[which], self.mu[which])

    def name(self, i: int) -> str:
        """Point i in words."""
        kind = self.potential
        return (
            f"{kind.name} = {kind.parameter[i]:g}, n = {self.n[i]:g}, d = {self.counts[i].sum():g}, "
            f"sigma = {self.sigma[i]:g}, mu = {self.mu[i]:g}"
        )


@dataclass(frozen=True)
class Solution:
    """lambda, omega and what follows, for each point; arrays of shape (points,) where nothing else is said."""

    problem: Problem
    log_lambda: np.ndarray
    log_omega: np.ndarray
    error: np.ndarray  # (points, K): E (w - w*)^2

    @property
    def risk(self) -> np.ndarray:
        """The excess risk: sum_i E (w_i - w*_i)^2."""
        return np.sum(self.problem.counts * self.error, axis=1)

    def powers(self, r: np.ndarray, nodes: int = NODES) -> np.ndarray:
        """E |w|^r for each power (r >= 1), point and true weight; shape (len(r), points, K)."""
        parts = [
            moments(part.potential, self.log_lambda[which], self.log_omega[which], part.truth, nodes, tuple(r)).power
            for which, part in _chunks(self.problem)
        ]
        return np.concatenate(parts, axis=1)

    def norms(self, r: np.ndarray, nodes: int = NODES) -> np.ndarray:
        """The norms |w|_r, shape (len(r), points)."""
        return np.sum(self.problem.counts * self.powers(r, nodes), axis=2) ** (1 / np.asarray(r)[:, None])


def spike(potential: type, parameter, n, d, s=1, a=1.0, sigma=0.0, mu=0.0) -> Problem:
    """s weights equal to a, the other d - s are zero: all but the kind of the potential and a broadcast."""
    parameter, n, d, s, sigma, mu = np.broadcast_arrays(*np.atleast_1d(parameter, n, d, s, sigma, mu))
    counts = np.stack([s, d - s], axis=1).astype(float)
    kind = potential(parameter.astype(float))
    return Problem(kind, np.array([a, 0.0]), counts, n.astype(float), sigma.astype(float), mu.astype(float))


def solve(problem: Problem, nodes: int = NODES, start: tuple[np.ndarray, np.ndarray] | None = None) -> Solution:
    """Solve the two equations of every point.

    Parameters
    ----------
    start : log lambda and log omega to start from, (points,) each; else the ray's, on which all weights are small.

    Raises
    ------
    NotConverged, naming a point, where Newton's method fails.
    """
    log_lambda, log_omega = (values.copy() for values in (start if start is not None else _ray(problem)))
    for which, part in _chunks(problem):
        found, solved = _newton(part, log_lambda[which], log_omega[which], ROUGH, 1e-4)
        if not solved.all():
            harder = part.part(~solved)
            found[~solved] = _newton(harder, *_bracketed(harder), ROUGH, 1e-4)[0]
        found, solved = _newton(part, *found.T, nodes, TOLERANCE)
        if not solved.all():
            raise NotConverged(f"state evolution: Newton's method did not converge at {part.name(np.argmin(solved))}")
        log_lambda[which], log_omega[which] = found.T
    error = [
        moments(part.potential, log_lambda[which], log_omega[which], part.truth, nodes).error
        for which, part in _chunks(problem)
    ]
    return Solution(problem, log_lambda, log_omega, np.concatenate(error))


def _chunks(problem: Problem):
    """Numbers of points, a few thousand nodes each time, so that the arrays stay in the processor's cache."""
    size = max(1, 128 // len(problem.truth))
    for first in range(0, len(problem.n), size):
        which = np.arange(first, min(first + size, len(problem.n)))
        yield which, problem.part(which)


def _residuals(problem: Problem, at: Moments, log_lambda: np.ndarray, log_omega: np.ndarray):
    """Both residuals, shape (points, 2), and their Jacobian, shape (points, 2, 2)."""
    counts = problem.counts
    total, slope = problem.sigma**2 + np.sum(counts * at.error, axis=1), np.sum(counts * at.slope, axis=1)
    ridge = problem.mu * np.exp(-log_lambda)
    residual = np.stack([np.log(total / problem.n) - 2 * log_omega, np.log((slope + ridge) / problem.n)], axis=1)
    by_lambda = [
        np.sum(counts * at.error_by_lambda, axis=1) / total,
        (np.sum(counts * at.slope_by_lambda, axis=1) - ridge) / (slope + ridge),
    ]
    by_omega = [
        np.sum(counts * at.error_by_omega, axis=1) / total - 2,
        np.sum(counts * at.slope_by_omega, axis=1) / (slope + ridge),
    ]
    return residual, np.stack([np.stack(by_lambda, axis=1), np.stack(by_omega, axis=1)], axis=2)


def _newton(
    problem: Problem, log_lambda: np.ndarray, log_omega: np.ndarray, nodes: int, tolerance: float
) -> tuple[np.ndarray, np.ndarray]:
    """Newton's method; a step that makes the residuals larger is halved. The unknowns, and which points are solved."""
    unknowns = np.stack([log_lambda, log_omega], axis=1)
    step, distance = np.zeros_like(unknowns), np.full(len(unknowns), np.inf)
    waiting = np.arange(len(unknowns))
    for _ in range(STEPS):
        part, here = problem.part(waiting), unknowns[waiting] + step[waiting]
        at = moments(part.potential, here[:, 0], here[:, 1], part.truth, nodes)
        residual, jacobian = _residuals(part, at, here[:, 0], here[:, 1])
        size = np.abs(residual).max(axis=1)
        worse = ~(size < np.maximum(distance[waiting], 1e-9))
        accepted = waiting[~worse]
        unknowns[accepted], distance[accepted] = here[~worse], size[~worse]
        change = np.linalg.solve(jacobian[~worse], -residual[~worse][:, :, None])[:, :, 0]
        length = np.abs(change).max(axis=1)
        step[accepted] = change * np.minimum(1, LARGEST_STEP / np.maximum(length, 1e-300))[:, None]
        step[waiting[worse]] /= 2
        done = accepted[length < tolerance * np.maximum(1, np.abs(here[~worse]).max(axis=1))]
        unknowns[done] += step[done]
        waiting = np.setdiff1d(waiting, done)
        if not waiting.size:
            break
    return unknowns, ~np.isin(np.arange(len(unknowns)), waiting)


def _ray(problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """The start: all weights small, so that omega^2 = |y|^2 / n^2, and lambda from the second equation alone."""
    log_omega = np.log((problem.sigma**2 + problem.counts @ problem.truth**2) / problem.n) / 2
    parts = [_lambda_of(part, log_omega[which]) for which, part in _chunks(problem)]
    return np.concatenate(parts), log_omega


def _bracketed(problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """A start for points that the ray's does not lead to: both equations nested, omega by bisection.

    The first equation's right-hand side over its left, with lambda from the second, falls through 1 as omega grows: it
    is large where a weight is found almost (its error falls less steeply than omega), and below 1 above the ray.
    """
    high = _ray(problem)[1] + 1
    # n omega^2 is above sigma^2, and above (lambda psi')^2 with lambda > mu / n.
    least = np.maximum(problem.sigma, 1e-2 * problem.mu / problem.n) / np.sqrt(problem.n)
    low = np.log(np.maximum(least, np.exp(high) * 10.0**-DECADES))
    for _ in range(15):
        middle = (low + high) / 2
        log_lambda = _lambda_of(problem, middle)
        at = moments(problem.potential, log_lambda, middle, problem.truth, ROUGH)
        above = _residuals(problem, at, log_lambda, middle)[0][:, 0] > 0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return log_lambda, middle


def _lambda_of(problem: Problem, log_omega: np.ndarray) -> np.ndarray:
    """log lambda at given omega from the second equation, roughly: Newton's method inside a bracket, with few nodes."""
    dual = problem.potential.dual(log_omega)[0]
    log_lambda = log_omega - np.log(dual) + np.log1p(problem.counts.sum(axis=1) / problem.n)
    low, high = log_lambda - 100, log_lambda + 100
    for _ in range(60):
        at = moments(problem.potential, log_lambda, log_omega, problem.truth, ROUGH)
        residual, jacobian = (each[:, 1] for each in _residuals(problem, at, log_lambda, log_omega))
        low, high = np.where(residual > 0, log_lambda, low), np.where(residual > 0, high, log_lambda)
        change = -residual / np.minimum(jacobian[:, 0], -1e-300)
        inside = (log_lambda + change > low) & (log_lambda + change < high) & (np.abs(change) < 4)
        new = np.where(inside, log_lambda + change, np.clip((low + high) / 2, log_lambda - 4, log_lambda + 4))
        if np.all(np.abs(new - log_lambda) < 1e-3):
            break
        log_lambda = new
    return new
