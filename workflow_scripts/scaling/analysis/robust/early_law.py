"""The early power law of the master curve: where it holds, by a stated rule, and its exponent."""

import numpy as np

from scaling.analysis.robust.thresholds import EARLY_LAW_POINTS, KEPT, SMALLEST_FALL, STRAIGHT


def early_power_law(
    u: np.ndarray, f: np.ndarray, tolerance: float = STRAIGHT, share: float = KEPT
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The window of the early power law and its slope, for many resamples at once.

    Rule: of all windows in which the least-squares line leaves an rms deviation of at most `tolerance`, the one over
    which the error falls most. It favours the long and the steep, and stops where the curve bends: at the plateau of
    random guessing on the left, at the elbow on the right. The slope is that of the window's first `share`: what
    deviation the tolerance admits gathers where the bend begins (on synthetic studies the first two thirds were still
    0.003 too flat, half a standard error).

    Parameters
    ----------
    u : [M] evenly spaced log10(lambda/lambda_s) up to the master curve's minimum; f : [B, M] log10 of its error.

    Returns
    -------
    gamma_1 [B] (minus the slope), left and right edges of the window [B]. NaN where the error
    falls by less than `SMALLEST_FALL` in all of them.
    """
    first, last = np.triu_indices(u.size, EARLY_LAW_POINTS - 1)
    x, y = u - u.mean(), f - f.mean(axis=1, keepdims=True)
    slope, deviation = _lines(_running_sums(x, y), first[None], last[None])
    fall = np.where(deviation <= tolerance, -slope * (u[last] - u[first]), -np.inf)
    best = np.argmax(fall, axis=1)
    found = fall[np.arange(len(f)), best] >= SMALLEST_FALL
    left, right = first[best], last[best]
    kept = left + np.rint(share * (right - left)).astype(int)
    slope, _ = _lines(_running_sums(x, y), left[:, None], kept[:, None])
    return np.where(found, -slope[:, 0], np.nan), np.where(found, u[left], np.nan), np.where(found, u[right], np.nan)


def _running_sums(x: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    """Sums of x, y, x^2, xy, y^2 over the first points: [B, M + 1] each, so that a window's sum is a difference."""
    products = [np.broadcast_to(x, y.shape), y, np.broadcast_to(x**2, y.shape), x * y, y**2]
    return [np.concatenate([np.zeros((len(y), 1)), np.cumsum(product, axis=1)], axis=1) for product in products]


def _lines(sums: list[np.ndarray], first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Slope and rms deviation [B, W] of the least-squares lines over the points first..last ([B or 1, W])."""
    n = last - first + 1.0
    shape = (len(sums[0]), first.shape[1])
    first, last = np.broadcast_to(first, shape), np.broadcast_to(last, shape)
    mean_x, mean_y, xx, xy, yy = (
        (np.take_along_axis(total, last + 1, axis=1) - np.take_along_axis(total, first, axis=1)) / n for total in sums
    )
    slope = (xy - mean_x * mean_y) / (xx - mean_x**2)
    return slope, np.sqrt(np.maximum(yy - mean_y**2 - slope * (xy - mean_x * mean_y), 0.0))
