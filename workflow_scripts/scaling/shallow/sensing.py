"""Examples of a quadratic network as linear measurements of S: y = <A, S*> + noise, A = (x x^T - 1) / sqrt 2.

Symmetric matrices are written as vectors of D = d (d + 1) / 2 numbers, the diagonal and sqrt 2 times the upper
triangle, so that scalar products stay what they are. The measurements then have variance 1 in each of the D directions.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np


@cache
def _places(d: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    row, column = np.triu_indices(d)
    return row, column, np.where(row == column, 1.0, np.sqrt(2))


def dimension(D: int) -> int:
    """d of D = d (d + 1) / 2."""
    return round((np.sqrt(8 * D + 1) - 1) / 2)


def vectors(symmetric: np.ndarray) -> np.ndarray:
    """Matrices [m, d, d] as columns [D, m]."""
    row, column, scale = _places(symmetric.shape[-1])
    return (symmetric[:, row, column] * scale).T


def matrices(columns: np.ndarray) -> np.ndarray:
    """Columns [D, m] as symmetric matrices [m, d, d]."""
    d = dimension(columns.shape[0])
    row, column, scale = _places(d)
    found = np.empty((columns.shape[1], d, d))
    found[:, row, column] = found[:, column, row] = (columns / scale[:, None]).T
    return found


@dataclass(frozen=True)
class Sensing:
    """What training needs of n examples.

    Attributes
    ----------
    target : S* as a vector, [D].
    gram : mean of the squares of the measurements, [D, D].
    pull : mean of label times measurement, [D].
    mean_square : of the labels.
    """

    target: np.ndarray
    gram: np.ndarray
    pull: np.ndarray
    mean_square: float

    @classmethod
    def draw(cls, sizes: np.ndarray, n: int, noise: float, random: np.random.Generator, design: str) -> "Sensing":
        """n examples of the target diag(sizes), [d]; design "network" (x x^T - 1) or "gaussian" (isotropic)."""
        d = sizes.size
        row, column, _ = _places(d)
        if design == "network":
            x = random.standard_normal((n, d))
            measurements = x[:, row] * x[:, column]
            on_diagonal = row == column
            measurements[:, on_diagonal] = (measurements[:, on_diagonal] - 1) / np.sqrt(2)
        elif design == "gaussian":
            measurements = random.standard_normal((n, row.size))
        else:
            raise ValueError(f"design {design!r} is not network or gaussian")
        target = vectors(np.diag(sizes)[None])[:, 0]
        y = measurements @ target + np.sqrt(noise) * random.standard_normal(n)
        return cls(target, measurements.T @ measurements / n, measurements.T @ y / n, float(y @ y / n))

    def train(self, learned: np.ndarray) -> np.ndarray:
        """Mean squared error on the examples of columns [D, m]."""
        return np.sum(learned * (self.gram @ learned - 2 * self.pull[:, None]), axis=0) + self.mean_square
