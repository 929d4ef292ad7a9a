"""Plain gradient descent at free norm for N to infinity: its dynamical mean-field theory, step by step.

The equations are those of `mean_field`, with the scheme v_(k+1) = v_k + eta sum phi b and so L_kj = eta for j < k. Then
nothing is implicit: each row of R, C and Gamma follows from the rows before,

    R_k = R_(k-1) + eta (e_(k-1) + Gamma_(k-1) R),     chi_kj = delta_kj + sum_u R_ku phi'_u chi_uj,
    Gamma_kj = alpha E[phi'_k chi_kj].
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline

from scaling.core.errors import BadInput
from scaling.perceptron.mean_field import PILOT, free_norm, ordered_directions
from scaling.perceptron.mean_field_sampling import DIMENSIONS, add_direction, effective_patterns
from scaling.perceptron.theory import solve

MOST_STEPS = 200  # memory and time grow as its square and its cube
REACH = 3.0  # the largest norm that the sampled patterns are meant for
COLUMNS = ["alpha", "learning_rate", "step", "lambda", "epsilon", "train_error"]
BESIDE = [*COLUMNS[:4], "log_ratio", "sigma", "epsilon", "epsilon_sigma", "epsilon_fixed"]


def plain_descent(alpha: float, learning_rate: float, steps: int, patterns: int, seed: int) -> pd.DataFrame:
    """Gradient descent from w = 0.

    Parameters
    ----------
    learning_rate : in units of 1 / (1 + sqrt(alpha))^2; stable below 2.
    steps : 1 to 200.
    patterns : sampled effective patterns, a power of 2.
    seed : of the scrambled Sobol points.

    Returns
    -------
    alpha, learning_rate, step (from 1), lambda, epsilon, train_error: a row for each step.

    Raises
    ------
    BadInput for numbers that cannot be.
    """
    if not (0 < alpha < np.inf and 0 < learning_rate < 2 and 1 <= steps <= MOST_STEPS):
        raise BadInput(
            f"alpha = {alpha:g}, learning rate {learning_rate:g}, {steps} steps: alpha above 0, a learning rate between"
            f" 0 and 2, 1 to {MOST_STEPS} steps"
        )
    if patterns < 64 or patterns & (patterns - 1):
        raise BadInput(f"{patterns} patterns: a power of 2, 64 or more")
    eta = learning_rate / (1 + np.sqrt(alpha)) ** 2
    R, F, pivots, _ = _march(alpha, eta, steps, PILOT, seed, None, None)
    *_, rows = _march(alpha, eta, steps, patterns, seed, ordered_directions(R @ F), set(pivots))
    return pd.DataFrame(rows, columns=COLUMNS[2:]).assign(alpha=alpha, learning_rate=learning_rate)[COLUMNS]


def _march(alpha, eta, steps, patterns, seed, rotation, forced):
    """R and F, [steps, ...] of rows 1 on, the rows that add a direction to the basis, and the rows of the table."""
    z, weights, xi = effective_patterns(alpha, REACH, patterns, seed)
    xi = (xi if rotation is None else xi @ rotation).T.copy()
    size = steps + 1
    R, Gamma, F = np.zeros((size, size)), np.zeros((size, size)), np.zeros((size, DIMENSIONS))
    phi, basis = np.zeros((size, patterns)), np.zeros((DIMENSIONS, patterns))
    W = np.zeros((size, size, patterns), np.float32)  # d phi_k / d omega_j
    m, directions, pivots, rows = 0.0, 0, [], []
    for k in range(size):
        if k:
            R[k, :k] = R[k - 1, :k] + eta * (Gamma[k - 1, :k] @ R[:k, :k])
            R[k, k - 1] += eta
            m += eta * alpha * (phi[k - 1] * z) @ weights
        factor = R[k, :k] @ F[:k]
        D = m * z + factor @ xi + R[k, :k] @ phi[:k]
        if k:
            across = np.sqrt(factor @ factor)
            rows.append((k, np.hypot(m, across), np.arctan2(across, m) / np.pi, weights @ (D <= 0)))
        phi[k] = 1 - np.tanh(D)
        slope = -phi[k] * (2 - phi[k])  # -sech^2
        W[k, :k] = np.tensordot(R[k, :k].astype(np.float32), W[:k, :k], 1)
        W[k, k] = 1
        W[k, : k + 1] *= slope.astype(np.float32)
        Gamma[k, : k + 1] = alpha * (W[k, : k + 1] @ weights.astype(np.float32))
        new = None if forced is None else k in forced
        F[k], added = add_direction(np.sqrt(alpha * weights) * phi[k], basis, directions, new)
        if added:
            directions += 1
            pivots.append(k)
    return R[1:], F, pivots, rows


def beside_flow(alpha: float, rates: Sequence[float], steps: int, patterns: int, runs: int, seed: int) -> pd.DataFrame:
    """Plain descent at several learning rates, beside the flow and the fixed norm at the norms of its steps.

    Parameters
    ----------
    runs : two or more, with seeds seed, seed + 1, ...

    Returns
    -------
    alpha, learning_rate, step, lambda (mean over the runs), log_ratio (log of epsilon over that of the gradient flow at
    the same norm and with the same seed, mean over the runs; nan below the first step of the flow), sigma (its standard
    error), epsilon_fixed (exact, at lambda), epsilon (by its own ratio to the fixed norm), epsilon_sigma (relative).
    The accuracy of log_ratio is sigma. That of epsilon is epsilon_sigma, and with 4,096 patterns no better than 5e-4.

    Raises
    ------
    BadInput for numbers that cannot be; NotConverged naming alpha.
    """
    if runs < 2 or not len(rates):
        raise BadInput("plain descent: learning rates, and 2 runs or more of each")
    tables = []
    for run in range(seed, seed + runs):
        found = pd.concat([plain_descent(alpha, rate, steps, patterns, run) for rate in rates], ignore_index=True)
        flow = free_norm(alpha, 1.05 * found["lambda"].max(), patterns, run)
        log_flow = np.log(flow.epsilon / solve([alpha], flow.norm).epsilon[0])
        of_flow = CubicSpline(np.log(flow.norm), log_flow, extrapolate=False)(np.log(found["lambda"]))
        own = np.log(found["epsilon"] / fixed_norm(alpha, found["lambda"]))
        tables.append(found.assign(own=own, log_ratio=own - of_flow))
    groups = pd.concat(tables).groupby(["learning_rate", "step"], sort=False)
    table = groups[["lambda", "own", "log_ratio"]].mean().reset_index()
    for column, name in (("log_ratio", "sigma"), ("own", "epsilon_sigma")):
        table[name] = groups[column].std().to_numpy() / np.sqrt(runs)
    table["epsilon_fixed"] = fixed_norm(alpha, table["lambda"])
    table["epsilon"] = table["epsilon_fixed"] * np.exp(table["own"])
    return table.assign(alpha=alpha)[BESIDE]


def fixed_norm(alpha: float, norms: Sequence[float]) -> np.ndarray:
    """The exact error at fixed norm at norms in any order."""
    values, place = np.unique(norms, return_inverse=True)
    return solve([alpha], values).epsilon[0][place]
