"""Where the laws hold: one row for each network and regime, with what is known of its exponents."""

import numpy as np
import pandas as pd

from scaling.shallow.teacher import power_law

COLUMNS = [
    *("model", "regime", "gamma_1", "gamma_1_error", "gamma_2", "gamma_2_error", "gamma", "gamma_error"),
    *("q_1", "q_1_error", "q_2", "q_2_error"),
    *("collapse", "minimum", "how", "sentence"),
]
COLLAPSED = 0.1  # curves collapse if they spread by less than this share of their height, in ln R
REGIMES = {
    "edge": "weight decay at the noise's edge",
    "edge, no noise": "no noise, weight decay at the edge of the effective noise",
    "best": "best weight decay",
}
NORMS = {"shifted": "shifted norm N + N_0", "raw": "norm N itself"}
IDENTITY = (
    "law 1 is the frontier, a projection, and the best network leaves it where the noise begins, so that the product "
    "is an identity"
)
SATURATED = "; the norm saturates for g > 1, so that both exponents are negative and belong to what is missing of it"
LOGARITHM = (
    "; gamma_2 and gamma are those in n/t^2, as the threshold grows with the logarithm of the number of features"
)
OFFSET = "the offset N_0 is as large as the norm, so that the slopes drift with the range and their product is no rate"
FLOW = (
    "the early path lies on the frontier up to a factor, but these n are too small for its exponents; networks that no "
    "decay shrinks leave the frontier elsewhere"
)


def where_the_laws_hold(
    norm_laws: pd.DataFrame, spreads: pd.DataFrame, trained: pd.DataFrame, minima: pd.DataFrame
) -> pd.DataFrame:
    """The rows of this room for the table of all models.

    Parameters
    ----------
    norm_laws : as scaling.shallow.laws gives it. spreads : as scaling.shallow.paths gives it, with model and g.
    trained, minima : as scaling.shallow.trained gives them.

    Returns
    -------
    Columns as COLUMNS. An error is the drift of the exponent between the halves of its range (state evolution has no
    noise), of trained networks the standard error over sets of trainings. Exponents that cannot be told are nan.
    """
    rows = [
        _evolved(*key, table, spreads) for key, table in norm_laws.groupby(["model", "g", "at", "norm"], sort=False)
    ]
    rows += [_trained(*key, table, minima) for key, table in trained.groupby(["model", "g", "norm"], sort=False)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _values(table: pd.DataFrame, error: str) -> tuple[dict[str, float], str]:
    """The exponents with their errors, and the product beside the rate in words."""
    value, sigma = (table.set_index("quantity")[name] for name in ("value", error))
    names = ("gamma_1", "gamma_2", "gamma")
    exponents = {key: float(v) for name in names for key, v in ((name, value[name]), (f"{name}_error", sigma[name]))}
    product, rate = value["gamma_1 gamma_2"], value["gamma"]
    told = "cannot be told" if np.isnan(product) else f"{product:.2f}"
    return exponents, f"gamma_1 gamma_2 = {told}, gamma = {'cannot be told' if np.isnan(rate) else f'{rate:.2f}'}: "


def _offsets(d: int, g: float, norm: str) -> dict[str, float]:
    """Exact, of the laws in the shifted norm: R = k |N + N_0|^-gamma_1 - tail, N_opt = k n^gamma_2 - N_0.

    None are known of pure powers of the norm itself, which are no laws.
    """
    if norm == "raw":
        return {}
    teacher = power_law(d, g)
    return {"q_1": -teacher.tail, "q_1_error": 0.0, "q_2": -teacher.norm_shift, "q_2_error": 0.0}


def _evolved(model: str, g: float, at: str, norm: str, table: pd.DataFrame, spreads: pd.DataFrame) -> dict:
    exponents, compared = _values(table, "drift")
    reason = IDENTITY + SATURATED * (g > 1) + LOGARITHM * (model == "diagonal") if norm == "shifted" else OFFSET
    on = "best" if model == "diagonal" else "edge"
    how = "state evolution of many features, d = {:g}, n{} from {:.3g} to {:.3g}"
    examples = table[table["quantity"] == "gamma_2"].iloc[0]
    variable = {"raw": "", "shifted": "/t^2" if model == "diagonal" else "/d/(noise + R)"}[norm]
    if model == "quadratic":
        variable = "/d" if norm == "raw" or at == "edge, no noise" else variable
    return {
        "model": f"{model} network",
        "regime": f"{REGIMES[at]}, g = {g:g}, {NORMS[norm]}",
        **exponents,
        **_offsets(int(table["d"].iloc[0]), g, norm),
        "collapse": "not measured" if at == "edge, no noise" else _collapse(spreads, model, g, on, norm),
        "minimum": "yes",
        "how": how.format(table["d"].iloc[0], variable, examples["low"], examples["high"]),
        "sentence": compared + reason + ".",
    }


def _collapse(spreads: pd.DataFrame, model: str, g: float, on: str, norm: str) -> str:
    chosen = spreads[
        (spreads["model"] == model) & (spreads["g"] == g) & (spreads["on"] == on) & (spreads["norm"] == norm)
    ]
    words = []
    for side in ("under-fit", "over-fit"):
        found = chosen[chosen["side"] == side]
        if found["height"].notna().any():
            height = found["height"].iloc[0]
            share = found["largest_spread"].iloc[0] / height
            verdict = "yes" if share < COLLAPSED else "no"
            words.append(f"{side} side {verdict} (spread {share:.0%} of a height of {height:.2g} in ln R)")
    return "; ".join(words) or "not measured"


def _trained(model: str, g: float, norm: str, table: pd.DataFrame, minima: pd.DataFrame) -> dict:
    exponents, compared = _values(table, "error")
    of = minima[(minima["model"] == model) & (minima["g"] == g)]
    n = sorted(of["n"].unique())
    return {
        "model": f"{model} network",
        "regime": f"trained without weight decay from small weights, g = {g:g}, {NORMS[norm]}",
        **exponents,
        **_offsets(int(of["d"].iloc[0]), g, norm),
        "collapse": "not measured",
        "minimum": f"in {of['risen'].sum()} of {len(of)} trainings",
        "how": f"{of['sample'].nunique()} trainings at each n from {n[0]} to {n[-1]}, d = {of['d'].iloc[0]}",
        "sentence": compared + (FLOW if norm == "shifted" else OFFSET) + ".",
    }
