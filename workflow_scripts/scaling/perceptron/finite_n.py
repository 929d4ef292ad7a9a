"""The fixed-norm minimiser at finite N, on the same samples as the dynamics: the l2 regularisation path.

w(lambda) minimises sum_mu V_1(D_mu) on the sphere |w| = lambda sqrt(N). On separable data (a teacher's always are) the
minimum lies where gradient and w are parallel, g(w) = mu w with mu > 0, which is the regularisation path: unique at
every lambda > 0. Scatter between samples is far larger than the difference between fixed and free norm, so the two are
compared sample by sample.
"""

import numpy as np
import pandas as pd
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from scaling.core.errors import NotConverged
from scaling.perceptron.dynamics import FIRST_NORM, check_grid
from scaling.perceptron.samples import (
    Sample,
    angle_between,
    draw_sample,
    generalization_error,
    norm_of,
    residuals,
    training_error,
    weighted_gram,
)

COLUMNS = ["alpha", "sample", "method", "lambda", "epsilon", "train_error"]
# A Newton step this short, in w beside |w| sin(angle to the teacher) and in log mu, is the last one.
PRECISION = 1e-7
# A correction of mu by more than e^10 does not start near the path.
LARGEST_CORRECTION = 10
MOST_ITERATIONS = 25
LONGEST_CONTINUATION, SHORTEST_CONTINUATION = 0.25, 1e-6  # in log lambda


def fixed_norm_paths(alpha: float, N: int, samples: int, lambdas: np.ndarray, seed: int) -> pd.DataFrame:
    """The fixed-norm minimisers of the samples that `dynamics.free_norm_paths` draws.

    Returns
    -------
    One row per sample and value of `lambdas`: alpha, sample, method ("fixed"), lambda, epsilon, train_error.

    Raises
    ------
    BadInput for an impossible alpha or grid; NotConverged, naming alpha and lambda, if Newton's method fails.
    """
    tables = [
        fixed_norm_path(draw_sample(N, alpha, seed, sample), lambdas).assign(alpha=alpha, sample=sample)
        for sample in range(samples)
    ]
    return pd.concat(tables, ignore_index=True)[COLUMNS]


def fixed_norm_path(sample: Sample, lambdas: np.ndarray) -> pd.DataFrame:
    """Columns method, lambda, epsilon, train_error for one sample at each of the norms `lambdas` (rising, >= 1e-3)."""
    check_grid(lambdas)
    solver = _Newton(sample)
    rows = []
    for norm in lambdas:
        w = solver.continue_to(norm)
        rows.append(("fixed", norm, generalization_error(w, sample.teacher), training_error(w, sample.patterns)))
    return pd.DataFrame(rows, columns=COLUMNS[2:])


class _StepTooLong(Exception):
    """Newton's method does not converge from here: a shorter step along the path may."""


class _Newton:
    """Newton's method with continuation in log lambda on the unknowns w and log mu.

    The equations are divided by mu: g(w)/mu - w = 0, with the residuals formed in the exponent (mu falls like
    exp(-2 kappa lambda), kappa the largest margin, and underflows), so the matrix is 1 + sum_mu (V''/mu) a_mu a_mu^T.
    Its factor is kept while it still contracts.
    """

    def __init__(self, sample: Sample):
        self.sample = sample
        gradient = sample.patterns.sum(axis=0)
        self.w = gradient * FIRST_NORM / norm_of(gradient)  # the Hebb rule, the limit of small norm
        self.log_mu = np.log(norm_of(gradient) / FIRST_NORM)
        try:
            self._converge(FIRST_NORM)
        except _StepTooLong:
            raise self._failed(FIRST_NORM) from None

    def continue_to(self, norm: float) -> np.ndarray:
        """Follow the path up to this norm, in as many steps as it takes."""
        while (distance := np.log(norm / norm_of(self.w))) > 1e-12:
            step = min(distance, LONGEST_CONTINUATION)
            start = self.w, self.log_mu, self.factor
            while True:
                try:
                    self._predict(step)
                    self._converge(norm if step == distance else norm_of(start[0]) * np.exp(step))
                    break
                except _StepTooLong:
                    self.w, self.log_mu, self.factor = start
                    step /= 2
                    if step < SHORTEST_CONTINUATION:
                        raise self._failed(norm_of(self.w)) from None
        return self.w

    def _failed(self, norm: float) -> NotConverged:
        where = f"N = {self.sample.N}, alpha = {self.sample.alpha:g}, lambda = {norm:g}"
        return NotConverged(f"Newton's method failed at {where}")

    def _predict(self, step: float) -> None:
        """Along the tangent: with q = M^-1 g/mu, dw = -q dlog mu and w.dw = |w|^2 dlog lambda."""
        q = self._tangent()
        d_log_mu = -step * (self.w @ self.w) / (self.w @ q)
        self.w = self.w - q * d_log_mu
        self.log_mu += d_log_mu

    def _tangent(self) -> np.ndarray:
        scaled, _ = residuals(self.sample.patterns @ self.w, -self.log_mu)
        return cho_solve(self.factor, scaled @ self.sample.patterns)

    def _converge(self, norm: float) -> None:
        """Newton steps at this norm, with a new matrix whenever the old one no longer contracts tenfold."""
        patterns, square = self.sample.patterns, self.sample.N * norm**2
        last, self.factor = np.inf, None
        for _ in range(MOST_ITERATIONS):
            with np.errstate(over="ignore", invalid="ignore"):
                scaled, weights = residuals(patterns @ self.w, -self.log_mu)
            if not np.all(np.isfinite(weights)):
                raise _StepTooLong
            if self.factor is None:
                self.factor = self._new_factor(weights)
            gradient = scaled @ patterns
            p, q = cho_solve(self.factor, np.stack([gradient - self.w, gradient], axis=1)).T
            d_log_mu = (self.w @ p - (square - self.w @ self.w) / 2) / (self.w @ q)
            dw = p - q * d_log_mu
            length = np.linalg.norm(dw) / (np.linalg.norm(self.w) * np.sin(angle_between(self.w, self.sample.teacher)))
            if not np.isfinite(length) or abs(d_log_mu) > LARGEST_CORRECTION or length > 2 * last:
                raise _StepTooLong
            self.w = self.w + dw
            self.log_mu += d_log_mu
            if length < PRECISION and abs(d_log_mu) < PRECISION:
                return
            if length > 0.1 * last:
                self.factor = None
            last = length
        raise _StepTooLong

    def _new_factor(self, weights: np.ndarray) -> tuple:
        try:
            return cho_factor(np.eye(self.w.size) + weighted_gram(self.sample.patterns, weights), overwrite_a=True)
        except (LinAlgError, ValueError):  # so far from the solution that the matrix has overflowed or lost the 1
            raise _StepTooLong from None
