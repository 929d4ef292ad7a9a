"""The exponents of the fixed-norm perceptron, how they approach 1/2, 1 and 1/2, and how well its curves collapse."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scaling.analysis.power_law import fit_power_law
from scaling.perceptron.learning_rules import hebb
from scaling.perceptron.theory import LAMBDA_RANGE, Branch, check_alphas, optimum, optimum_on

# gamma_1 is read where the local exponent stays this close to its steepest value.
WINDOW_DEPTH = 0.005
# gamma_2 and gamma are fitted from here on (to all alphas if fewer than three are left).
SMALLEST_ALPHA = 100.0
COLLAPSE_RANGE = (0.1, 10.0)  # lambda / lambda_opt
COLLAPSE_POINTS = 101
SLOPE_POINTS = 400


def local_exponents(alphas: Sequence[float]) -> pd.DataFrame:
    """The exponents at each alpha by itself, one row per alpha.

    Columns
    -------
    alpha
    gamma_1, sigma_1 : mean and spread over the window of the local exponent -d log epsilon / d log lambda.
    lambda_min, lambda_max : the window, where the local exponent is within WINDOW_DEPTH of its steepest value.
    gamma_1_steepest, lambda_steepest : the largest local exponent and where it is.
    lambda_opt, relative_epsilon_opt : the minimum; its error over that of the Hebb rule, the paper's relative error.
    gamma_2, gamma : d log lambda_opt / d log alpha and -d log relative_epsilon_opt / d log alpha.
    collapse_rms, collapse_max : of log(epsilon / epsilon_opt) - log(Phi) over 0.1 <= lambda / lambda_opt <= 10, with
        the master curve Phi of alpha = infinity.
    """
    alphas = np.asarray(alphas, float)
    check_alphas(alphas)
    branch = Branch.to_ten_alpha(alphas)
    best = optimum_on(branch)
    gamma_2, gamma = _derivatives_in_log_alpha(alphas)
    collapse = _collapse(branch, best.log_lambda, best.theta)
    distance = np.log(collapse["epsilon_over_opt"] / collapse["limit"]).to_numpy().reshape(alphas.size, -1)
    return pd.DataFrame(
        {
            "alpha": alphas,
            **_gamma_1(branch, best.log_lambda),
            "lambda_opt": np.exp(best.log_lambda),
            "relative_epsilon_opt": best.theta / np.pi / hebb(alphas),
            "gamma_2": gamma_2,
            "gamma": gamma,
            "collapse_rms": np.sqrt(np.mean(distance**2, axis=1)),
            "collapse_max": np.abs(distance).max(axis=1),
        }
    )


def collapse(alphas: Sequence[float]) -> pd.DataFrame:
    """Curves rescaled by their optimum, with the master curve.

    Columns: alpha, lambda_over_opt (0.1 to 10), epsilon_over_opt, limit (epsilon / epsilon_opt at alpha = infinity).
    """
    alphas = np.asarray(alphas, float)
    check_alphas(alphas)
    branch = Branch.to_ten_alpha(alphas)
    best = optimum_on(branch)
    table = _collapse(branch, best.log_lambda, best.theta)
    table.insert(0, "alpha", np.repeat(alphas, COLLAPSE_POINTS))
    return table


def exponents(local: pd.DataFrame) -> pd.DataFrame:
    """The fixed norm's three exponents, one row each.

    Parameters
    ----------
    local : as `local_exponents` gives it.

    Returns
    -------
    Columns quantity (gamma_1, gamma_2, gamma), setting ("fixed-norm"), value, sigma, alpha_min, alpha_max, lambda_min,
    lambda_max, note. gamma_1 is that of the largest alpha, sigma its standard deviation over the window; gamma_2 and
    gamma are power laws fitted to the optima, sigma the standard error of the fit (the theory itself has no noise).
    """
    last = local.loc[local["alpha"].idxmax()]
    large = local[local["alpha"] >= SMALLEST_ALPHA]
    fitted = large if len(large) >= 3 else local
    rows = [
        {
            "quantity": "gamma_1",
            "value": last["gamma_1"],
            "sigma": last["sigma_1"],
            "alpha_min": last["alpha"],
            "alpha_max": last["alpha"],
            "lambda_min": last["lambda_min"],
            "lambda_max": last["lambda_max"],
            "note": f"mean and spread of the local exponent where it is within {WINDOW_DEPTH:g} of its steepest value",
        }
    ]
    for quantity, column, sign in (("gamma_2", "lambda_opt", 1), ("gamma", "relative_epsilon_opt", -1)):
        value, sigma, note = np.nan, np.nan, "a power law needs two alphas or more"
        if len(fitted) > 1:
            law = fit_power_law(np.log10(fitted["alpha"]), np.log10(fitted[column]))
            value, sigma, note = sign * law.exponent, law.sigma, f"power law fitted to {column} at {law.points} alphas"
        rows.append(
            {
                "quantity": quantity,
                "value": value,
                "sigma": sigma,
                "alpha_min": fitted["alpha"].min(),
                "alpha_max": fitted["alpha"].max(),
                "lambda_min": fitted["lambda_opt"].min(),
                "lambda_max": fitted["lambda_opt"].max(),
                "note": note,
            }
        )
    table = pd.DataFrame(rows)
    table.insert(1, "setting", "fixed-norm")
    return table


def _gamma_1(branch: Branch, log_lambda_opt: np.ndarray) -> dict[str, np.ndarray]:
    """The local exponent between the smallest lambda and the optimum, and the window around its steepest value."""
    log_lambda = np.linspace(np.log(LAMBDA_RANGE[0]), log_lambda_opt, SLOPE_POINTS, axis=1)
    which = np.repeat(np.arange(log_lambda_opt.size), SLOPE_POINTS)
    exponent = -branch.at(which, log_lambda.ravel())[2].reshape(log_lambda.shape)
    inside = exponent >= exponent.max(axis=1, keepdims=True) - WINDOW_DEPTH
    steepest, every = exponent.argmax(axis=1), np.arange(log_lambda_opt.size)
    window = np.where(inside, exponent, np.nan)
    return {
        "gamma_1": np.nanmean(window, axis=1),
        "sigma_1": np.nanstd(window, axis=1),
        "lambda_min": np.exp(log_lambda[every, inside.argmax(axis=1)]),
        "lambda_max": np.exp(log_lambda[every, SLOPE_POINTS - 1 - inside[:, ::-1].argmax(axis=1)]),
        "gamma_1_steepest": exponent[every, steepest],
        "lambda_steepest": np.exp(log_lambda[every, steepest]),
    }


def _derivatives_in_log_alpha(alphas: np.ndarray, step: float = 0.05) -> tuple[np.ndarray, np.ndarray]:
    """gamma_2 and gamma of `local_exponents`, by five-point differences."""
    near = np.exp(np.log(alphas) + np.array([-2, -1, 1, 2])[:, None] * step).ravel()
    best = optimum_on(Branch.to_ten_alpha(near))
    relative = np.log(best.theta / np.pi / hebb(near))
    weights = np.array([1, -8, 8, -1]) / (12 * step)
    return weights @ best.log_lambda.reshape(4, -1), -weights @ relative.reshape(4, -1)


def _collapse(branch: Branch, log_lambda_opt: np.ndarray, theta_opt: np.ndarray) -> pd.DataFrame:
    log_x = np.linspace(*np.log(COLLAPSE_RANGE), COLLAPSE_POINTS)
    which, shift = np.broadcast_arrays(np.arange(log_lambda_opt.size)[:, None], log_x)
    theta = branch.at(which.ravel(), (log_lambda_opt[:, None] + shift).ravel())[0].reshape(which.shape)
    infinity = np.array([np.inf])
    best = optimum(infinity)
    limit = Branch.to_ten_alpha(infinity).at(np.zeros(log_x.size, int), best.log_lambda + log_x)[0] / best.theta
    return pd.DataFrame(
        {
            "lambda_over_opt": np.exp(shift).ravel(),
            "epsilon_over_opt": (theta / theta_opt[:, None]).ravel(),
            "limit": np.tile(limit, log_lambda_opt.size),
        }
    )
