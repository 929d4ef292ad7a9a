"""How far the flow at free norm is behind the fixed norm's path, to first order, on the same samples.

On the path g(w) = mu w, g minus the gradient. The flow moves along it at the rate d log(lambda) / dt = mu, and stays
behind by the direction d that makes up for it: with P the projection across w and H the Hessian,

    (P H P + mu) d = -mu d(w/|w|) / d log(lambda).

(mu is there because the sphere is curved.) It holds for lambda >> 1, to first order in d. At lambda of order alpha
log(epsilon_free / epsilon_fixed) is about Phi(lambda/alpha) / alpha^2, and Phi passes zero near the optimal norm.
"""

import numpy as np
import pandas as pd
from scipy.linalg import cho_solve

from scaling.perceptron.finite_n import _Newton
from scaling.perceptron.samples import Sample, angle_between, draw_sample, residuals

SMALLEST_LAMBDA, RANGE = 2.0, (0.1, 3.0)  # lambda, and lambda / alpha
COLUMNS = ["alpha", "sample", "lambda", "log_ratio"]


def adiabatic_paths(alpha: float, N: int, samples: int, lambdas: np.ndarray, seed: int) -> pd.DataFrame:
    """The lag of the samples that `dynamics.free_norm_paths` draws.

    Returns
    -------
    One row per sample and value of `lambdas` within RANGE: alpha, sample, lambda, log_ratio (of epsilon_free to
    epsilon_fixed).
    """
    lambdas, rows = within_range(alpha, lambdas), []
    for number in range(samples):
        sample = draw_sample(N, alpha, seed, number)
        rows += [
            (alpha, number, norm, value) for norm, value in zip(lambdas, adiabatic_path(sample, lambdas), strict=True)
        ]
    return pd.DataFrame(rows, columns=COLUMNS)


def within_range(alpha: float, lambdas: np.ndarray) -> np.ndarray:
    """The norms of which the lag is asked."""
    lambdas = np.asarray(lambdas, float)
    return lambdas[(lambdas >= max(SMALLEST_LAMBDA, RANGE[0] * alpha)) & (lambdas <= RANGE[1] * alpha)]


def adiabatic_path(sample: Sample, lambdas: np.ndarray) -> np.ndarray:
    """log(epsilon_free / epsilon_fixed) to first order at each norm (rising, 1e-3 or more)."""
    solver = _Newton(sample)
    return np.array([_lag(solver, norm) for norm in lambdas])


def _lag(solver: _Newton, norm: float) -> float:
    w = solver.continue_to(norm)
    direction = w / np.linalg.norm(w)
    scaled, weights = residuals(solver.sample.patterns @ w, -solver.log_mu)  # gradient and Hessian over mu
    factor = solver._new_factor(weights)  # of H/mu + 1
    tangent = cho_solve(factor, scaled @ solver.sample.patterns)
    moved = tangent * (w @ w) / (w @ tangent) / np.linalg.norm(w)  # dw/dlog(lambda) over |w|
    moved -= direction * (direction @ moved)
    # in the plane across w: what is left along it is taken away by a multiple of the solution for w itself
    back, along = cho_solve(factor, np.stack([moved, direction], axis=1)).T
    lag = -(back - along * (direction @ back) / (direction @ along))
    teacher = solver.sample.teacher
    return float(np.log(angle_between(direction + lag, teacher) / angle_between(w, teacher)))
