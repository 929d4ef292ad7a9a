"""The authors' procedure, exactly (paper App. F), on log10 quantities: norms reach 1e75."""

import numpy as np
import pandas as pd

from scaling.analysis.power_law import PowerLaw, fit_power_law, product
from scaling.analysis.settings import FitWindow

GAMMA_1_COLUMNS = ["P", "gamma_1", "sigma_1", "intercept"]


def authors_exponents(
    curves: pd.DataFrame, optima: pd.DataFrame, window: FitWindow | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Exponents with windows chosen by a person.

    Parameters
    ----------
    curves, optima : mean curves and their optima (scaling.analysis.mean_curves).
    window : the choices. No value is no bound; where nothing at all is said about gamma_1, `default_window` chooses.

    Returns
    -------
    exponents : one row, procedure "authors": gamma_1, gamma_2, gamma_pred = gamma_1 gamma_2, gamma_meas, their
        standard errors, sigma (of the difference gamma_pred - gamma_meas), the window used, number_of_P, censored_P (P
        where most runs' minimum is their last point), and the prefactors log10_k_1 (of epsilon/epsilon_opt against
        lambda/lambda_opt, mean over P), log10_k_2, log10_k_meas. nan where there are too few points to fit.
    local : one row per P that gamma_1 was fitted at: gamma_1, sigma_1, and intercept, the log10 of the line
        epsilon/epsilon_opt = 10**intercept (lambda/lambda_opt)**(-gamma_1).

    Notes
    -----
    gamma_1 = mean over P of -slope, sigma_1 = sqrt(sum(sigma_slope^2 / n)) (n values of P; not the error of that mean);
    gamma_2 from l_0, the mean over seeds of lambda at each run's own minimum, against P; gamma_meas from epsilon_opt
    against P. A P with fewer than three points inside the window is left out of gamma_1: two have no error.
    """
    window = default_window(curves, optima, window or FitWindow())
    local = _local_lines(curves, optima, window)
    many = len(local) > 0
    gamma_1 = local["gamma_1"].mean() if many else np.nan
    sigma_1 = np.sqrt((local["sigma_1"] ** 2).sum() / len(local)) if many else np.nan
    law_2 = _law_in_P(optima, "log10_l_0", window.gamma_2_min_P)
    law_meas = _law_in_P(
        optima.assign(log10_error_opt=_log10(optima["error_opt"])), "log10_error_opt", window.gamma_meas_min_P
    )
    gamma_pred, sigma_pred = product(gamma_1, sigma_1, law_2.exponent, law_2.sigma)
    row = {
        "procedure": "authors",
        "gamma_1": gamma_1,
        "sigma_1": sigma_1,
        "gamma_2": law_2.exponent,
        "sigma_2": law_2.sigma,
        "gamma_pred": gamma_pred,
        "sigma_pred": sigma_pred,
        "gamma_meas": -law_meas.exponent,
        "sigma_meas": law_meas.sigma,
        "sigma": np.hypot(sigma_pred, law_meas.sigma),
        "gamma_1_min_P": window.gamma_1_min_P,
        "x_left": window.x_left,
        "x_right": window.x_right,
        "gamma_2_min_P": window.gamma_2_min_P,
        "gamma_meas_min_P": window.gamma_meas_min_P,
        "log10_k_1": local["intercept"].mean() if many else np.nan,
        "log10_k_2": law_2.intercept,
        "log10_k_meas": law_meas.intercept,
        "number_of_P": len(optima),
        "censored_P": int((2 * optima["censored"] > optima["runs"]).sum()),
    }
    numbers = pd.DataFrame([row]).drop(columns="procedure").astype(float)
    numbers[["number_of_P", "censored_P"]] = numbers[["number_of_P", "censored_P"]].astype(int)
    numbers.insert(0, "procedure", row["procedure"])
    return numbers, local


def default_window(curves: pd.DataFrame, optima: pd.DataFrame, window: FitWindow) -> FitWindow:
    """Fill in what the window leaves open.

    A minimum P that is not given is the smallest P. If none of gamma_1_min_P, x_left, x_right is given, the gamma_1
    fit takes every P from its first point to halfway, in decades, between there and the optimum (halfway: the median
    over P, since the window is one for all P): before the curve bends towards its minimum, without looking at it.
    """
    smallest = float(optima["P"].min())
    filled = {
        name: smallest
        for name in ("gamma_1_min_P", "gamma_2_min_P", "gamma_meas_min_P")
        if getattr(window, name) is None
    }
    if window.gamma_1_min_P is None and window.x_left is None and window.x_right is None:
        start = curves.groupby("P")["log10_norm"].min()
        decades = (start - optima.set_index("P")["log10_lambda_opt"]).median()
        if np.isfinite(decades):
            filled["x_right"] = float(10 ** (decades / 2))
    return window.model_copy(update=filled)


def _local_lines(curves: pd.DataFrame, optima: pd.DataFrame, window: FitWindow) -> pd.DataFrame:
    left = -np.inf if window.x_left is None else np.log10(window.x_left)
    right = np.inf if window.x_right is None else np.log10(window.x_right)
    minimum = optima.set_index("P")
    lines = []
    for P, curve in curves[curves["P"] >= window.gamma_1_min_P].groupby("P"):
        log10_x = (curve["log10_norm"] - minimum.loc[P, "log10_lambda_opt"]).to_numpy()
        with np.errstate(invalid="ignore"):  # an error of zero against a smallest one of zero: no point
            log10_y = _log10(curve["error_mean"]) - _log10(minimum.loc[P, "error_opt"])
        law = _fit(log10_x, log10_y, (left <= log10_x) & (log10_x <= right))
        if np.isfinite(law.sigma):
            lines.append((P, -law.exponent, law.sigma, law.intercept))
    return pd.DataFrame(lines, columns=GAMMA_1_COLUMNS)


def _law_in_P(optima: pd.DataFrame, column: str, min_P: float | None) -> PowerLaw:
    P, log10_y = optima["P"].to_numpy(float), optima[column].to_numpy(float)
    return _fit(np.log10(P), log10_y, min_P <= P)


def _log10(values: np.ndarray) -> np.ndarray:
    """log10, -inf (which no fit uses) for an error of zero."""
    with np.errstate(divide="ignore"):
        return np.log10(np.asarray(values, float))


def _fit(log10_x: np.ndarray, log10_y: np.ndarray, use: np.ndarray) -> PowerLaw:
    """The power law through the points to use; all nan where they are too few."""
    try:
        return fit_power_law(log10_x[use], log10_y[use])
    except ValueError:
        return PowerLaw(np.nan, np.nan, np.nan, int(use.sum()))
