"""What the mean-field theory of the dynamics samples, and how its averages are iterated."""

from collections.abc import Callable

import numpy as np
from scipy.special import erf, ndtri
from scipy.stats import qmc

DIMENSIONS = 100  # of the Gaussian process that are kept
NEW_DIRECTION = 1e-12  # squared residual, over the squared length, from which on a vector adds a direction
TOLERANCE, MOST_ITERATIONS, DEPTH = 1e-7, 60, 6
SHARES = np.array([0.45, 0.3, 0.25])  # of the half normals of scales 1, sqrt(zm) and zm that z is drawn from


def effective_patterns(
    alpha: float, lambda_max: float, count: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """z, weights of sum 1, and normal numbers (count, DIMENSIONS): scrambled Sobol points.

    Late, what matters is z of order theta and 1/lambda: z is drawn from a mixture of half normals of scales 1, sqrt(zm)
    and zm.
    """
    uniform = qmc.Sobol(1 + DIMENSIONS, seed=seed).random(count)
    end = 0.5 / max(alpha, 1)  # about the error at the end
    zm = min(0.6, 1.2 * (1 / lambda_max + np.pi * end))
    scales = np.array([1, np.sqrt(zm), zm])[:, None]
    grid = np.concatenate([[0], np.geomspace(1e-9, 12, 20_000)])
    below = SHARES @ erf(grid / scales / np.sqrt(2))
    z = np.interp(uniform[:, 0], below, grid)
    mixture = SHARES @ (np.exp(-((z / scales) ** 2) / 2) / scales)
    weights = np.exp(-(z**2) / 2) / mixture
    return z, weights / weights.sum(), ndtri(np.clip(uniform[:, 1:], 1e-12, 1 - 1e-12))


def add_direction(
    vector: np.ndarray, basis: np.ndarray, directions: int, new: bool | None = None
) -> tuple[np.ndarray, bool]:
    """The vector's components in an orthonormal basis, whose first `directions` rows are there, by Gram-Schmidt twice.

    It adds one more, in place, if `new`, or (None) if it lies outside of it by NEW_DIRECTION; and whether it has.
    """
    row, rest = np.zeros(DIMENSIONS), vector.copy()
    for _ in range(2):
        along = basis[:directions] @ rest
        rest -= along @ basis[:directions]
        row[:directions] += along
    size = np.sqrt(rest @ rest)
    if new is None:
        new = bool(size**2 > NEW_DIRECTION * (vector @ vector))
    if not new or directions == DIMENSIONS:
        return row, False
    basis[directions], row[directions] = rest / size, size
    return row, True


def fixed_point(update: Callable[[np.ndarray], np.ndarray], start: np.ndarray) -> np.ndarray | None:
    """The fixed point of `update` by Anderson's mixing (J. ACM 12, 547, 1965), to TOLERANCE; None if not found."""
    points, changes = [], []
    x = start
    for _ in range(MOST_ITERATIONS):
        change = update(x) - x
        if np.abs(change).max() < TOLERANCE:
            return x + change
        points, changes = [*points, x][-DEPTH:], [*changes, change][-DEPTH:]
        if len(points) == 1:
            x = x + change
            continue
        d_change = np.diff(changes, axis=0)
        weights = np.linalg.lstsq(d_change.T, change, rcond=1e-10)[0]
        x = x + change - weights @ (np.diff(points, axis=0) + d_change)
    return None
