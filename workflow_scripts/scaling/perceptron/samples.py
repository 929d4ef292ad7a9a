"""One sample of the teacher-student problem at finite N: a teacher, its labelled patterns, what is measured on them."""

from dataclasses import dataclass

import numpy as np

from scaling.core.errors import BadInput

# A weighted Gram matrix is summed over so many patterns at a time: its scratch space stays small beside the patterns.
ROWS_AT_A_TIME = 4096


@dataclass(frozen=True)
class Sample:
    """A teacher and its patterns.

    teacher : shape (N,), |teacher|^2 = N.
    patterns : shape (P, N), rows a_mu = y_mu x_mu / sqrt(N), of length 1: the margins of w are `patterns @ w`.
    """

    teacher: np.ndarray
    patterns: np.ndarray

    @property
    def N(self) -> int:
        """Dimension."""
        return self.patterns.shape[1]

    @property
    def alpha(self) -> float:
        """P / N."""
        return self.patterns.shape[0] / self.patterns.shape[1]


def draw_sample(N: int, alpha: float, seed: int, sample: int) -> Sample:
    """Draw a Gaussian teacher and P = round(alpha N) Rademacher inputs, labelled by it (paper, Section 2).

    The same (N, alpha, seed, sample) gives the same bits; the draws of two samples or two alphas are independent.

    Raises
    ------
    BadInput if alpha is not positive or alpha N gives no pattern.
    """
    if not alpha > 0 or N < 1 or round(alpha * N) < 1:
        raise BadInput(f"alpha = {alpha:g} with N = {N}: alpha must be positive and alpha N at least 1")
    P = round(alpha * N)
    generator = np.random.default_rng([seed, sample, N, P])
    teacher = generator.standard_normal(N)
    teacher *= np.sqrt(N) / np.linalg.norm(teacher)
    patterns = generator.integers(0, 2, size=(P, N), dtype=np.int8).astype(float)
    patterns *= 2 / np.sqrt(N)
    patterns -= 1 / np.sqrt(N)
    patterns *= np.sign(patterns @ teacher)[:, None]
    return Sample(teacher, patterns)


def norm_of(w: np.ndarray) -> float:
    """lambda = |w| / sqrt(N)."""
    return float(np.linalg.norm(w) / np.sqrt(w.size))


def angle_between(w: np.ndarray, teacher: np.ndarray) -> float:
    """Angle of w to the teacher, in [0, pi]; by atan2, because arccos of an overlap near 1 loses its digits."""
    direction = teacher / np.linalg.norm(teacher)
    along = w @ direction
    return float(np.arctan2(np.linalg.norm(w - along * direction), along))


def generalization_error(w: np.ndarray, teacher: np.ndarray) -> float:
    """epsilon = arccos(R) / pi: the probability that w and the teacher disagree on a new random input."""
    return angle_between(w, teacher) / np.pi


def training_error(w: np.ndarray, patterns: np.ndarray) -> float:
    """The fraction of the patterns that w misclassifies (margin not positive)."""
    return float(np.mean(patterns @ w <= 0))


def residuals(margins: np.ndarray, log_factor: float) -> tuple[np.ndarray, np.ndarray]:
    """First and second derivative of the logistic loss V_1(D) = log(1 + exp(-2D)), times exp(log_factor).

    Returns
    -------
    -V_1' = 1 - tanh(D) and V_1'' = 1 - tanh(D)^2, both times exp(log_factor), shape of `margins`. The product is
    formed in the exponent: late in the dynamics the factor (a time up to exp(720)) overflows and 1 - tanh(D) underflows
    or cancels, while their product is of order one.
    """
    first = 2 * np.exp(log_factor - np.logaddexp(0, 2 * margins))
    return first, first * (1 + np.tanh(margins))


def weighted_gram(patterns: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """sum_mu weights_mu a_mu a_mu^T, shape (N, N), for weights of shape (P,) not negative.

    Patterns of weight below 1e-8 / P are left out: as |a_mu| = 1, that changes the matrix by less than 1e-8 in operator
    norm, beside the unit matrix that every caller adds to it. Late in the dynamics few patterns are left.
    """
    chosen = np.flatnonzero(weights > 1e-8 / weights.size)
    gram = np.zeros((patterns.shape[1], patterns.shape[1]))
    for start in range(0, chosen.size, ROWS_AT_A_TIME):
        rows = chosen[start : start + ROWS_AT_A_TIME]
        scaled = patterns[rows] * np.sqrt(weights[rows])[:, None]
        gram += scaled.T @ scaled
    return gram
