"""The perceptron for those who compare models: its rows in the table of all laws, and curves of known exponents."""

import numpy as np
import pandas as pd

from scaling.analysis.power_law import fit_power_law
from scaling.perceptron.comparison import THEORY_PLUS_DIFFERENCE
from scaling.perceptron.free_norm_exponents import SETTINGS
from scaling.perceptron.learning_rules import hebb

COLUMNS = [
    *("model", "regime", "gamma_1", "gamma_1_error", "gamma_2", "gamma_2_error", "gamma", "gamma_error"),
    *("q_1", "q_1_error", "q_2", "q_2_error"),
    *("collapse", "minimum", "how", "sentence"),
]
COLLAPSED = 0.05  # curves collapse if they are this close to the limit's, relative, at the largest alpha
#: The limits of large alpha, of the error over that of the Hebb rule and of the error itself.
LIMITS = {"gamma_1": 0.5, "gamma_2": 1.0, "gamma": 0.5}
ERROR_ITSELF = {"gamma": 1.0}
#: There, too: the error falls to 0 along the early law, and lambda_opt / alpha is a constant up to alpha^-2.
OFFSETS = {"q_1": 0.0, "q_1_error": 0.0, "q_2": 0.0, "q_2_error": 0.0}
#: Ranges of alpha whose curves are handed over; of one there must be FEWEST.
RANGES = ((5.0, 200.0), (25.0, 1e3))
FEWEST = 3


def laws(exponents: pd.DataFrame, local: pd.DataFrame, limit: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table of all laws: fixed norm, for the error over the Hebb rule's and itself; free norm.

    Parameters
    ----------
    exponents : as scaling.perceptron.comparison.side_by_side gives it.
    local : as scaling.perceptron.theory_exponents.local_exponents gives it.
    limit : lambda, slope_free of the free norm in the limit of large alpha (large_alpha.tsv).

    Returns
    -------
    Columns COLUMNS. Errors are the standard errors of `exponents`; of the fixed norm, whose theory has no noise, how
    far the exponents are from being one number over the range.
    """
    ours = exponents[exponents["source"] == "ours"]
    fixed = _values(ours, {name: "fixed-norm" for name in LIMITS})
    fitted = ours[(ours["setting"] == "fixed-norm") & (ours["quantity"] == "gamma")].iloc[0]
    low, high = fitted["alpha_min"], fitted["alpha_max"]
    last = local.loc[local["alpha"].idxmax()]
    shape = {
        "collapse": "yes" if last["collapse_max"] < COLLAPSED else "no",
        "minimum": "yes",
        "how": f"exact theory, N to infinity, fitted over alpha from {low:g} to {high:g}",
    } | OFFSETS
    near = f"the limits of large alpha are 1/2, 1 and {{gamma}}; at alpha = {last['alpha']:g} the rescaled curve is "
    near += f"within {last['collapse_max']:.2g} of the limit's"
    itself = _itself(local[local["alpha"].between(low, high)], fixed)
    rows = [
        {"regime": "fixed norm, error over that of the Hebb rule"}
        | fixed
        | shape
        | {"sentence": near.format(gamma="1/2")},
        {"regime": "fixed norm, error itself"}
        | itself
        | shape
        | {
            "sentence": near.format(gamma="1")
            + "; the early law is another line for each alpha, as the error of the Hebb rule falls as alpha^-1/2: so "
            "gamma_1 gamma_2 is less than gamma by 1/2"
        },
        _free(ours),
        _free_limit(limit),
    ]
    return pd.DataFrame(rows).assign(model="perceptron, logistic loss").reindex(columns=COLUMNS)


def _values(ours: pd.DataFrame, settings: dict[str, str]) -> dict[str, float]:
    """Exponents with their errors, each of a setting; nan where the table has no such row."""
    found = {}
    for name, setting in settings.items():
        row = ours[(ours["quantity"] == name) & (ours["setting"] == setting)]
        found[name], found[f"{name}_error"] = row[["value", "sigma"]].iloc[0] if len(row) else (np.nan, np.nan)
    return found


def _itself(local: pd.DataFrame, fixed: dict[str, float]) -> dict[str, float]:
    """The same exponents for the error itself: relative_epsilon_opt times the Hebb rule's error."""
    if len(local) < 2:
        return fixed | {"gamma": np.nan, "gamma_error": np.nan}
    law = fit_power_law(np.log10(local["alpha"]), np.log10(local["relative_epsilon_opt"] * hebb(local["alpha"])))
    return fixed | {"gamma": -law.exponent, "gamma_error": law.sigma}


def _free(ours: pd.DataFrame) -> dict:
    paired = ours[(ours["setting"] == THEORY_PLUS_DIFFERENCE) & (ours["quantity"] == "gamma")]
    setting = THEORY_PLUS_DIFFERENCE if len(paired) else SETTINGS["flow"]
    values = _values(ours, {"gamma_1": SETTINGS["flow"], "gamma_2": setting, "gamma": setting})
    of_gamma = ours[(ours["setting"] == setting) & (ours["quantity"] == "gamma")]
    over = ", alpha from {:g} to {:g}".format(*of_gamma[["alpha_min", "alpha_max"]].iloc[0]) if len(of_gamma) else ""
    paired_words = "gamma_2 and gamma are the theory's at fixed norm plus the difference of the same samples"
    return {
        "regime": "free norm, gradient flow, error over that of the Hebb rule",
        **values,
        "collapse": "not measured",
        "minimum": "yes",
        "how": f"samples of finite N{over}" + f"; {paired_words}" * (setting == THEORY_PLUS_DIFFERENCE),
        "sentence": "gamma_1 depends on its window, as the local exponent rises above 1/2 and falls again towards the "
        "minimum",
    }


def _free_limit(limit: pd.DataFrame) -> dict:
    last, steepest = limit.loc[limit["lambda"].idxmax()], limit.loc[limit["slope_free"].idxmin()]
    return {
        "regime": "free norm, gradient flow, alpha to infinity",
        "gamma_1": LIMITS["gamma_1"],
        "gamma_1_error": 0.0,
        "q_1": OFFSETS["q_1"],
        "q_1_error": OFFSETS["q_1_error"],
        "collapse": "not measured",
        "minimum": "yes",
        "how": "exact, N to infinity first",
        "sentence": f"1 << lambda << alpha: the local exponent is {-last['slope_free']:.4f} at lambda = "
        f"{last['lambda']:g}, but {-steepest['slope_free']:.3f} at {steepest['lambda']:.2g}, so that windows there "
        "give more; gamma_2 and gamma of the flow are known from samples alone",
    }


def known_curves(theory: pd.DataFrame, optima: pd.DataFrame) -> pd.DataFrame:
    """Exact curves at fixed norm with their exponents, for the table of what the procedures return.

    Parameters
    ----------
    theory, optima : as scaling.perceptron.theory_tables gives them.

    Returns
    -------
    model, regime, P (whole numbers in proportion to alpha), log10_norm, test_error, gamma_1, gamma_2, gamma (in the
    limit of large alpha). Only curves that go to twice their minimum's norm, only ranges of FEWEST of them or more.
    """
    reach = theory.groupby("alpha")["lambda"].max()
    best = optima.set_index("alpha")["lambda_opt"]
    whole = best.index[best * 2 <= reach.reindex(best.index)]
    tables = [pd.DataFrame(columns=["model", "regime", "P", "log10_norm", "test_error", *LIMITS])]
    for low, high in RANGES:
        part = theory[theory["alpha"].between(low, high) & theory["alpha"].isin(whole)]
        if part["alpha"].nunique() < FEWEST:
            continue
        for what, error, truth in (
            ("error over that of the Hebb rule", part["epsilon"] / part["epsilon_hebb"], LIMITS),
            ("error itself", part["epsilon"], LIMITS | ERROR_ITSELF),
        ):
            tables.append(
                pd.DataFrame(
                    {
                        "model": "perceptron, logistic loss",
                        "regime": f"fixed norm, {what}, alpha from {part['alpha'].min():g} to {part['alpha'].max():g}",
                        "P": np.round(part["alpha"] * _scale(part["alpha"])).astype(int),
                        "log10_norm": np.log10(part["lambda"]),
                        "test_error": error,
                        **truth,
                    }
                )
            )
    return pd.concat(tables[1:] or tables, ignore_index=True)


def _scale(alpha: pd.Series) -> int:
    """The least power of ten that makes all alphas whole numbers, up to 1000."""
    return next((scale for scale in (1, 10, 100) if (alpha * scale % 1 == 0).all()), 1000)
