"""Collapse of learning curves on one master curve: the shifts that do it, and how good it is.

Model: log10 epsilon_P(x) = b_P + f(x - a_P), x = log10 lambda, with one smooth f for all P (Eq. 4 of the paper:
f = log10 Phi, a = log10 lambda_s, b = log10 epsilon_s up to common constants). Any scale that moves with the curve
serves for an exponent: the slope of a_P against log10 P is gamma_2, that of -b_P is gamma.

Saturation: early curves bend into the error of random guessing, at one and the same norm for all P, which no rescaling
collapses. Where it is asked for, the model is that of the law's own error, 1/epsilon_law = 1/epsilon - kappa, with one
kappa >= 0 for all P that is fitted with the rest. To first order in epsilon any smooth approach to a plateau is of this
form; kappa is not taken from the number of classes.

What fixes the shifts: along a pure power law of slope -gamma_1 the shifts (da, db) = (d, -gamma_1 d) change nothing;
the elbow, the minimum and the rise decide between them. Where a curve shows none of these the data do not bear its
scale; a weak prior (`PRIOR_WIDTH`) then holds b_P at the logarithm of the smallest error that the curve reaches.
"""

from dataclasses import dataclass, replace

import numpy as np

from scaling.analysis.robust.thresholds import (
    HUBER,
    INTERVALS,
    LARGEST_SATURATION,
    LONGEST_STEP,
    PRIOR_WIDTH,
    ROUGHNESS,
)

UNKNOWNS = ("a", "b", "kappa", "coefficients")


@dataclass(frozen=True)
class Points:
    """The points of all curves one after another: x [N], owner [N] (index of P, increasing), sigma [N]."""

    x: np.ndarray
    owner: np.ndarray
    sigma: np.ndarray

    @property
    def starts(self) -> np.ndarray:
        """[n_P] where each curve starts."""
        return np.searchsorted(self.owner, np.arange(self.owner[-1] + 1))


@dataclass(frozen=True)
class Collapse:
    """Shifts a, b [B, n_P] (both zero for the largest P), kappa [B] and the master curve's spline.

    f(u) = sum_k c_k beta_3((u - start)/spacing - k), coefficients c [B, K]. weights [N]: of the points, in the fit.
    """

    a: np.ndarray
    b: np.ndarray
    kappa: np.ndarray
    coefficients: np.ndarray
    start: float
    spacing: float
    weights: np.ndarray

    def master(self, u: np.ndarray) -> np.ndarray:
        """f(u): [B, M] for u [M]."""
        index, values, _ = _basis(u[None], self)
        return self.coefficients @ _dense(index, values, self.coefficients.shape[1])[0].T


def law_error(y: np.ndarray, kappa: np.ndarray) -> np.ndarray:
    """log10 of the law's own error epsilon_law = epsilon/(1 - kappa epsilon): y [B, ...] log10 epsilon, kappa [B]."""
    kappa = kappa.reshape(-1, *[1] * (y.ndim - 1))
    return y - np.log10(np.maximum(1 - kappa * 10.0**y, 1 - LARGEST_SATURATION))


def largest_kappa(y: np.ndarray) -> np.ndarray:
    """The largest kappa [B] tried for curves y [B, N]: their largest error is LARGEST_SATURATION of the plateau.

    A fit that ends there says that the curves begin on the plateau itself, where the law's own error is unknown.
    """
    return LARGEST_SATURATION * 10.0 ** -y.max(axis=-1)


def collapse(points: Points, y: np.ndarray, lowest: np.ndarray, saturates: bool = False) -> Collapse:
    """Find the shifts of both axes that best collapse the curves (one sample).

    Least squares over a_P, b_P and a cubic P-spline f by Gauss-Newton, with Huber weights (a jump where runs end does
    not pull); the gauge is a = b = 0 for the largest P.

    Parameters
    ----------
    points : where the curves are known, and their standard errors.
    y : [N] log10 test error at the points.
    lowest : [n_P] log10 of the smallest error of each curve (start, and centre of the weak prior of b).
    saturates : whether kappa is fitted; else it is 0.
    """
    a, b = _start(points, y, lowest)
    u = points.x - a[points.owner]
    spacing = max(np.ptp(u), 1e-9) / INTERVALS
    # Two intervals more on both sides: room for the shifts to move.
    start, number = u.min() - 3 * spacing, INTERVALS + 7
    weights = points.sigma**-2
    state = Collapse(a[None], b[None], np.zeros(1), np.zeros((1, number)), start, spacing, weights)
    state = _solve_linear(points, y[None], state)
    straight = _converged(points, y, lowest, state, False)
    if not saturates:
        return straight
    # From no plateau, and from one that the curves come close to: either may end in a minimum that is not the lowest.
    close = replace(straight, kappa=0.9 * largest_kappa(y[None]))
    ends = [_converged(points, y, lowest, start, True) for start in (straight, _solve_linear(points, y[None], close))]
    return min(ends, key=lambda end: _misfit(points, y, end))


def _converged(points: Points, y: np.ndarray, lowest: np.ndarray, state: Collapse, saturates: bool) -> Collapse:
    for iteration in range(40):
        before = state
        state = _gauss_newton(points, y[None], lowest[None], state, saturates)
        if 3 <= iteration <= 10:
            state = _reweighted(points, y, state)
        if iteration > 11 and np.abs(state.a - before.a).max() < 1e-7 * state.spacing:
            break
    return state


def _misfit(points: Points, y: np.ndarray, state: Collapse) -> float:
    """Huber's loss of the residuals of log10 epsilon."""
    law = state.b[0, points.owner] + _at(state, *_basis(points.x - state.a[:, points.owner], state)[:2])[0]
    scaled = np.abs(y - law + np.log10(1 + state.kappa[0] * 10.0**law)) / points.sigma
    return float(np.where(scaled <= HUBER, scaled**2 / 2, HUBER * (scaled - HUBER / 2)).sum())


def collapse_resamples(
    points: Points,
    y: np.ndarray,
    lowest: np.ndarray,
    whole: Collapse,
    saturates: bool = False,
    steps: int = 3,
    chunk: int = 100,
) -> Collapse:
    """The same for many resamples at once: y [B, N], lowest [B, n_P].

    Gauss-Newton from the whole sample's solution with its weights; `steps` steps reach it to far less than its error.
    """
    parts = []
    for first in range(0, len(y), chunk):
        here, low = y[first : first + chunk], lowest[first : first + chunk]
        number = len(here)
        state = replace(whole, **{name: np.repeat(getattr(whole, name), number, 0) for name in UNKNOWNS})
        for _ in range(steps):
            state = _gauss_newton(points, here, low, state, saturates)
        parts.append(state)
    return replace(whole, **{name: np.concatenate([getattr(part, name) for part in parts]) for name in UNKNOWNS})


def _basis(u: np.ndarray, state: Collapse) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The four cubic B-splines that are not zero at u [B, N]: index, value, derivative, [B, N, 4] each."""
    number = state.coefficients.shape[1]
    t = (u - state.start) / state.spacing
    cell = np.clip(np.floor(t).astype(int), 1, number - 3)
    r = np.clip(t - cell, -0.5, 1.5)
    q = 1 - r
    values = np.stack([q**3 / 6, 2 / 3 - r**2 + r**3 / 2, 2 / 3 - q**2 + q**3 / 2, r**3 / 6], axis=-1)
    slopes = np.stack([-(q**2) / 2, -2 * r + 1.5 * r**2, 2 * q - 1.5 * q**2, r**2 / 2], axis=-1) / state.spacing
    return cell[..., None] + np.arange(-1, 3), values, slopes


def _dense(index: np.ndarray, values: np.ndarray, number: int) -> np.ndarray:
    """[B, N, K] with the values in their columns."""
    dense = np.zeros((*index.shape[:2], number))
    row = np.arange(index.shape[0] * index.shape[1]).reshape(index.shape[:2])[..., None]
    dense.reshape(-1)[row * number + index] = values
    return dense


def _at(state: Collapse, index: np.ndarray, values: np.ndarray) -> np.ndarray:
    """sum_k c_k values_k, [B, N]."""
    row = np.arange(len(index))[:, None, None]
    return np.einsum("bnk,bnk->bn", state.coefficients[row, index], values)


def _penalty(number: int) -> np.ndarray:
    third = np.diff(np.eye(number), 3, axis=0)
    return third.T @ third / ROUGHNESS**2


def _residual(points: Points, y: np.ndarray, state: Collapse) -> tuple[np.ndarray, ...]:
    """What the model leaves of log10 epsilon, and how the model is made up.

    The model is y = M - log10(1 + kappa 10^M), M = b + f(x - a), so that dy/dM = q = 1/(1 + kappa 10^M).

    Returns
    -------
    (y - model)/q and q^2 weights [B, N]: with them a fit of y is one of M; M; the splines' basis.
    """
    index, values, slopes = _basis(points.x - state.a[:, points.owner], state)
    law = state.b[:, points.owner] + _at(state, index, values)
    q = 1 / (1 + state.kappa[:, None] * 10.0**law)
    # On the plateau (q = 0) the law's own error is unknown, and so far from linear that a step must not follow it.
    longest = np.where(state.kappa > 0, LONGEST_STEP, np.inf)[:, None]
    left = np.clip((y - law - np.log10(q)) / q, -longest, longest)
    return left, state.weights * q**2, law, (index, values, slopes)


def _solve_linear(points: Points, y: np.ndarray, state: Collapse) -> Collapse:
    """f alone, the shifts and kappa as they are."""
    index, values, _ = _basis(points.x - state.a[:, points.owner], state)
    basis = _dense(index, values, state.coefficients.shape[1])
    weighted = basis * state.weights[:, None]
    normal = np.swapaxes(weighted, 1, 2) @ basis + _penalty(basis.shape[2])
    right = np.einsum("bnk,bn->bk", weighted, law_error(y, state.kappa) - state.b[:, points.owner])
    return replace(state, coefficients=np.linalg.solve(normal, right[..., None])[..., 0])


def _gauss_newton(points: Points, y: np.ndarray, lowest: np.ndarray, state: Collapse, saturates: bool) -> Collapse:
    """One step in (f, a, b) and, if it saturates, kappa together; the last curve's shifts stay."""
    batch, n_P = state.a.shape
    residual, weights, law, (index, values, slopes) = _residual(points, y, state)
    number, free = state.coefficients.shape[1], n_P - 1
    basis = _dense(index, values, number)
    d_a = -_at(state, index, slopes)
    weighted = basis * weights[..., None]

    def sums(per_point: np.ndarray) -> np.ndarray:
        return np.add.reduceat(per_point, points.starts, axis=1)[:, :free]

    size = number + 2 * free + saturates
    normal = np.zeros((batch, size, size))
    f, shift_a, shift_b = slice(0, number), slice(number, number + free), slice(number + free, number + 2 * free)
    penalty = _penalty(number)
    normal[:, f, f] = np.swapaxes(weighted, 1, 2) @ basis + penalty
    normal[:, shift_a, f] = sums(weighted * d_a[..., None])
    normal[:, shift_b, f] = sums(weighted)
    a_index, b_index = np.arange(free) + shift_a.start, np.arange(free) + shift_b.start
    # A curve without any slope would leave its a undetermined: slight damping keeps the matrix regular (no prior: it
    # shortens the step, not the solution).
    normal[:, a_index, a_index] = sums(weights * d_a**2) + (10 * state.spacing) ** -2
    normal[:, b_index, b_index] = sums(weights) + PRIOR_WIDTH**-2
    normal[:, b_index, a_index] = sums(weights * d_a)
    right = np.empty((batch, size))
    right[:, f] = (residual[:, None] @ weighted)[:, 0] - state.coefficients @ penalty
    right[:, shift_a] = sums(weights * d_a * residual)
    lowest = law_error(lowest, state.kappa)
    centre = lowest - lowest[:, -1:]
    right[:, shift_b] = sums(weights * residual) + ((centre - state.b) / PRIOR_WIDTH**2)[:, :free]
    if saturates:
        d_kappa = -(10.0**law) / np.log(10)
        normal[:, -1, f] = (d_kappa[:, None] @ weighted)[:, 0]
        normal[:, -1, shift_a] = sums(weights * d_a * d_kappa)
        normal[:, -1, shift_b] = sums(weights * d_kappa)
        normal[:, -1, -1] = (weights * d_kappa**2).sum(axis=1) + 1.0  # damping, as above
        right[:, -1] = (weights * d_kappa * residual).sum(axis=1)
    normal = np.tril(normal) + np.swapaxes(np.tril(normal, -1), 1, 2)
    step = np.linalg.solve(normal, right[..., None])[..., 0]
    if saturates:
        step[:, -1], beyond = _bounded(step[:, -1], state.kappa, largest_kappa(y))
        normal[beyond, -1, :-1] = normal[beyond, :-1, -1] = 0.0
        right[:, -1] = normal[:, -1, -1] * step[:, -1]
        step[beyond] = np.linalg.solve(normal[beyond], right[beyond, :, None])[..., 0]
    longest = np.abs(step[:, shift_a]).max(axis=1, initial=0.0)
    step *= np.minimum(1.0, state.spacing / np.maximum(longest, 1e-300))[:, None]
    a, b, kappa = state.a.copy(), state.b.copy(), state.kappa
    a[:, :free] += step[:, shift_a]
    b[:, :free] += step[:, shift_b]
    if saturates:
        kappa = kappa + step[:, -1]
    return replace(state, a=a, b=b, kappa=kappa, coefficients=state.coefficients + step[:, f])


def _bounded(step: np.ndarray, kappa: np.ndarray, largest: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The step of kappa [B] that ends between 0 and the largest, and where that changed it."""
    inside = np.clip(kappa + step, 0.0, largest) - kappa
    return inside, inside != step


def _reweighted(points: Points, y: np.ndarray, state: Collapse) -> Collapse:
    residual, weights, *_ = _residual(points, y[None], replace(state, weights=points.sigma**-2))
    scaled = np.abs(residual[0]) * np.sqrt(weights[0])
    # A collapse that holds only roughly is not a collapse of outliers: measure them in its own scatter.
    scaled /= max(1.0, 1.4826 * np.median(scaled))
    return replace(state, weights=points.sigma**-2 * np.minimum(1.0, HUBER / np.maximum(scaled, 1e-12)))


def _start(points: Points, y: np.ndarray, lowest: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """b from the minima; a by sliding each curve over the one of the next larger P."""
    n_P = lowest.size
    a, b = np.zeros(n_P), lowest - lowest[-1]
    for index in range(n_P - 2, -1, -1):
        mine, other = points.owner == index, points.owner == index + 1
        x, height = points.x[mine], y[mine] - b[index]
        x_other, y_other = points.x[other] - a[index + 1], y[other] - b[index + 1]
        shifts = np.linspace(x[0] - x_other[-1], x[-1] - x_other[0], 401)
        at = x - shifts[:, None]
        inside = (at >= x_other[0]) & (at <= x_other[-1])
        gap = (np.interp(at, x_other, y_other) - height) ** 2
        enough = inside.sum(axis=1) >= 0.5 * min(x.size, x_other.size)
        cost = np.where(enough, (gap * inside).sum(axis=1) / np.maximum(inside.sum(axis=1), 1), np.inf)
        a[index] = shifts[np.argmin(cost)]
    return a, b
