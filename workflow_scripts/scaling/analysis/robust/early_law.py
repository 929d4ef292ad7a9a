"""The early power law of the master curve: where it holds, by a stated rule."""

import numpy as np

from scaling.analysis.robust.thresholds import EARLY_LAW_POINTS, SMALLEST_FALL, STRAIGHT


def early_law_window(u: np.ndarray, f: np.ndarray, tolerance: float = STRAIGHT) -> tuple[float, float] | None:
    """The left and the right edge of the window of the early power law.

    Rule: of all windows in which the least-squares line leaves an rms deviation of at most `tolerance`, the one over
    which the error falls most. It favours the long and the steep, and stops where the curve bends: at the plateau of
    random guessing on the left, at the elbow on the right.

    Parameters
    ----------
    u : [M] evenly spaced log10(lambda/lambda_s) up to the master curve's minimum; f : [M] log10 of its error.

    Returns
    -------
    None where the error falls by less than `SMALLEST_FALL` in all of them.
    """
    if not np.ptp(u) > 0:
        return None
    first, last = np.triu_indices(u.size, EARLY_LAW_POINTS - 1)
    slope, deviation = _lines(u - u.mean(), f - f.mean(), first, last)
    fall = np.where(deviation <= tolerance, -slope * (u[last] - u[first]), -np.inf)
    best = np.argmax(fall)
    return (float(u[first[best]]), float(u[last[best]])) if fall[best] >= SMALLEST_FALL else None


def _lines(x: np.ndarray, y: np.ndarray, first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Slope and rms deviation [W] of the least-squares lines over the points first..last ([W] each)."""
    # Sums over the first points, so that a window's sum is a difference.
    running = np.zeros((5, x.size + 1))
    running[:, 1:] = np.cumsum([x, y, x**2, x * y, y**2], axis=1)
    mean_x, mean_y, xx, xy, yy = (running[:, last + 1] - running[:, first]) / (last - first + 1.0)
    slope = (xy - mean_x * mean_y) / (xx - mean_x**2)
    return slope, np.sqrt(np.maximum(yy - mean_y**2 - slope * (xy - mean_x * mean_y), 0.0))
