"""Collapse of learning curves on one master curve: the shifts that do it, with plateau and floor.

Model: log10 L_P(x) = b_P + f(x - a_P), x = log10 lambda, with one smooth f for all P (Eq. 4: f = log10 Phi,
a = log10 lambda_s, b = log10 epsilon_s up to common constants). Any scale that moves with the curve serves for an
exponent: the slope of a_P against log10 P is gamma_2, that of -b_P is gamma. L is the error of the law; the error that
is seen begins at guessing and ends above a floor, at the same heights for all P, which no rescaling collapses
(`departure`). Their parameters are fitted with the rest, always.

What fixes the shifts: along a pure power law of slope -gamma_1 the shifts (da, db) = (d, -gamma_1 d) change nothing;
the elbow, the minimum and the rise decide between them. Where a curve shows none of these the data do not bear its
scale; a weak prior (`PRIOR_WIDTH`) then holds b_P at the logarithm of the smallest error of the curve. Another
(`LAW_WIDTH`) holds a_P and b_P near straight lines in log10 P: where curves fall by little each, floor and scale are
hard to tell apart, and the laws of all P tell.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from scaling.analysis.robust.departure import Departure
from scaling.analysis.robust.spline import basis_at, dense, penalty_of, spline_at
from scaling.analysis.robust.thresholds import HUBER, INTERVALS, KNOTS, LAW_WIDTH, MOST_INTERVALS, PRIOR_WIDTH

UNKNOWNS = ("a", "b", "theta", "coefficients")


@dataclass(frozen=True)
class Points:
    """The points of all curves one after another: x [N], owner [N] (index of P, rising), sigma [N]; log10_P [n_P]."""

    x: np.ndarray
    owner: np.ndarray
    sigma: np.ndarray
    log10_P: np.ndarray

    @property
    def starts(self) -> np.ndarray:
        """[n_P] where each curve starts."""
        return np.searchsorted(self.owner, np.arange(self.owner[-1] + 1))

    @cached_property
    def off_laws(self) -> np.ndarray:
        """[n_P, n_P] inverse covariance of a scale's logarithms: about the straight line through them, `LAW_WIDTH`."""
        line = np.stack([np.ones_like(self.log10_P), self.log10_P], axis=1)
        return (np.eye(self.log10_P.size) - line @ np.linalg.pinv(line)) / LAW_WIDTH**2


@dataclass(frozen=True)
class Collapse:
    """Shifts a, b [B, n_P] (both zero for the largest P), theta [B, 4] of the departure, and the master curve's spline.

    f(u) = sum_k c_k beta_3((u - start)/spacing - k), coefficients c [B, K]. weights [N]: of the points, in the fit.
    straight : over how many of its first cells f is a straight line.
    """

    a: np.ndarray
    b: np.ndarray
    theta: np.ndarray
    departure: Departure
    coefficients: np.ndarray
    start: float
    spacing: float
    weights: np.ndarray
    straight: int = 0

    def _basis(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return basis_at(u, self.start, self.spacing, self.coefficients.shape[1])

    def law(self, points: Points) -> np.ndarray:
        """log10 of the law's error at the points, [B, N]."""
        index, values, _ = self._basis(points.x - self.a[:, points.owner])
        return self.b[:, points.owner] + spline_at(self.coefficients, index, values)

    def master_at(self, u: np.ndarray) -> np.ndarray:
        """f(u) for places of each sample's own: [B, M] for u [B, M]."""
        index, values, _ = self._basis(u)
        return spline_at(self.coefficients, index, values)

    def master(self, u: np.ndarray) -> np.ndarray:
        """f(u): [B, M] for u [M]."""
        index, values, _ = self._basis(u[None])
        return self.coefficients @ dense(index, values, self.coefficients.shape[1])[0].T

    def slope(self, u: float) -> np.ndarray:
        """f'(u), [B]."""
        index, _, slopes = self._basis(np.full((len(self.a), 1), u))
        return spline_at(self.coefficients, index, slopes)[:, 0]


def collapse(points: Points, y: np.ndarray, lowest: np.ndarray, departure: Departure, minima: bool = True) -> Collapse:
    """Find the shifts of both axes that best collapse the curves (one sample).

    Least squares over a_P, b_P, a cubic P-spline f, plateau and floor by Gauss-Newton, with Huber weights (a jump where
    runs end does not pull); the gauge is a = b = 0 for the largest P.

    Parameters
    ----------
    points : where the curves are known, and their standard errors.
    y : [N] log10 test error at the points.
    lowest : [n_P] log10 of the smallest error of each curve (start, and centre of the weak prior of b).
    departure : what is known of plateau and floor.
    minima : whether most curves reach theirs. Where they do not, the smallest errors are no scale, and fits start from
        heights that lie anywhere as well.
    """
    starts = [(theta, anywhere) for theta in departure.starts for anywhere in ((False,) if minima else (False, True))]
    ends = [_converged(points, y, lowest, _begin(points, y, lowest, departure, *start)) for start in starts]
    return min(ends, key=lambda end: misfit(points, y[None], end)[0])


def straightened(points: Points, y: np.ndarray, lowest: np.ndarray, free: Collapse, until: float) -> Collapse:
    """The collapse whose f is a straight line up to u = `until`, found from one whose f is free."""
    cells = int(np.floor((until - free.start) / free.spacing))
    return _converged(points, y, lowest, replace(free, straight=cells))


def _begin(
    points: Points, y: np.ndarray, lowest: np.ndarray, departure: Departure, theta: np.ndarray, anywhere: bool
) -> Collapse:
    law, low = (departure.law(values[None], theta[None])[0] for values in (y, lowest))
    a, b = _start(points, law, low, anywhere)
    u = points.x - a[points.owner]
    intervals = int(np.clip(np.ceil(np.ptp(u) / KNOTS), INTERVALS, MOST_INTERVALS))
    spacing = max(np.ptp(u), 1e-9) / intervals
    # Two intervals more on both sides: room for the shifts to move.
    start, number = u.min() - 3 * spacing, intervals + 7
    weights = points.sigma**-2
    state = Collapse(a[None], b[None], theta[None], departure, np.zeros((1, number)), start, spacing, weights)
    return _solve_linear(points, law[None], state)


def _converged(points: Points, y: np.ndarray, lowest: np.ndarray, state: Collapse) -> Collapse:
    for iteration in range(40):
        before = state
        state = _gauss_newton(points, y[None], lowest[None], state)
        if 3 <= iteration <= 10:
            state = _reweighted(points, y, state)
        if iteration > 11 and np.abs(state.a - before.a).max() < 1e-5 * state.spacing:
            break
    return state


def misfit(points: Points, y: np.ndarray, state: Collapse) -> np.ndarray:
    """Huber's loss of the residuals of log10 epsilon [B, N], and the priors' of the shape and of the laws, [B]."""
    scaled = np.abs(_model(points, y, state)[0]) / points.sigma
    centre, precision = state.departure.prior
    prior = 0.5 * (precision * (state.theta - centre) ** 2).sum(axis=1)
    prior += 0.5 * sum(((values @ points.off_laws) * values).sum(axis=1) for values in (state.a, state.b))
    return np.where(scaled <= HUBER, scaled**2 / 2, HUBER * (scaled - HUBER / 2)).sum(axis=1) + prior


def collapse_resamples(
    points: Points,
    y: np.ndarray,
    lowest: np.ndarray,
    whole: Collapse,
    centres: np.ndarray,
    steps: int = 3,
    chunk: int = 100,
) -> Collapse:
    """The same for many resamples at once: y [B, N], lowest [B, n_P], centres [B, 4] of the prior of the shape.

    Gauss-Newton from the whole sample's solution with its weights; `steps` steps reach it to far less than its error.
    """
    parts = []
    for first in range(0, len(y), chunk):
        part = slice(first, first + chunk)
        state = replace(whole, **{name: np.repeat(getattr(whole, name), len(y[part]), 0) for name in UNKNOWNS})
        for _ in range(steps):
            state = _gauss_newton(points, y[part], lowest[part], state, centres[part])
        parts.append(state)
    return replace(whole, **{name: np.concatenate([getattr(part, name) for part in parts]) for name in UNKNOWNS})


def _model(points: Points, y: np.ndarray, state: Collapse) -> tuple[np.ndarray, ...]:
    """What the model leaves of log10 epsilon [B, N], d seen/d law [B, N], d seen/d theta [B, N, 4], and f's basis."""
    index, values, slopes = state._basis(points.x - state.a[:, points.owner])
    law = state.b[:, points.owner] + spline_at(state.coefficients, index, values)
    seen, share = state.departure.seen(law, state.theta)
    return y - seen, share, state.departure.derivatives(law, state.theta, seen), (index, values, slopes)


def _solve_linear(points: Points, law: np.ndarray, state: Collapse) -> Collapse:
    """f alone, for log10 of the law's errors [B, N], the shifts as they are."""
    index, values, _ = state._basis(points.x - state.a[:, points.owner])
    basis = dense(index, values, state.coefficients.shape[1])
    share = state.departure.seen(law, state.theta)[1]
    weighted = basis * (state.weights * share**2)[..., None]
    size = basis.shape[2]
    normal = np.swapaxes(weighted, 1, 2) @ basis + penalty_of(size, state.straight) + 1e-6 * np.eye(size)
    right = np.einsum("bnk,bn->bk", weighted, law - state.b[:, points.owner])
    return replace(state, coefficients=np.linalg.solve(normal, right[..., None])[..., 0])


def _gauss_newton(
    points: Points, y: np.ndarray, lowest: np.ndarray, state: Collapse, centres: np.ndarray | None = None
) -> Collapse:
    """One step in (f, a, b, theta) together; the last curve's shifts stay."""
    batch, n_P = state.a.shape
    residual, share, by_theta, (index, values, slopes) = _model(points, y, state)
    number, free, departure = state.coefficients.shape[1], n_P - 1, state.departure
    basis = dense(index, values * share[..., None], number)
    d_a, d_b = -spline_at(state.coefficients, index, slopes) * share, share
    weights = state.weights
    weighted = basis * weights[:, None]

    def sums(per_point: np.ndarray) -> np.ndarray:
        return np.add.reduceat(per_point, points.starts, axis=1)[:, :free]

    size = number + 2 * free + 4
    normal = np.zeros((batch, size, size))
    f, shift_a, shift_b = slice(0, number), slice(number, number + free), slice(number + free, number + 2 * free)
    shape = slice(size - 4, size)
    penalty = penalty_of(number, state.straight)
    normal[:, f, f] = np.swapaxes(weighted, 1, 2) @ basis + penalty
    normal[:, shift_a, f] = sums(weighted * d_a[..., None])
    normal[:, shift_b, f] = sums(weighted * d_b[..., None])
    a_index, b_index = np.arange(free) + shift_a.start, np.arange(free) + shift_b.start
    # A curve without any slope would leave its a undetermined: slight damping keeps the matrix regular (no prior: it
    # shortens the step, not the solution).
    normal[:, a_index, a_index] = sums(weights * d_a**2) + (10 * state.spacing) ** -2
    normal[:, b_index, b_index] = sums(weights * d_b**2) + PRIOR_WIDTH**-2
    normal[:, b_index, a_index] = sums(weights * d_a * d_b)
    right = np.empty((batch, size))
    right[:, f] = (residual[:, None] @ weighted)[:, 0] - state.coefficients @ penalty
    right[:, shift_a] = sums(weights * d_a * residual)
    lowest = departure.law(lowest, state.theta)
    centre = lowest - lowest[:, -1:]
    right[:, shift_b] = sums(weights * d_b * residual) + ((centre - state.b) / PRIOR_WIDTH**2)[:, :free]
    turned = np.swapaxes(by_theta * weights[:, None], 1, 2)
    normal[:, shape, f] = turned @ basis
    normal[:, shape, shift_a] = np.swapaxes(sums(np.swapaxes(turned, 1, 2) * d_a[..., None]), 1, 2)
    normal[:, shape, shift_b] = np.swapaxes(sums(np.swapaxes(turned, 1, 2) * d_b[..., None]), 1, 2)
    for shift, values in ((shift_a, state.a), (shift_b, state.b)):
        normal[:, shift, shift] += points.off_laws[:free, :free]
        right[:, shift] -= (values @ points.off_laws)[:, :free]
    middle, precision = departure.prior
    normal[:, shape, shape] = turned @ by_theta + np.diag(precision + 1e-2)
    right[:, shape] = (turned @ residual[..., None])[..., 0]
    right[:, shape] += precision * ((middle if centres is None else centres) - state.theta)
    normal = np.tril(normal) + np.swapaxes(np.tril(normal, -1), 1, 2)
    step = _bounded_step(normal, right, state.theta, departure)
    longest = np.abs(step[:, shift_a]).max(axis=1, initial=0.0)
    step *= np.minimum(1.0, state.spacing / np.maximum(longest, 1e-300))[:, None]
    a, b = state.a.copy(), state.b.copy()
    a[:, :free] += step[:, shift_a]
    b[:, :free] += step[:, shift_b]
    theta = np.clip(state.theta + step[:, shape], *departure.bounds)
    return replace(state, a=a, b=b, theta=theta, coefficients=state.coefficients + step[:, f])


def _bounded_step(normal: np.ndarray, right: np.ndarray, theta: np.ndarray, departure: Departure) -> np.ndarray:
    """The step whose last four entries keep theta [B, 4] within its bounds: those that would leave stop there."""
    low, high = departure.bounds
    size = right.shape[1]
    held = np.zeros((len(right), size), bool)
    held[:, -4:] = ~departure.free
    target = np.zeros_like(right)
    for _ in range(3):
        known = np.where(held, target, 0.0)
        matrix = np.where(held[:, :, None] | held[:, None], 0.0, normal)
        matrix[:, np.arange(size), np.arange(size)] += held
        vector = np.where(held, target, right - (normal @ known[..., None])[..., 0])
        step = np.linalg.solve(matrix, vector[..., None])[..., 0]
        end = theta + step[:, -4:]
        beyond = (end < low - 1e-12) | (end > high + 1e-12)
        if not (beyond & ~held[:, -4:]).any():
            break
        target[:, -4:] = np.where(beyond, np.clip(end, low, high) - theta, target[:, -4:])
        held[:, -4:] |= beyond
    return step


def _reweighted(points: Points, y: np.ndarray, state: Collapse) -> Collapse:
    scaled = np.abs(_model(points, y[None], state)[0][0]) / points.sigma
    # A collapse that holds only roughly is not a collapse of outliers: measure them in its own scatter.
    scaled /= max(1.0, 1.4826 * np.median(scaled))
    return replace(state, weights=points.sigma**-2 * np.minimum(1.0, HUBER / np.maximum(scaled, 1e-12)))


def _start(points: Points, y: np.ndarray, lowest: np.ndarray, anywhere: bool) -> tuple[np.ndarray, np.ndarray]:
    """b from the minima, or anywhere; a by sliding each curve over the one of the next larger P."""
    n_P = lowest.size
    a, b = np.zeros(n_P), lowest - lowest[-1]
    for index in range(n_P - 2, -1, -1):
        mine, other = points.owner == index, points.owner == index + 1
        x, height = points.x[mine], y[mine] - b[index]
        x_other, y_other = points.x[other] - a[index + 1], y[other] - b[index + 1]
        shifts = np.linspace(x[0] - x_other[-1], x[-1] - x_other[0], 401)
        at = x - shifts[:, None]
        inside = (at >= x_other[0]) & (at <= x_other[-1])
        number = np.maximum(inside.sum(axis=1), 1)
        gap = np.where(inside, height - np.interp(at, x_other, y_other), 0.0)
        offset = gap.sum(axis=1) / number if anywhere else np.zeros(shifts.size)
        cost = (np.where(inside, gap - offset[:, None], 0.0) ** 2).sum(axis=1) / number
        best = np.argmin(np.where(number >= 0.5 * min(x.size, x_other.size), cost, np.inf))
        a[index] = shifts[best]
        b[index] += offset[best]
    return a, b
