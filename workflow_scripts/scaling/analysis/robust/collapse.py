"""The collapse of learning curves: where a fit starts, how it converges, and that of many resamples."""

from dataclasses import replace

import numpy as np

from scaling.analysis.robust.departure import Departure
from scaling.analysis.robust.gauss_newton import gauss_newton
from scaling.analysis.robust.master_curve import Collapse, Points, misfit, model_at
from scaling.analysis.robust.spline import dense, penalty_of
from scaling.analysis.robust.thresholds import HUBER, INTERVALS, KNOTS, MOST_INTERVALS

UNKNOWNS = ("a", "b", "theta", "coefficients")


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
        state = gauss_newton(points, y[None], lowest[None], state)
        if 3 <= iteration <= 10:
            state = _reweighted(points, y, state)
        if iteration > 11 and np.abs(state.a - before.a).max() < 1e-5 * state.spacing:
            break
    return state


def collapse_resamples(
    points: Points,
    y: np.ndarray,
    lowest: np.ndarray,
    whole: Collapse,
    centres: np.ndarray,
    steps: int = 3,
    chunk: int = 50,
) -> Collapse:
    """The same for many resamples at once: y [B, N], lowest [B, n_P], centres [B, 4] of the prior of the shape.

    Gauss-Newton from the whole sample's solution with its weights; `steps` steps reach it to far less than its error.
    """
    parts = []
    for first in range(0, len(y), chunk):
        part = slice(first, first + chunk)
        state = replace(whole, **{name: np.repeat(getattr(whole, name), len(y[part]), 0) for name in UNKNOWNS})
        for _ in range(steps):
            state = gauss_newton(points, y[part], lowest[part], state, centres[part])
        parts.append(state)
    return replace(whole, **{name: np.concatenate([getattr(part, name) for part in parts]) for name in UNKNOWNS})


def _solve_linear(points: Points, law: np.ndarray, state: Collapse) -> Collapse:
    """f alone, for log10 of the law's errors [B, N], the shifts as they are."""
    index, values, _ = state.basis(points.x - state.a[:, points.owner])
    basis = dense(index, values, state.coefficients.shape[1])
    share = state.departure.seen(law, state.theta)[1]
    weighted = basis * (state.weights * share**2)[..., None]
    size = basis.shape[2]
    normal = np.swapaxes(weighted, 1, 2) @ basis + penalty_of(size, state.straight) + 1e-6 * np.eye(size)
    right = np.einsum("bnk,bn->bk", weighted, law - state.b[:, points.owner])
    return replace(state, coefficients=np.linalg.solve(normal, right[..., None])[..., 0])


def _reweighted(points: Points, y: np.ndarray, state: Collapse) -> Collapse:
    scaled = np.abs(model_at(points, y[None], state)[0][0]) / points.sigma
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
