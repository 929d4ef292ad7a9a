"""One Gauss-Newton step of a collapse: all unknowns together, for many samples at once."""

from dataclasses import replace

import numpy as np

from scaling.analysis.robust.departure import Departure
from scaling.analysis.robust.master_curve import Collapse, Points, model_at
from scaling.analysis.robust.spline import dense, penalty_of, spline_at
from scaling.analysis.robust.thresholds import PRIOR_WIDTH


def gauss_newton(
    points: Points, y: np.ndarray, lowest: np.ndarray, state: Collapse, centres: np.ndarray | None = None
) -> Collapse:
    """One step in (f, a, b, theta) together; the last curve's shifts stay."""
    batch, n_P = state.a.shape
    residual, share, by_theta, (index, values, slopes) = model_at(points, y, state)
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
    off, by_shape = _off_minima(lowest, state)
    right[:, shift_b] = sums(weights * d_b * residual) + off
    turned = np.swapaxes(by_theta * weights[:, None], 1, 2)
    normal[:, shape, f] = turned @ basis
    normal[:, shape, shift_a] = np.swapaxes(sums(np.swapaxes(turned, 1, 2) * d_a[..., None]), 1, 2)
    normal[:, shape, shift_b] = np.swapaxes(sums(np.swapaxes(turned, 1, 2) * d_b[..., None]), 1, 2)
    normal[:, shape, shift_b] -= np.swapaxes(by_shape, 1, 2)
    for shift, values in ((shift_a, state.a), (shift_b, state.b)):
        normal[:, shift, shift] += points.off_laws[:free, :free]
        right[:, shift] -= (values @ points.off_laws)[:, :free]
    middle, precision = departure.prior
    normal[:, shape, shape] = turned @ by_theta + np.diag(precision + 1e-2)
    normal[:, shape, shape] += PRIOR_WIDTH**2 * np.swapaxes(by_shape, 1, 2) @ by_shape
    right[:, shape] = (turned @ residual[..., None])[..., 0]
    right[:, shape] -= PRIOR_WIDTH**2 * (off[:, None] @ by_shape)[:, 0]
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
