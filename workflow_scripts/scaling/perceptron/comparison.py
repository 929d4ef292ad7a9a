"""The perceptron's exponents side by side: theory, free norm, the two combined, published."""

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline

from scaling.analysis.power_law import fit_power_law
from scaling.perceptron.free_norm_exponents import SETTINGS

THEORY_PLUS_DIFFERENCE = "free-norm, theory plus paired difference"


def theory_times_ratio(curves: pd.DataFrame, theory: pd.DataFrame) -> pd.DataFrame:
    """The free norm's curve at large N: the exact fixed-norm curve times the ratio free/fixed of the same samples.

    Samples of N = 200 scatter by 5 to 10 %, and the free norm's curve with the fixed norm's. Their ratio scatters far
    less, and near the minimum it is 1 to some 1e-4. What a finite N does to both alike is gone as well.

    Parameters
    ----------
    curves : from `free_norm_exponents.mean_curves`.
    theory : alpha, lambda, epsilon at N to infinity.

    Returns
    -------
    alpha, lambda, log_time, epsilon, epsilon_sem (of the ratio), for the alphas and the range of norms that both have.
    """
    parts = []
    for alpha, free in curves[curves["method"] == "flow"].groupby("alpha"):
        exact = theory[theory["alpha"] == alpha].sort_values("lambda")
        free = free[free["lambda"].between(exact["lambda"].min(), exact["lambda"].max())]
        if len(exact) < 2 or free.empty:
            continue
        spline = CubicSpline(np.log(exact["lambda"]), np.log(exact["epsilon"]))
        at = np.exp(spline(np.log(free["lambda"])))
        columns = {"epsilon": at * free["epsilon_to_fixed"], "epsilon_sem": at * free["epsilon_to_fixed_sem"]}
        parts.append(free[["alpha", "lambda", "log_time"]].assign(**columns))
    return (
        pd.concat(parts) if parts else pd.DataFrame(columns=["alpha", "lambda", "log_time", "epsilon", "epsilon_sem"])
    )


def theory_plus_difference(optima: pd.DataFrame, dynamics: pd.DataFrame) -> pd.DataFrame:
    """gamma_2 and gamma of the free norm, sharper than from its own samples: the fixed norm's are known exactly.

    Samples scatter, and the fixed-norm solution of a sample scatters with it: the exponent of the ratio free/fixed has
    an error far smaller. Added to the exponent of the theory's exact optima over the same range of alpha, it gives the
    free norm's (a control variate). sigma holds the lack of fit of both power laws.

    Parameters
    ----------
    optima : the theory's alpha, lambda_opt, epsilon_opt, epsilon_hebb.
    dynamics : from `exponents_table`.

    Returns
    -------
    Rows as in `exponents_table`; none where the theory has fewer than 2 alphas in the range.
    """
    rows = []
    relative = optima["epsilon_opt"] / optima["epsilon_hebb"]
    for quantity, values, sign in (("gamma_2", optima["lambda_opt"], 1), ("gamma", relative, -1)):
        paired = dynamics[(dynamics["quantity"] == quantity) & (dynamics["setting"] == SETTINGS["difference"])]
        for difference in paired.to_dict("records"):
            inside = optima["alpha"].between(difference["alpha_min"], difference["alpha_max"])
            if inside.sum() < 2:
                continue
            law = fit_power_law(np.log10(optima["alpha"][inside]), np.log10(values[inside]))
            row = {
                "setting": THEORY_PLUS_DIFFERENCE,
                "value": sign * law.exponent + difference["value"],
                "sigma": np.hypot(difference["sigma"], np.nan_to_num(law.sigma)),
                "log10_k": law.intercept + difference["log10_k"],
                "note": f"theory over the same alphas: {sign * law.exponent:.4f}",
            }
            rows.append(difference | row)
    return pd.DataFrame(rows, columns=dynamics.columns)


def side_by_side(
    theory: pd.DataFrame, optima: pd.DataFrame, dynamics: pd.DataFrame, published: pd.DataFrame
) -> pd.DataFrame:
    """All exponents under each other, by quantity: column source is "ours" or "published".

    Parameters
    ----------
    theory, dynamics, published : tables with columns quantity, setting, value, sigma and more.
    optima : as in `theory_plus_difference`, whose rows are added.
    """
    ours = pd.concat([theory, dynamics, theory_plus_difference(optima, dynamics)], ignore_index=True)
    table = pd.concat([ours.assign(source="ours"), published.assign(source="published")], ignore_index=True)
    order = {quantity: place for place, quantity in enumerate(table["quantity"].unique())}
    table = table.sort_values("quantity", key=lambda quantities: quantities.map(order), kind="stable")
    leading = ["quantity", "setting", "source"]
    return table[leading + [column for column in table.columns if column not in leading]]
