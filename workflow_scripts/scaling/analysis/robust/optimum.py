"""The minimum of a learning curve by a smooth local fit, for many resamples at once."""

import numpy as np

from scaling.analysis.robust.thresholds import CURVE_POINTS, LEVEL, RISE_AGAIN, SMOOTHING


def smooth_minimum(grid: np.ndarray, y: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Location and value of the minimum of y(x) by a cubic fitted around it.

    The window is the stretch around the minimum of a lightly smoothed curve where that lies within `LEVEL` of its
    minimum (at least 7 points): it is wide where the minimum is flat. It moves with the curve, so that whatever bias a
    lopsided minimum gives is the same for all P of a collapsing family and leaves the exponents alone.

    Parameters
    ----------
    grid : [G] evenly spaced x = log10 lambda; y : [B, G] log10 error; mask : [G] where y is known (one stretch).

    Returns
    -------
    log10 lambda_opt [B], log10 epsilon_opt [B], censored [B]: the data end before the fitted curve has risen again by
    `RISE_AGAIN`, so that nobody knows whether the optimum was reached.
    """
    inside = np.flatnonzero(mask)
    if inside.size < CURVE_POINTS:
        empty = np.full(len(y), np.nan)
        return empty, empty.copy(), np.zeros(len(y), bool)
    x, y = grid[inside], y[:, inside]
    window = _window(_whittaker(inside.size) @ y.T)
    # Each row's window is scaled to t in [-1, 1], so that the four moments are of order one.
    left = np.where(window, x, np.inf).min(axis=1)
    right = np.where(window, x, -np.inf).max(axis=1)
    middle, half = (left + right) / 2, (right - left) / 2
    t = (x - middle[:, None]) / half[:, None]
    powers = np.where(window, t, 0.0)[..., None] ** np.arange(4) * window[..., None]
    normal = np.swapaxes(powers, 1, 2) @ powers
    coefficients = np.linalg.solve(normal, np.einsum("bgk,bg->bk", powers, y)[..., None])[..., 0]
    fine = np.linspace(-1, 1, 201)
    heights = coefficients @ (fine[:, None] ** np.arange(4)).T
    best = np.argmin(heights, axis=1)
    row = np.arange(len(y))
    centre = np.clip(best, 1, fine.size - 2)
    below, at, above = heights[row, centre - 1], heights[row, centre], heights[row, centre + 1]
    curvature = below - 2 * at + above
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = np.where(curvature > 0, 0.5 * (below - above) / curvature, 0.0)
    shift = np.clip(shift, -1, 1)
    location = middle + half * (fine[centre] + shift * (fine[1] - fine[0]))
    value = at - 0.25 * (below - above) * shift
    return location, value, window[:, -1] & (heights[:, -1] < value + RISE_AGAIN)


def _whittaker(number: int) -> np.ndarray:
    """Smoother (1 + kappa D'D)^-1 with second differences D and a width of `SMOOTHING` points (Whittaker 1923)."""
    if number < 4:
        return np.eye(number)
    second = np.diff(np.eye(number), 2, axis=0)
    return np.linalg.inv(np.eye(number) + SMOOTHING**4 * second.T @ second)


def _window(smooth: np.ndarray) -> np.ndarray:
    """[B, g] True on the stretch around each curve's minimum that lies within LEVEL of it; `smooth` is [g, B]."""
    smooth = smooth.T
    number = smooth.shape[1]
    lowest = np.argmin(smooth, axis=1)
    low = smooth <= smooth.min(axis=1)[:, None] + LEVEL
    index = np.arange(number)
    before, after = index <= lowest[:, None], index >= lowest[:, None]
    first = np.where(~low & before, index + 1, 0).max(axis=1)
    last = np.where(~low & after, index - 1, number - 1).min(axis=1)
    short = np.maximum(CURVE_POINTS - (last - first + 1), 0)
    first = np.maximum(first - (short + 1) // 2, 0)
    last = np.minimum(np.maximum(last + (short + 1) // 2, first + CURVE_POINTS - 1), number - 1)
    first = np.minimum(first, last - CURVE_POINTS + 1)
    return (index >= first[:, None]) & (index <= last[:, None])
