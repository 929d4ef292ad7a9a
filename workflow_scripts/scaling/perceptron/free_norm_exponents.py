"""Exponents of the free norm: from the paths of gradient descent to lambda_opt, epsilon_opt and the gammas.

The paper (Section 2) could not estimate the free norm's gamma, as plain gradient descent does not reach the norms at
which large alpha has its minimum. The flow does. Every number is taken beside the fixed-norm solution of the same
samples: samples scatter by some percent, the pair by much less.

Found at N = 400 (5 or 6 samples for each alpha of 10, 15, 25, 50): epsilon_opt free/fixed is 0.99981(10) at alpha = 10
and 0.999984(13) at 50, lambda_opt is larger by 3.5% at 10 and 0.1% at 50, and gamma(free) - gamma(fixed) =
-0.00004(8): the free norm's gamma is the fixed norm's, 1/2 for large alpha. From the samples alone (with alpha = 200,
3 samples) gamma = 0.516(13), gamma_2 = 0.98(3). gamma_1 depends on its window, at alpha = 200 from 0.44 to 0.53.
"""

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline

from scaling.analysis.power_law import fit_power_law, product

SETTINGS = {
    "flow": "free-norm",
    "fixed": "fixed-norm at finite N",
    "difference": "free-norm minus fixed-norm at finite N",
}
SMALLEST_WINDOW = 3  # points of the lambda grid


def analyse(
    paths: pd.DataFrame, windows: list[tuple[float, float]], gamma_1_min_alpha: float, gamma_2_min_alpha: float
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The tables of `mean_curves`, `optima_table`, `gamma_1_windows` and `exponents_table` (of the first window)."""
    optima = sample_optima(paths)
    by_window = gamma_1_windows(paths, windows)
    first = by_window[(by_window["lambda_min"] == windows[0][0]) & (by_window["fraction"] == windows[0][1])]
    exponents = exponents_table(first, optima, gamma_1_min_alpha, gamma_2_min_alpha)
    return mean_curves(paths), optima_table(optima), by_window, exponents


# ----------------------------------------------------------------------------------------- mean curves


def mean_curves(paths: pd.DataFrame) -> pd.DataFrame:
    """Averages over samples at each norm of the common lambda grid.

    Parameters
    ----------
    paths : columns alpha, sample, method ("flow" and "fixed", the same samples), lambda, epsilon, log_time.

    Returns
    -------
    alpha, method, lambda, log_time (mean; nan for "fixed"), epsilon (geometric mean), epsilon_sem (its standard error),
    epsilon_to_fixed (geometric mean of the ratio to the fixed norm's epsilon of the same sample), epsilon_to_fixed_sem.
    """
    keys = ["alpha", "sample", "lambda"]
    fixed = paths[paths["method"] == "fixed"].set_index(keys)["epsilon"].rename("fixed")
    paths = paths.join(fixed, on=keys)
    logs = paths.assign(log_epsilon=np.log(paths["epsilon"]), log_ratio=np.log(paths["epsilon"] / paths["fixed"]))
    groups = logs.groupby(["alpha", "method", "lambda"], sort=True)
    mean, sem = groups.mean(numeric_only=True), groups[["log_epsilon", "log_ratio"]].sem()
    table = pd.DataFrame({"log_time": mean["log_time"], "epsilon": np.exp(mean["log_epsilon"])})
    table["epsilon_sem"] = table["epsilon"] * sem["log_epsilon"]
    table["epsilon_to_fixed"] = np.exp(mean["log_ratio"])
    table["epsilon_to_fixed_sem"] = table["epsilon_to_fixed"] * sem["log_ratio"]
    return table.reset_index()


# ---------------------------------------------------------------------------------------------- optima


def smooth_minimum(log_lambda: np.ndarray, log_epsilon: np.ndarray) -> tuple[float, float]:
    """The minimum of the cubic spline through a curve: (log lambda_opt, log epsilon_opt); nan at an end of the grid.

    The curve is flat at its minimum, so the grid point of least error says little about lambda_opt; the root of the
    spline's derivative beside it does not depend on the grid.
    """
    lowest = int(np.argmin(log_epsilon))
    if lowest in (0, log_epsilon.size - 1):
        return np.nan, np.nan
    spline = CubicSpline(log_lambda, log_epsilon)
    roots = spline.derivative().roots(extrapolate=False)
    beside = roots[(roots >= log_lambda[lowest - 1]) & (roots <= log_lambda[lowest + 1])]
    best = beside[np.argmin(spline(beside))]
    return float(best), float(spline(best))


def sample_optima(paths: pd.DataFrame) -> pd.DataFrame:
    """Per alpha, sample and method: log_lambda_opt, log_epsilon_opt and log_epsilon_hebb (at the smallest norm)."""
    rows = []
    for key, path in paths.groupby(["alpha", "sample", "method"], sort=True):
        path = path.sort_values("lambda")
        log_epsilon = np.log(path["epsilon"].to_numpy())
        rows.append((*key, *smooth_minimum(np.log(path["lambda"].to_numpy()), log_epsilon), log_epsilon[0]))
    columns = ["alpha", "sample", "method", "log_lambda_opt", "log_epsilon_opt", "log_epsilon_hebb"]
    return pd.DataFrame(rows, columns=columns)


def optima_table(optima: pd.DataFrame) -> pd.DataFrame:
    """Per alpha and method, over the samples whose minimum lies inside the lambda grid.

    Returns
    -------
    alpha, method, samples, censored (samples whose minimum is at an end of the grid, left out), and as geometric means
    with standard errors (_sem): lambda_opt, epsilon_opt, epsilon_hebb, and on the same samples the ratios to the fixed
    norm lambda_opt_to_fixed, epsilon_opt_to_fixed.
    """
    optima = _with_pairs(optima)
    quantities = ["lambda_opt", "epsilon_opt", "epsilon_hebb", "lambda_opt_to_fixed", "epsilon_opt_to_fixed"]
    rows = []
    for (alpha, method), group in optima.groupby(["alpha", "method"], sort=True):
        inside = group[np.isfinite(group["log_lambda_opt"])]
        row = {"alpha": alpha, "method": method, "samples": len(inside), "censored": len(group) - len(inside)}
        for quantity in quantities:
            logs = inside[f"log_{quantity}"].dropna()
            row[quantity] = np.exp(logs.mean())
            row[f"{quantity}_sem"] = row[quantity] * logs.sem()
        rows.append(row)
    return pd.DataFrame(rows)


def _with_pairs(optima: pd.DataFrame) -> pd.DataFrame:
    keys = ["alpha", "sample"]
    fixed = optima[optima["method"] == "fixed"].set_index(keys)[["log_lambda_opt", "log_epsilon_opt"]]
    paired = optima.join(fixed.add_suffix("_fixed"), on=keys)
    for quantity in ("log_lambda_opt", "log_epsilon_opt"):
        paired[f"{quantity}_to_fixed"] = paired[quantity] - paired.pop(f"{quantity}_fixed")
    return paired


# ------------------------------------------------------------------------------------------- exponents


def gamma_1_windows(paths: pd.DataFrame, windows: list[tuple[float, float]]) -> pd.DataFrame:
    """gamma_1 in every window lambda_min <= lambda <= fraction * alpha.

    Returns
    -------
    alpha, lambda_min, lambda_max, fraction, method, gamma_1 (mean over samples of minus the slope of log epsilon
    against log lambda), sigma (its standard error over samples), log10_k_1 (mean intercept), samples. Method
    "difference" is free minus fixed norm, sample by sample. A window of fewer than 3 points of the grid has no row.
    """
    rows = []
    for (alpha, method, number), path in paths.groupby(["alpha", "method", "sample"], sort=True):
        for lambda_min, fraction in windows:
            inside = path[(path["lambda"] >= lambda_min) & (path["lambda"] <= fraction * alpha)]
            if len(inside) >= SMALLEST_WINDOW:
                law = fit_power_law(np.log10(inside["lambda"]), np.log10(inside["epsilon"]))
                rows.append((alpha, lambda_min, fraction, number, method, -law.exponent, law.intercept))
    window = ["alpha", "lambda_min", "fraction"]
    slopes = pd.DataFrame(rows, columns=[*window, "sample", "method", "gamma_1", "log10_k_1"])
    slopes = _with_differences(slopes, [*window, "sample"])
    groups = slopes.groupby([*window, "method"], sort=True)
    table = groups.agg(
        gamma_1=("gamma_1", "mean"),
        sigma=("gamma_1", "sem"),
        log10_k_1=("log10_k_1", "mean"),
        samples=("sample", "count"),
    ).reset_index()
    table.insert(2, "lambda_max", table["fraction"] * table["alpha"])
    return table


def _with_differences(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """`table` and, as method "difference", flow minus fixed of every other column (where both are there)."""
    flow, fixed = (
        table[table["method"] == method].set_index(keys).drop(columns="method") for method in ("flow", "fixed")
    )
    difference = (flow - fixed).dropna().reset_index().assign(method="difference")
    return pd.concat([table, difference], ignore_index=True)


def exponents_table(
    windows: pd.DataFrame, optima: pd.DataFrame, gamma_1_min_alpha: float, gamma_2_min_alpha: float
) -> pd.DataFrame:
    """gamma_1, gamma_2, their product, and gamma measured on epsilon_opt / epsilon_hebb.

    Parameters
    ----------
    windows : from `gamma_1_windows`, for the one window that counts; gamma_1 is the mean over its alphas of at least
        `gamma_1_min_alpha` (25 in the paper), sigma follows from the errors over samples.
    optima : from `sample_optima`. gamma_2 and gamma are one power law each through all samples of all alphas of at
        least `gamma_2_min_alpha`; sigma is the standard error of its exponent: scatter and lack of fit.

    Returns
    -------
    One row per quantity (gamma_1, gamma_2, gamma_pred = gamma_1 gamma_2, gamma) and setting (free norm, fixed norm on
    the same samples, their difference sample by sample): quantity, setting, value, sigma, alpha_min, alpha_max,
    lambda_min, lambda_max (of the window at alpha_max), log10_k (of 10^log10_k alpha^exponent), note. A quantity with
    too few alphas has no row.
    """
    optima = optima.assign(log_relative_opt=optima["log_epsilon_opt"] - optima["log_epsilon_hebb"])
    optima = _with_differences(optima[np.isfinite(optima["log_lambda_opt"])], ["alpha", "sample"])
    optima = optima[optima["alpha"] >= gamma_2_min_alpha]
    windows = windows[windows["alpha"] >= gamma_1_min_alpha]
    rows = []
    for method, setting in SETTINGS.items():
        found = [
            _mean_gamma_1(windows[windows["method"] == method]),
            _power_law("gamma_2", optima[optima["method"] == method], "log_lambda_opt", 1),
            _power_law("gamma", optima[optima["method"] == method], "log_relative_opt", -1),
        ]
        if method != "difference" and found[0] and found[1]:
            found.insert(2, _product(*found[:2]))
        rows += [{"quantity": row.pop("quantity"), "setting": setting} | row for row in found if row]
    columns = [
        "quantity",
        "setting",
        "value",
        "sigma",
        "alpha_min",
        "alpha_max",
        "lambda_min",
        "lambda_max",
        "log10_k",
        "note",
    ]
    return pd.DataFrame(rows, columns=columns)


def _mean_gamma_1(windows: pd.DataFrame) -> dict | None:
    if windows.empty:
        return None
    return {
        "quantity": "gamma_1",
        "value": windows["gamma_1"].mean(),
        "sigma": np.sqrt((windows["sigma"] ** 2).sum(skipna=False)) / len(windows),
        "alpha_min": windows["alpha"].min(),
        "alpha_max": windows["alpha"].max(),
        "lambda_min": windows["lambda_min"].min(),
        "lambda_max": windows["lambda_max"].max(),
        "note": f"lambda <= {windows['fraction'].iloc[0]:g} alpha; the value depends on the window",
    }


def _power_law(quantity: str, optima: pd.DataFrame, column: str, sign: int) -> dict | None:
    if optima["alpha"].nunique() < 2:
        return None
    law = fit_power_law(np.log10(optima["alpha"]), optima[column] / np.log(10))
    return {
        "quantity": quantity,
        "value": sign * law.exponent,
        "sigma": law.sigma,
        "alpha_min": optima["alpha"].min(),
        "alpha_max": optima["alpha"].max(),
        "log10_k": law.intercept,
        "note": f"through {law.points} samples",
    }


def _product(gamma_1: dict, gamma_2: dict) -> dict:
    value, sigma = product(gamma_1["value"], gamma_1["sigma"], gamma_2["value"], gamma_2["sigma"])
    return {"quantity": "gamma_pred", "value": value, "sigma": sigma, "note": "gamma_1 gamma_2"}
