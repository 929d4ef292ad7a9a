"""The two laws of the learning curves, asked of interpolators: a row for each model and regime.

Early in training the error falls as norm^-gamma_1 for all n; the norm of least error grows as n^gamma_2; the least
error falls as n^-gamma. Here "training" is the regularised path, and for interpolators without a path, n itself.
"""

import numpy as np
import pandas as pd

from scaling.interpolators.network_laws import network_limit
from scaling.interpolators.paths import COMPARED, half_norm, limiting_exponent, ratio_to_limit

COLUMNS = ["model", "regime", "gamma_1", "gamma_1_error", "gamma_2", "gamma_2_error", "gamma", "gamma_error"]
COLUMNS += ["q_1", "q_1_error", "q_2", "q_2_error", "collapse", "minimum", "how", "sentence"]
ON_PATH = 0.05  # two curves are one where they differ by less
LOCAL = 0.1  # the most that local exponents of a law may scatter about their mean, relative
WITH_LIMIT = "on the path of n = infinity, not rescaled"  # how these curves collapse
CHANGE = 0.02  # the least change of a norm from n to n that counts


def table(paths: pd.DataFrame, p_kappa, alpha_kappa) -> pd.DataFrame:
    """All rows: of the interpolators (from closed laws) and of their regularised paths (from `paths.paths`)."""
    rows = [*_interpolators(p_kappa, alpha_kappa), *(_path(part) for _, part in paths.groupby(["a", "p"], sort=False))]
    return pd.DataFrame(rows).reindex(columns=COLUMNS)


def _exact(model: str, regime: str, gamma: float, sentence: str) -> dict:
    return {
        "model": model,
        "regime": regime,
        "gamma": gamma,
        "gamma_error": 0.0,
        "collapse": "no",
        "minimum": "no",
        "how": "exact",
        "sentence": sentence,
    }


def _interpolators(p_kappa, alpha_kappa) -> list[dict]:
    """One spike; gamma is that of the excess risk in n. No row has a gamma_1: one n gives one norm and one error."""
    rows = []
    for p, kappa in p_kappa:
        if p == 2:
            continue
        q, name = p / (p - 1), f"least l_p interpolator, p = {p:g}, one spike"
        rows += [
            _exact(
                name,
                f"d/n = {kappa:g}, no noise",
                q - 2,
                "after the elbow the error falls as n^-(q-2) while norms with r above 2(p-1) stay at the spike: no "
                "power law of the error in the norm",
            ),
            _exact(
                name,
                f"d/n = {kappa:g}, noise",
                0.0,
                "fitted noise leaves an error that does not fall with n, and norms with r < 2 grow as n^(1/r-1/2)",
            ),
            _exact(
                name,
                "fixed d, no noise, elbow << n << d",
                q,
                "after the elbow the error falls as n^-q at a nearly constant norm: no power law of error in norm",
            ),
            _exact(
                name,
                "fixed d, noise, onset of noise << n << d",
                -1.0,
                "the error of the spike falls as n^-p, but that of the bulk, which fits the noise, grows as n and wins",
            ),
        ]
    for alpha, kappa in alpha_kappa:
        x = network_limit(alpha, kappa)
        rows.append(
            _exact(
                f"diagonal network, alpha = {alpha:g}, one spike",
                f"d/n = {kappa:g}, no noise",
                0.0,
                f"small weights cost like l_2, so the spike stops at {x:.3f} of itself and the error with it, while "
                "norms with r < 2 go on growing",
            )
        )
    return rows


def _path(paths: pd.DataFrame) -> dict:
    a, p, sigma, d = (paths[column].iloc[0] for column in ("a", "p", "sigma", "d"))
    best = paths[paths["place"] == "best"].sort_values("n")
    # On the path of n = infinity, where that has lost half its error?
    norm = half_norm(paths)
    ratios = ratio_to_limit(paths, norm)
    reached, collapse = ratios.notna().all(), abs(ratios.iloc[-1] - 1) < ON_PATH
    row = {
        "model": f"least squares with |w|_p^p, p = {p:g}, weights k^-{a:g}",
        "regime": f"d = {d:g}, sigma = {sigma:g}, {_minima(best['n'])}, l_1",
        "collapse": (WITH_LIMIT if collapse else "no") if reached else "not measured",
        "minimum": _minimum(len(best), paths.loc[np.isfinite(paths["n"]), "n"].nunique()),
        "how": "exact curves; gamma_2 and gamma fitted",
    }
    early = "not all paths reach the norm at which they are compared"
    if reached:
        early = _early(paths, a, row) if collapse else _scattered(norm, ratios)
    optima = _optima(best, row)
    return row | {"sentence": f"{early}; {optima}"}


def _minimum(found: int, of: int) -> str:
    return "yes" if found == of else "only at large n" if found else "no"


def _minima(n: pd.Series) -> str:
    """At which numbers of examples the least error lies inside the path."""
    if len(n) < 2:
        return f"a minimum at n = {n.iloc[0]:g} alone" if len(n) else "no minima"
    return f"minima at n = {n.min():g} to {n.max():g}"


def _scattered(norm: float, ratios: pd.Series) -> str:
    return (
        f"noise in many small weights sets the norm: at norm {norm:.2g}, where the error of n = infinity has halved, "
        f"that of the n here is {ratios.min():.3g} to {ratios.max():.3g} times as large"
    )


def _early(paths: pd.DataFrame, a: float, row: dict) -> str:
    limit = paths[np.isinf(paths["n"])].sort_values("norm")
    slopes = [-np.interp(norm, limit["norm"], limit["slope"]) for norm in COMPARED]
    run = f"its local exponent is {slopes[0]:.2f} at norm {COMPARED[0]:g} and {slopes[-1]:.2f} at {COMPARED[-1]:g}"
    exponent = limiting_exponent(a)
    if np.isfinite(exponent):
        row |= {"gamma_1": exponent, "gamma_1_error": 0.0, "q_1": 0.0, "q_1_error": 0.0}
        return f"gamma_1 is that of n, d = infinity and large norms, which these sizes do not reach: {run}"
    return f"no power law of the error in the norm: {run}, since the norm grows like the logarithm of the weights found"


def _optima(best: pd.DataFrame, row: dict) -> str:
    """gamma_2 and gamma of the best points, where local exponents agree; else why there is none."""
    if len(best) < 3:
        return "too few minima inside the paths for exponents of them"
    log_n, said = np.log(best["n"]), []
    for name, column, sign in (("gamma_2", "norm", 1), ("gamma", "risk", -1)):
        values = sign * np.log(best[column])
        local = np.diff(values) / np.diff(log_n)
        value, spread = np.polyfit(log_n, values, 1)[0], (local.max() - local.min()) / 2
        if abs(value) > CHANGE and spread < LOCAL * abs(value):
            row |= {name: value, f"{name}_error": spread}
        else:
            said.append(f"{name} has no value: local exponents from {local.min():.3f} to {local.max():.3f}")
    return "; ".join(said) if said else "errors are half the range of the local exponents"
