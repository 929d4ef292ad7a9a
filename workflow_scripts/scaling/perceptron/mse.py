"""The counter-example of the paper's Appendix C (Fig. 7): the same gradient flow with the squared loss.

Minimise (1/2) sum_mu (D_mu - 1)^2 from w = 0: dw/dt = A^T (1 - A w), linear, so that the eigenvectors of A^T A (A: the
patterns, shape (P, N)) give w(t) exactly at every t.
"""

import numpy as np
import pandas as pd

from scaling.core.errors import BadInput
from scaling.perceptron.samples import Sample, angle_between, draw_sample, norm_of

COLUMNS = ["alpha", "sample", "method", "log_time", "lambda", "epsilon"]
C_SQUARED = 2 / np.pi  # (mean of |u|)^2: the squared slope of the regression of sign(u) on a standard normal u
TIME_POINTS = 200


def mse_table(alphas: list[float], N: int, samples: int, seed: int) -> pd.DataFrame:
    """Exact paths at finite N and their limit N -> infinity.

    Returns
    -------
    One row per alpha, sample and time: alpha, sample (from 0; -1 for the limit), method ("flow", "theory"), log_time
    (natural logarithm), lambda, epsilon.

    Raises
    ------
    BadInput for an impossible alpha.
    """
    tables = []
    for alpha in alphas:
        times = time_grid(alpha)
        tables.append(_rows(alpha, -1, "theory", times, *marchenko_pastur_path(alpha, times)))
        for number in range(samples):
            path = flow_path(draw_sample(N, alpha, seed, number), times)
            tables.append(_rows(alpha, number, "flow", times, *path))
    return pd.concat(tables, ignore_index=True)


def time_grid(alpha: float) -> np.ndarray:
    """Log-spaced times, from far below to far above 1/kappa for the eigenvalues kappa, about (1 -+ sqrt(alpha))^2."""
    if not alpha > 0:
        raise BadInput(f"alpha = {alpha:g} must be positive")
    return np.geomspace(1e-2, 1e5, TIME_POINTS) / (1 + np.sqrt(alpha)) ** 2


def _rows(alpha, sample, method, times, norms, errors) -> pd.DataFrame:
    values = (alpha, sample, method, np.log(times), norms, errors)
    return pd.DataFrame(dict(zip(COLUMNS, values, strict=True)))


def flow_path(sample: Sample, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """lambda and epsilon, each of the shape of `times`, for one sample."""
    solutions = flow_solution(sample, times)
    norms = np.array([norm_of(w) for w in solutions])
    return norms, np.array([angle_between(w, sample.teacher) for w in solutions]) / np.pi


def flow_solution(sample: Sample, times: np.ndarray) -> np.ndarray:
    """w(t), shape (times, N): in each eigenvector, (1 - exp(-kappa t)) / kappa times the component of A^T 1."""
    kappa, vectors = np.linalg.eigh(sample.patterns.T @ sample.patterns)
    drive = vectors.T @ sample.patterns.sum(axis=0)
    # Directions that no pattern has (alpha < 1): their drive is zero, and rounding must not grow in time.
    seen = kappa > kappa[-1] * sample.N * np.finfo(float).eps
    kappa, vectors, drive = kappa[seen], vectors[:, seen], drive[seen]
    return (-np.expm1(-np.outer(times, kappa)) / kappa * drive) @ vectors.T


def marchenko_pastur_path(alpha: float, times: np.ndarray, nodes: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """lambda(t) and epsilon(t) for N -> infinity, each of the shape of `times`.

    With y = c u + xi (u the teacher's field, c^2 = 2/pi, xi of variance 1 - c^2 and uncorrelated with the inputs),
    A^T 1 is c A^T A w* plus noise, and averages over eigenvectors become integrals over the Marchenko-Pastur law rho:

        w.w*/N = c int rho (1 - e^(-kappa t)),    lambda^2 = int rho (1 - e^(-kappa t))^2 (c^2 + (1 - c^2) / kappa).

    The substitution kappa = 1 + alpha - 2 sqrt(alpha) cos(phi) takes the edges' square roots away; in phi the
    midpoint rule converges exponentially (alpha = 1: algebraically). Eigenvalues 0 (alpha < 1) contribute nothing.
    """
    phi = (np.arange(nodes) + 0.5) * np.pi / nodes
    # 1 + alpha - 2 sqrt(alpha) cos(phi), without cancellation at the lower edge
    kappa = (1 - np.sqrt(alpha)) ** 2 + 4 * np.sqrt(alpha) * np.sin(phi / 2) ** 2
    density = 2 * alpha * np.sin(phi) ** 2 / kappa / nodes
    grown = -np.expm1(-np.outer(times, kappa))
    overlap = np.sqrt(C_SQUARED) * grown @ density
    norm_squared = grown**2 @ (density * (C_SQUARED + (1 - C_SQUARED) / kappa))
    # the angle by its tangent: what of w lies across the teacher, over what lies along it
    return np.sqrt(norm_squared), np.arctan2(np.sqrt(norm_squared - overlap**2), overlap) / np.pi
