"""Gradient descent on the logistic loss at free norm, as the paper runs it and as a gradient flow in logarithmic time.

Minimise sum_mu V_1(D_mu), V_1(D) = log(1 + exp(-2D)), D_mu = a_mu . w, from w = 0 (paper, Section 2). Time t is the
learning rate times the number of steps; lambda(t) = |w(t)| / sqrt(N).

Plain gradient descent needs a time exponential in lambda (Soudry et al. 2018): 1e7 steps to lambda = 30 at alpha = 5,
4e54 to 300. With s = log t the flow dw/ds = e^s g(w), g = -gradient, is smooth and only mildly stiff, and an implicit
method crosses all of it in about a hundred steps. The path epsilon(lambda) is the one of small-step gradient descent
(normalised gradient descent with a large step follows another one).
"""

import gc
from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.integrate import BDF, DenseOutput
from scipy.optimize import brentq

from scaling.core.errors import BadInput, NotConverged
from scaling.perceptron.samples import (
    Sample,
    draw_sample,
    generalization_error,
    norm_of,
    residuals,
    training_error,
    weighted_gram,
)

# The flow starts on its own series in t at this norm; the neglected third order is of relative size lambda^2 / 6.
FIRST_NORM = 1e-3
COLUMNS = ["alpha", "sample", "method", "step", "log_time", "lambda", "epsilon", "train_error"]


def free_norm_paths(
    alpha: float, N: int, samples: int, lambdas: np.ndarray, tolerance: float, seed: int
) -> pd.DataFrame:
    """The gradient flow's path for several samples at one alpha.

    Returns
    -------
    One row per sample and value of `lambdas`: alpha, sample (from 0), method ("flow"), step (number of the integrator's
    step), log_time (natural logarithm of t), lambda, epsilon, train_error.

    Raises
    ------
    BadInput for an impossible alpha, grid or tolerance; NotConverged, naming alpha and lambda, if the integrator fails.
    """
    tables = []
    for sample in range(samples):
        path = flow_path(draw_sample(N, alpha, seed, sample), lambdas, tolerance)
        tables.append(path.assign(alpha=alpha, sample=sample))
        gc.collect()  # scipy's solver holds itself, and with it the patterns, in a reference cycle
    return pd.concat(tables, ignore_index=True)[COLUMNS]


def plain_paths(alpha: float, N: int, samples: int, steps: int, learning_rate: float, seed: int) -> pd.DataFrame:
    """As `free_norm_paths`, by plain gradient descent (method "plain"; step is the number of gradient steps)."""
    tables = [
        gradient_descent(draw_sample(N, alpha, seed, sample), steps, learning_rate).assign(alpha=alpha, sample=sample)
        for sample in range(samples)
    ]
    return pd.concat(tables, ignore_index=True)[COLUMNS]


def lambda_grid(lambda_min: float, lambda_max: float, points: int) -> np.ndarray:
    """`points` values from lambda_min to lambda_max, equally spaced in log lambda."""
    if not 0 < lambda_min < lambda_max < np.inf or points < 2:
        raise BadInput(
            f"lambda from {lambda_min:g} to {lambda_max:g} in {points} points: "
            "lambda must be positive and grow, in 2 points or more"
        )
    return np.geomspace(lambda_min, lambda_max, points)


# ------------------------------------------------------------------------------------- the stiff integrator


def flow_path(sample: Sample, lambdas: np.ndarray, tolerance: float) -> pd.DataFrame:
    """The path of the gradient flow from w = 0, at each of the norms `lambdas` (rising, at least 1e-3).

    Parameters
    ----------
    tolerance : the integrator's local and relative one. Measured for alpha from 0.5 to 100: 1e-5 gives log epsilon to
        3e-5 (worst near lambda = 0.1) and to 2e-6 beyond lambda = 5.

    Returns
    -------
    Columns method, step, log_time, lambda, epsilon, train_error.

    Raises
    ------
    BadInput for a bad grid or tolerance; NotConverged, naming alpha and lambda, if the integrator fails.

    Notes
    -----
    The integrator is scipy's BDF: the numerical differentiation formulas of Shampine and Reichelt, SIAM J. Sci. Comput.
    18, 1 (1997), orders 1 (L-stable) to 5, with the exact Jacobian. It builds the Jacobian, by far the dearest part at
    large alpha, only when Newton's method asks for it. To lambda = 300 at N = 200 with an error of 3e-5 or less, on
    one slow core: 0.3 s at alpha = 5 and 1.7 s at 50; Radau takes 0.4 s at 5, and RODAS, an L-stable Rosenbrock method
    of order 4, which needs a Jacobian in every step, 0.4 s and 3.9 s.
    """
    check_grid(lambdas)
    if not 0 < tolerance < 1:
        raise BadInput(f"tolerance: {tolerance:g} must be between 0 and 1")
    s, w = _series_start(sample, FIRST_NORM)
    derivative, jacobian = _flow(sample)
    solver = BDF(derivative, s, w, np.inf, rtol=tolerance, atol=tolerance * FIRST_NORM, jac=jacobian)
    rows: list[tuple] = []
    waiting, reached, number = list(lambdas), norm_of(w), 0
    while waiting:
        before, number = reached, number + 1
        with np.errstate(over="ignore", invalid="ignore"):  # a trial step too long is refused and halved
            message = solver.step()
        if solver.status == "failed":
            raise NotConverged(f"the integrator failed at alpha = {sample.alpha:g}, lambda = {before:g}: {message}")
        between = solver.dense_output()
        reached = norm_of(between(solver.t))
        if not reached > before:
            raise NotConverged(f"the norm does not grow at alpha = {sample.alpha:g}, lambda = {before:g}")
        while waiting and waiting[0] <= reached:
            norm = waiting.pop(0)
            log_time = _time_of(norm, between)
            rows.append(("flow", number, log_time, norm, *_errors(sample, between(log_time))))
    return pd.DataFrame(rows, columns=COLUMNS[2:])


def _flow(sample: Sample) -> tuple[Callable, Callable]:
    """dw/ds = e^s g(w) with s = log t, and its Jacobian in w, both functions of (s, w)."""
    patterns = sample.patterns

    def derivative(s: float, w: np.ndarray) -> np.ndarray:
        return residuals(patterns @ w, s)[0] @ patterns

    def jacobian(s: float, w: np.ndarray) -> np.ndarray:
        return -weighted_gram(patterns, residuals(patterns @ w, s)[1])

    return derivative, jacobian


def _time_of(norm: float, between: DenseOutput) -> float:
    """The s at which a step's dense output has this norm."""
    return brentq(lambda s: norm_of(between(s)) - norm, between.t_min, between.t_max, xtol=1e-13)


def _errors(sample: Sample, w: np.ndarray) -> tuple[float, float]:
    return generalization_error(w, sample.teacher), training_error(w, sample.patterns)


def _series_start(sample: Sample, norm: float) -> tuple[float, np.ndarray]:
    """s and w just below this (small) norm: w(t) = t g - t^2/2 H g with g and the Hessian H at w = 0."""
    gradient = sample.patterns.sum(axis=0)
    t = norm / norm_of(gradient)
    return np.log(t), t * gradient - t**2 / 2 * (sample.patterns @ gradient) @ sample.patterns


def check_grid(lambdas: np.ndarray) -> None:
    """Raise BadInput unless the norms rise from 1e-3 or above."""
    if len(lambdas) == 0 or not lambdas[0] >= FIRST_NORM or not np.all(np.diff(lambdas) > 0):
        raise BadInput(f"lambda: the grid must rise and start at {FIRST_NORM:g} or above")


# ----------------------------------------------------------------------------------- plain gradient descent


def gradient_descent(sample: Sample, steps: int, learning_rate: float, points: int = 200) -> pd.DataFrame:
    """Full-batch gradient descent from w = 0, the paper's own way.

    Parameters
    ----------
    steps : number of gradient steps.
    learning_rate : in units of 1 / (1 + sqrt(alpha))^2, the inverse of the largest curvature at w = 0 (the edge of
        the Marchenko-Pastur law): below 2 it is stable at every alpha, and small means close to the flow.
    points : about how many steps, log-spaced, are recorded.

    Returns
    -------
    Columns as `flow_path`, method "plain"; log_time is the logarithm of the sum of the learning rates.
    """
    if steps < 1 or not 0 < learning_rate < 2:
        raise BadInput(f"plain gradient descent: {steps} steps of {learning_rate:g}: 1 or more, between 0 and 2")
    patterns, transposed = sample.patterns, np.ascontiguousarray(sample.patterns.T)
    step_length = learning_rate / (1 + np.sqrt(sample.alpha)) ** 2
    recorded = set(np.unique(np.round(np.geomspace(1, steps, points)).astype(int)).tolist())
    w = np.zeros(sample.N)
    rows = []
    for step in range(1, steps + 1):
        # 1 - tanh(D) loses its digits from D = 15 on; 2 exp(-2D) / (1 + exp(-2D)) does not, but overflows below -350
        decay = np.exp(-2 * np.maximum(patterns @ w, -350))
        w += transposed @ (2 * step_length * decay / (1 + decay))
        if step in recorded:
            rows.append(("plain", step, np.log(step * step_length), norm_of(w), *_errors(sample, w)))
    return pd.DataFrame(rows, columns=COLUMNS[2:])
