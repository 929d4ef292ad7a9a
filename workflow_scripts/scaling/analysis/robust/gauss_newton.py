"""One Gauss-Newton step of a collapse: all unknowns together, for many samples at once."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from scaling.analysis.robust.departure import Departure
from scaling.analysis.robust.master_curve import Collapse, Points, model_at
from scaling.analysis.robust.spline import penalty_of, spline_at
from scaling.analysis.robust.thresholds import PRIOR_WIDTH


def gauss_newton(
    points: Points, y: np.ndarray, lowest: np.ndarray, state: Collapse, centres: np.ndarray | None = None
) -> Collapse:
    """One step in (f, a, b, theta) together; the last curve's shifts stay."""
    batch, n_P = state.a.shape
    number, free, departure = state.coefficients.shape[1], n_P - 1, state.departure
    sums = _sums(points, y, state)
    # Columns of the sums: f, its curve's a and b, theta, and what the model leaves.
    of_f, of_a, of_b, of_shape, left = slice(0, number), number, number + 1, slice(number + 2, number + 6), -1
    total, each = sums.sum(axis=1), sums[:, :free]
    size = number + 2 * free + 4
    f, shift_a, shift_b = slice(0, number), slice(number, number + free), slice(number + free, number + 2 * free)
    shape = slice(size - 4, size)
    a_index, b_index = np.arange(free) + shift_a.start, np.arange(free) + shift_b.start
    penalty = penalty_of(number, state.straight)
    off, by_shape = _off_minima(lowest, state)
    middle, precision = departure.prior
    # The lower triangle; the other one is its mirror.
    normal = np.zeros((batch, size, size))
    normal[:, f, f] = total[:, of_f, of_f] + penalty
    normal[:, shift_a, f] = each[:, :, of_a, of_f]
    normal[:, shift_b, f] = each[:, :, of_b, of_f]
    # A curve without any slope would leave its a undetermined: slight damping keeps the matrix regular (no prior: it
    # shortens the step, not the solution).
    normal[:, a_index, a_index] = each[:, :, of_a, of_a] + (10 * state.spacing) ** -2
    normal[:, b_index, b_index] = each[:, :, of_b, of_b] + PRIOR_WIDTH**-2
    normal[:, b_index, a_index] = each[:, :, of_b, of_a]
    normal[:, shape, f] = total[:, of_shape, of_f]
    normal[:, shape, shift_a] = np.swapaxes(each[:, :, of_shape, of_a], 1, 2)
    normal[:, shape, shift_b] = np.swapaxes(each[:, :, of_shape, of_b] - by_shape, 1, 2)
    normal[:, shape, shape] = total[:, of_shape, of_shape] + np.diag(precision + 1e-2)
    normal[:, shape, shape] += PRIOR_WIDTH**2 * np.swapaxes(by_shape, 1, 2) @ by_shape
    right = np.empty((batch, size))
    right[:, f] = total[:, of_f, left] - state.coefficients @ penalty
    right[:, shift_a] = each[:, :, of_a, left]
    right[:, shift_b] = each[:, :, of_b, left] + off
    right[:, shape] = total[:, of_shape, left] - PRIOR_WIDTH**2 * (off[:, None] @ by_shape)[:, 0]
    right[:, shape] += precision * ((middle if centres is None else centres) - state.theta)
    for shift, values in ((shift_a, state.a), (shift_b, state.b)):
        normal[:, shift, shift] += points.off_laws[:free, :free]
        right[:, shift] -= (values @ points.off_laws)[:, :free]
    normal = np.tril(normal) + np.swapaxes(np.tril(normal, -1), 1, 2)
    step = _bounded_step(normal, right, state.theta, departure)
    longest = np.abs(step[:, shift_a]).max(axis=1, initial=0.0)
    step *= np.minimum(1.0, state.spacing / np.maximum(longest, 1e-300))[:, None]
    a, b = state.a.copy(), state.b.copy()
    a[:, :free] += step[:, shift_a]
    b[:, :free] += step[:, shift_b]
    theta = np.clip(state.theta + step[:, shape], *departure.bounds)
    return replace(state, a=a, b=b, theta=theta, coefficients=state.coefficients + step[:, f])


def _sums(points: Points, y: np.ndarray, state: Collapse) -> np.ndarray:
    """Weighted sums over the points of each curve of all products of two columns, [B, n_P, K + 7, K + 7].

    The columns are the derivatives of the model by f's coefficients [K], a and b of the point's curve and theta [4],
    and what the model leaves.
    """
    residual, share, by_theta, (index, values, slopes) = model_at(points, y, state)
    root = np.sqrt(state.weights)
    share = share * root
    number = state.coefficients.shape[1]
    columns = np.zeros((*residual.shape, number + 7))
    row = np.arange(residual.size).reshape(*residual.shape, 1) * (number + 7)
    columns.reshape(-1)[row + index] = values * share[..., None]
    columns[..., number] = -spline_at(state.coefficients, index, slopes) * share
    columns[..., number + 1] = share
    columns[..., number + 2 : number + 6] = by_theta * root[:, None]
    columns[..., number + 6] = residual * root
    curves = [columns[:, start:end] for start, end in pairwise([*points.starts, points.x.size])]
    return np.stack([np.swapaxes(curve, 1, 2) @ curve for curve in curves], axis=1)


def _off_minima(lowest: np.ndarray, state: Collapse) -> tuple[np.ndarray, np.ndarray]:
    """How far b lies from the centre of its weak prior, [B, n_P - 1], and what that changes with theta, [.., 4].

    Both over PRIOR_WIDTH squared. The centre is the height of the law at the curves' smallest errors: it moves with the
    floor.
    """
    law = state.departure.law(lowest, state.theta)
    moved = state.departure.law_derivatives(lowest, state.theta, law)
    centre, by_theta = (values - values[:, -1:] for values in (law, moved))
    return ((centre - state.b) / PRIOR_WIDTH**2)[:, :-1], by_theta[:, :-1] / PRIOR_WIDTH**2


def _bounded_step(normal: np.ndarray, right: np.ndarray, theta: np.ndarray, departure: Departure) -> np.ndarray:
    """The step whose last four entries keep theta [B, 4] within its bounds: those that would leave stop there."""
    low, high = departure.bounds
    size = right.shape[1]
    held = np.zeros((len(right), size), bool)
    held[:, -4:] = ~departure.free
    target, step = np.zeros_like(right), np.zeros_like(right)
    rest = np.arange(len(right))
    for _ in range(3):
        fixed, known, matrix = held[rest], target[rest], normal[rest]
        vector = np.where(fixed, known, right[rest] - (matrix @ known[..., None])[..., 0])
        matrix = np.where(fixed[:, :, None] | fixed[:, None], 0.0, matrix)
        matrix[:, np.arange(size), np.arange(size)] += fixed
        step[rest] = np.linalg.solve(matrix, vector[..., None])[..., 0]
        end = theta[rest] + step[rest, -4:]
        beyond = (end < low - 1e-12) | (end > high + 1e-12)
        left = (beyond & ~fixed[:, -4:]).any(axis=1)
        if not left.any():
            break
        rest, beyond, end = rest[left], beyond[left], end[left]
        target[rest, -4:] = np.where(beyond, np.clip(end, low, high) - theta[rest], target[rest, -4:])
        held[rest, -4:] |= beyond
    return step
