"""State evolution of the diagonal network u*u - v*v with weight decay on u and v, which is the LASSO.

The trained coefficient of a feature of size l is eta(l + delta z; tau), z Gaussian, with the soft threshold
eta(x; tau) = sign(x) (|x| - tau)_+ . Self-consistency (Bayati and Montanari 2012): n delta^2 = Delta + R.
"""

import numpy as np
from scipy.optimize import elementwise
from scipy.special import ndtr

from scaling.core.errors import NotConverged
from scaling.shallow.state import States
from scaling.shallow.teacher import Teacher

AT_ONCE = 2_000_000  # numbers in memory of a vectorised evaluation
STEPS = 100


def density(x: np.ndarray) -> np.ndarray:
    """The standard normal density."""
    return np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi)


def soft_risk(mu: np.ndarray, t: np.ndarray) -> np.ndarray:
    """E (eta(mu + z; t) - mu)^2."""
    above, below = ndtr(mu - t), ndtr(-mu - t)
    return (
        (1 + t * t) * (above + below)
        - (mu + t) * density(mu - t)
        + (mu - t) * density(mu + t)
        + mu * mu * (ndtr(t - mu) - below)
    )


def soft_active(mu: np.ndarray, t: np.ndarray) -> np.ndarray:
    """P(|mu + z| > t)."""
    return ndtr(mu - t) + ndtr(-mu - t)


def soft_size(mu: np.ndarray, t: np.ndarray) -> np.ndarray:
    """E |eta(mu + z; t)|."""
    return (mu - t) * ndtr(mu - t) + density(mu - t) - (mu + t) * ndtr(-mu - t) + density(mu + t)


def at_threshold(teacher: Teacher, n: np.ndarray, t: np.ndarray, noise: float) -> States:
    """The trained networks at given n and t = tau / delta.

    There R / delta^2 falls with delta, so that the solution is unique. It exists if n is larger than d soft_risk(0, t),
    and for noise = 0 smaller than d (1 + t^2); elsewhere all but n and t is nan. A negative weight decay belongs to
    no trained network.

    Parameters
    ----------
    n, t : of shapes that go together.
    noise : variance Delta of the labels' noise.
    """
    n, t = (np.array(values, float) for values in np.broadcast_arrays(n, t))
    shape, n, t = n.shape, n.ravel(), t.ravel()
    exists = n > teacher.d * soft_risk(0.0, t)
    if noise == 0:
        exists &= n < teacher.d * (1 + t * t)
    delta = np.full(n.size, np.nan)
    delta[exists] = _noise_width(teacher, n[exists], t[exists], noise)
    risk, dof, norm = (values.reshape(shape) for values in _moments(teacher, delta, t))
    n, t, delta = n.reshape(shape), t.reshape(shape), delta.reshape(shape)
    free = 1 - dof / n
    return States(n, t * delta * free, t, delta, t * delta, risk, dof, norm, dof, (noise + risk) * free**2)


def _parts(teacher: Teacher, size: int) -> list[slice]:
    """Slices of `size` points, each with no more than AT_ONCE numbers for all features of its points."""
    step = max(1, AT_ONCE // teacher.sizes.size)
    return [slice(start, start + step) for start in range(0, size, step)]


def _moments(teacher: Teacher, delta: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Risk, degrees of freedom and norm, [3, points]."""
    found = np.empty((3, delta.size))
    for part in _parts(teacher, delta.size):
        mu, at = teacher.sizes / delta[part, None], t[part, None]
        found[0, part] = delta[part] ** 2 * (soft_risk(mu, at) @ teacher.counts)
        found[1, part] = soft_active(mu, at) @ teacher.counts
        found[2, part] = delta[part] * (soft_size(mu, at) @ teacher.counts)
    return found


def _noise_width(teacher: Teacher, n: np.ndarray, t: np.ndarray, noise: float) -> np.ndarray:
    """delta, [points]. With y = delta^-2 it solves noise y + sum [r(l y^1/2, t) - r(0, t)] = n - d r(0, t).

    The left side is 0 at y = 0, grows and is concave, as the derivative of r by mu^2 is P(inactive). Newton's method in
    the logarithms of both sides takes few steps, as their ratio of change lies between 0 and 1.
    """
    at_zero = soft_risk(0.0, t)
    target = n - teacher.d * at_zero
    log_y = np.log(target / (noise + 1))
    low, high = np.full(n.size, -np.inf), np.full(n.size, np.inf)
    waiting = np.arange(n.size)
    for _ in range(STEPS):
        left, slope = np.empty(waiting.size), np.empty(waiting.size)
        for part in _parts(teacher, waiting.size):
            here = waiting[part]
            y, at = np.exp(log_y[here]), t[here, None]
            mu = teacher.sizes * np.sqrt(y)[:, None]
            left[part] = noise * y + (soft_risk(mu, at) - at_zero[here, None]) @ teacher.counts
            slope[part] = noise * y + (mu * mu * (1 - soft_active(mu, at))) @ teacher.counts
        with np.errstate(divide="ignore", invalid="ignore"):
            error = np.log(left / target[waiting])
            step = np.clip(-error * left / slope, -3, 3)
        step = np.where(np.isfinite(step), step, -np.sign(left - target[waiting]))
        below = left < target[waiting]
        low[waiting] = np.where(below, log_y[waiting], low[waiting])
        high[waiting] = np.where(below, high[waiting], log_y[waiting])
        new = log_y[waiting] + step
        outside = (new <= low[waiting]) | (new >= high[waiting])
        bounded = np.isfinite(low[waiting]) & np.isfinite(high[waiting])
        new[outside & bounded] = ((low + high) / 2)[waiting][outside & bounded]
        moved = np.abs(new - log_y[waiting])
        log_y[waiting] = new
        waiting = waiting[moved > 1e-12]
        if not waiting.size:
            return np.exp(-log_y / 2)
    worst = waiting[0]
    raise NotConverged(f"no state evolution of the diagonal network at n = {n[worst]:g}, t = {t[worst]:g}")


def smallest_t(teacher: Teacher, n: np.ndarray) -> np.ndarray:
    """Below this t there is no solution: n = d soft_risk(0, t); 0 for n >= d."""
    n = np.asarray(n, float)
    found = elementwise.find_root(
        lambda t, n: np.log(teacher.d * soft_risk(0.0, t) / n), (np.zeros(n.shape), np.full(n.shape, 30.0)), args=(n,)
    )
    return np.where(n >= teacher.d, 0.0, found.x)


def at_weight_decay(teacher: Teacher, n: np.ndarray, weight_decay: np.ndarray, noise: float) -> States:
    """The trained networks at given n and weight decay lambda > 0; 0 is the interpolator of smallest norm (for n < d).

    lambda grows with t at fixed n, so that t is found between two bounds.
    """
    n, weight_decay = (np.array(values, float) for values in np.broadcast_arrays(n, weight_decay))
    low = smallest_t(teacher, n) * (1 + 1e-9)

    def excess(t, n, weight_decay):
        return at_threshold(teacher, n, t, noise).weight_decay - weight_decay

    all_cut = 10 + 2 * (weight_decay + teacher.sizes[0]) * np.sqrt(n / (1 + noise))
    found = elementwise.find_root(excess, (low, all_cut), args=(n, weight_decay))
    is_least_squares = (n >= teacher.d) & (weight_decay == 0)
    t = np.where(is_least_squares, 0.0, found.x)
    if not np.all(found.success | is_least_squares):
        worst = np.argmin(found.success | is_least_squares)
        where = f"n = {n.flat[worst]:g}, lambda = {weight_decay.flat[worst]:g}"
        raise NotConverged(f"no state evolution of the diagonal network at {where}")
    return at_threshold(teacher, n, t, noise)


def optimum(teacher: Teacher, n: np.ndarray, noise: float) -> States:
    """The diagonal network at the weight decay of its smallest risk, for each n."""

    def risk(log_t, n):
        return at_threshold(teacher, n, np.exp(log_t), noise).risk

    lowest = at_weight_decay(teacher, n, np.zeros(n.shape), noise).t
    grid = lowest + np.geomspace(1e-3, 8, 60)[:, None]
    near = np.nanargmin(at_threshold(teacher, n, grid, noise).risk, axis=0)
    if np.any((near == 0) | (near == len(grid) - 1)):
        raise NotConverged("the diagonal network's smallest risk lies at an end of the grid in t")
    at = np.arange(n.size)
    bracket = tuple(np.log(grid[near + shift, at]) for shift in (-1, 0, 1))
    return at_threshold(teacher, n, np.exp(elementwise.find_minimum(risk, bracket, args=(n,)).x), noise)
