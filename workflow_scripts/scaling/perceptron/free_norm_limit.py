"""Tables of the free norm for N to infinity: the ratio to the fixed norm, finite samples beside, fits over windows."""

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline

from scaling.analysis.power_law import fit_power_law
from scaling.core.errors import BadInput
from scaling.perceptron.large_alpha import LARGEST, large_alpha
from scaling.perceptron.mean_field import STEP, free_norm
from scaling.perceptron.theory import solve

# The runs of one alpha differ in their samples and in the grid in time, which is made finer by this from run to run.
FINER = 0.93
FIRST_LAMBDA = 0.05  # the first steps of the grid end below
WINDOWS = [(2, 0.15), (5, 0.15)]  # fits over a <= lambda <= b alpha, of free and fixed norm


def ratios(alpha: float, lambdas: np.ndarray, patterns: int, runs: int, seed: int) -> pd.DataFrame:
    """Free over fixed error at one alpha, N to infinity.

    Parameters
    ----------
    lambdas : rising, 0.05 or more.
    patterns : effective patterns of each run, a power of 2.
    runs : two or more, with seeds seed, seed + 1, ... and finer and finer grids in time.

    Returns
    -------
    alpha, lambda, log_ratio (log of epsilon_free / epsilon_fixed, mean over the runs), sigma (standard error of the
    mean, from the scatter of the runs), epsilon_fixed (exact), epsilon_free (by the ratio), patterns, runs. The
    accuracy of log_ratio is sigma, and no better than 2e-4.

    Raises
    ------
    BadInput for norms or a number of runs that cannot be; NotConverged naming alpha.
    """
    lambdas = np.asarray(lambdas, float)
    if not lambdas.size or lambdas[0] < FIRST_LAMBDA or not np.all(np.diff(lambdas) > 0) or runs < 2:
        raise BadInput(f"mean field: norms must rise from {FIRST_LAMBDA:g} or more, and runs be 2 or more")
    found = []
    for run in range(runs):
        path = free_norm(alpha, 1.05 * lambdas[-1], patterns, seed + run, STEP * FINER**run)
        exact = solve([alpha], path.norm).epsilon[0]
        found.append(CubicSpline(np.log(path.norm), np.log(path.epsilon / exact))(np.log(lambdas)))
    log_ratio, fixed = np.mean(found, axis=0), solve([alpha], lambdas).epsilon[0]
    return pd.DataFrame(
        {
            "alpha": alpha,
            "lambda": lambdas,
            "log_ratio": log_ratio,
            "sigma": np.std(found, axis=0, ddof=1) / np.sqrt(runs),
            "epsilon_fixed": fixed,
            "epsilon_free": fixed * np.exp(log_ratio),
            "patterns": patterns,
            "runs": runs,
        }
    )


def windows(alphas: list[float]) -> pd.DataFrame:
    """What a power law fitted over a window in lambda gives of the early laws, both of gamma_1 = 1/2.

    A window shorter than a factor of 1.5, or that goes beyond lambda = 1e4, has no row.

    Columns: alpha, lambda_min, lambda_max, fixed (exact curve at N to infinity), free (that curve times the limit's
    ratio, of which a finite alpha leaves out 1/alpha and, at lambda of order alpha, 1/alpha^2), free_minus_fixed.
    """
    rows = []
    for alpha in alphas:
        for low, fraction in WINDOWS:
            high = fraction * alpha
            if not 1.5 * low <= high <= LARGEST:
                continue
            lambdas = np.geomspace(low, high, 40)
            fixed = np.log10(solve([alpha], lambdas).epsilon[0])
            free = fixed + np.log10(large_alpha(lambdas)["ratio"].to_numpy())
            slopes = [-fit_power_law(np.log10(lambdas), curve).exponent for curve in (fixed, free)]
            rows.append((alpha, low, high, *slopes, slopes[1] - slopes[0]))
    return pd.DataFrame(rows, columns=["alpha", "lambda_min", "lambda_max", "fixed", "free", "free_minus_fixed"])


def beside_samples(mean_field: pd.DataFrame, curves: pd.DataFrame) -> pd.DataFrame:
    """The mean of paired finite samples at the norms of the mean field, as far as their own grid goes.

    Parameters
    ----------
    mean_field : from `ratios`.
    curves : from `free_norm_exponents.mean_curves`.

    Returns
    -------
    mean_field with samples (log of their mean ratio) and samples_sigma (its standard error, nan of a single sample);
    both nan at an alpha without samples.
    """
    parts = []
    for alpha, table in mean_field.groupby("alpha", sort=False):
        flow = curves[(curves["alpha"] == alpha) & (curves["method"] == "flow")].sort_values("lambda")
        values = [np.full(len(table), np.nan)] * 2
        if len(flow) > 3:
            known, wanted = np.log(flow["lambda"]), np.log(table["lambda"])
            inside = table["lambda"].between(flow["lambda"].min(), flow["lambda"].max())
            means = CubicSpline(known, np.log(flow["epsilon_to_fixed"]))(wanted)
            errors = np.interp(wanted, known, flow["epsilon_to_fixed_sem"] / flow["epsilon_to_fixed"])
            values = [np.where(inside, column, np.nan) for column in (means, errors)]
        parts.append(table.assign(samples=values[0], samples_sigma=values[1]))
    return pd.concat(parts, ignore_index=True)


def lag(curves: pd.DataFrame, adiabatic: pd.DataFrame) -> pd.DataFrame:
    """alpha^2 log(epsilon_free / epsilon_fixed) at lambda of order alpha, measured and by the adiabatic lag.

    Parameters
    ----------
    curves : from `free_norm_exponents.mean_curves`.
    adiabatic : from `adiabatic.adiabatic_paths`, of the same samples.

    Returns
    -------
    alpha, lambda_over_alpha, measured, measured_sigma, adiabatic, adiabatic_sigma, at the norms that both have; the
    sigmas are standard errors over samples, nan of a single one.
    """
    flow = curves[curves["method"] == "flow"]
    groups = adiabatic.groupby(["alpha", "lambda"])["log_ratio"]
    predicted = pd.DataFrame({"mean": groups.mean(), "sem": groups.sem()}).reset_index()
    table = flow.merge(predicted, on=["alpha", "lambda"])
    square = table["alpha"] ** 2
    return pd.DataFrame(
        {
            "alpha": table["alpha"],
            "lambda_over_alpha": table["lambda"] / table["alpha"],
            "measured": square * np.log(table["epsilon_to_fixed"]),
            "measured_sigma": square * table["epsilon_to_fixed_sem"] / table["epsilon_to_fixed"],
            "adiabatic": square * table["mean"],
            "adiabatic_sigma": square * table["sem"],
        }
    )
