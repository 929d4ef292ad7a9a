"""The covariates for those who compare models: their rows in the table of all laws, and curves of known exponents."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline

from scaling.covariates.predictions import early_exponent, predict

COLUMNS = [
    *("model", "regime", "gamma_1", "gamma_1_error", "gamma_2", "gamma_2_error", "gamma", "gamma_error"),
    *("q_1", "q_1_error", "q_2", "q_2_error"),
    *("collapse", "minimum", "how", "sentence"),
]
MODEL = "power-law features, logistic loss"
RANDOM = {"linear": "linear random features", "relu": "relu random features", "erf": "erf random features"}
COLLAPSED = 0.1  # curves collapse if the two largest n differ by no more than this
COMPARED = np.geomspace(0.1, 10, 41)  # norm over the optimal one, where they are compared
FALLS = 1e-6  # in ln of the optimal norm from n to n, beyond its accuracy
#: Ranges of n whose curves are handed over; of one there must be FEWEST.
RANGES = ((1e2, 1e4), (1e5, 1e7))
FEWEST = 3
LAW = ["a", "delta", "noise"]
SECOND = "a second early law, with another exponent, lies between the first and the minimum: the product is too large"
SATURATES = "the norm of maximum likelihood is finite: it stops growing with n, and there is no early power law"


def laws(
    exponents: pd.DataFrame,
    curves: pd.DataFrame,
    optima: pd.DataFrame,
    features: pd.DataFrame,
    isotropic: pd.DataFrame,
) -> pd.DataFrame:
    """Rows of the table of all laws: power laws region by region, with noise; the number of features as the resource.

    Parameters
    ----------
    exponents, curves, optima, features, isotropic : the room's tables of these names (isotropic: features_isotropic).

    Returns
    -------
    Columns COLUMNS. Exponents are those of n (or p) to infinity in closed form, their errors 0; where there is no
    power law, nan. The sentence says what is measured at the largest finite size.
    """
    rows = [_power_law(law, part, curves, optima) for law, part in exponents.groupby(LAW, sort=False)]
    rows += [_features(kind, part) for kind, part in features.groupby("features", sort=False)]
    rows += [_isotropic(kind, part) for kind, part in isotropic.groupby("activation", sort=False)]
    return pd.DataFrame(rows).reindex(columns=COLUMNS)


def _power_law(law: tuple, measured: pd.DataFrame, curves: pd.DataFrame, optima: pd.DataFrame) -> dict:
    a, delta, noise = law
    truth = predict(a, delta, noise)
    n = measured.loc[np.isfinite(measured["n"]), "n"]
    last = measured[measured["n"] == n.max()].set_index("quantity")["measured"]
    found = measured[measured["quantity"] == "gamma_2"]["measured"].notna()
    sentence = f"at n = {n.max():g} the local exponents are {last['gamma_1']:.3f} (the steepest), "
    sentence += f"{last['gamma_2']:.4f} and {last['gamma']:.4f}"
    if truth.region == "IV" and not noise:
        sentence += f"; {SECOND}"
    if noise and np.isnan(truth.gamma_1):
        sentence += f"; {SATURATES}"
    if noise:
        sentence += f"; the error is that above its floor of {truth.q_1:.4f}, without which no law holds"
    collapse, spread = _collapse(law, truth.q_1 if noise else 0.0, curves, optima)
    return {
        "model": MODEL,
        "regime": f"region {truth.region}: a = {a:g}, delta = {delta:g}"
        + (f", label noise {noise:g}" if noise else ""),
        **_exact(truth.gamma_1, truth.gamma_2, truth.gamma),
        **_offset(truth.q_1 if noise else 0.0),
        "collapse": collapse,
        "minimum": "yes" if found.all() else f"at {found.sum()} of {found.size} n",
        "how": f"exact (n to infinity); solved at n up to {n.max():g}",
        "sentence": sentence + spread,
    }


def _exact(gamma_1: float, gamma_2: float, gamma: float) -> dict[str, float]:
    values = {"gamma_1": gamma_1, "gamma_2": gamma_2, "gamma": gamma}
    return values | {f"{name}_error": 0.0 if np.isfinite(value) else np.nan for name, value in values.items()}


def _offset(q_1: float) -> dict[str, float]:
    """The error that is left at n to infinity and any norm. Of q_2 nothing is known: other powers of n hide it."""
    return {"q_1": q_1, "q_1_error": 0.0}


def _collapse(law: tuple, floor: float, curves: pd.DataFrame, optima: pd.DataFrame) -> tuple[str, str]:
    """Whether the curves of the two largest n are one, over their minima; and by how much they differ."""
    best = optima[(optima[LAW] == list(law)).all(axis=1) & optima["norm_opt"].notna()].sort_values("n").iloc[-2:]
    if len(best) < 2:
        return "not measured", ""
    rescaled = []
    for row in best.itertuples():
        curve = curves[(curves[LAW] == list(law)).all(axis=1) & (curves["n"] == row.n)].sort_values("norm")
        x, y = np.log(curve["norm"] / row.norm_opt), np.log((curve["epsilon"] - floor) / (row.epsilon_opt - floor))
        rescaled.append(CubicSpline(x, y, extrapolate=False)(np.log(COMPARED)))
    apart = np.abs(rescaled[1] - rescaled[0])
    if np.isnan(apart).all():
        return "not measured", ""
    both = COMPARED[np.isfinite(apart)]
    said = "; rescaled by their minima the curves of n = {:g} and {:g} differ by {:.2g} at most from {:.2g} to {:.2g}"
    said = said.format(*best["n"], np.nanmax(apart), both[0], both[-1]) + " of the optimal norm"
    return ("yes" if np.nanmax(apart) < COLLAPSED else f"no, at n up to {best['n'].iloc[-1]:g}"), said


def _features(kind: str, floors: pd.DataFrame) -> dict:
    last = floors.loc[floors["p"].idxmax()]
    name = "first p modes" if kind == "modes" else RANDOM[kind]
    assumed = (
        "; that random features are as good as Gaussian ones is assumed" if kind not in ("modes", "linear") else ""
    )
    return {
        "model": MODEL,
        "regime": f"{name}, p to infinity at n = infinity: a = {last['a']:g}, delta = {last['delta']:g}",
        **_exact(early_exponent(last["a"], last["delta"]), last["gamma_2_predicted"], last["gamma_predicted"]),
        **_offset(0.0),
        "collapse": "not measured",
        "minimum": "no",
        "how": f"exact (p to infinity); solved at p up to {last['p']:g}",
        "sentence": f"the number of features is the resource, and the error falls to the end of the path: at p = "
        f"{last['p']:g} the exponents of norm and floor are {last['gamma_2']:.3f} and {last['gamma']:.3f}{assumed}",
    }


def _isotropic(kind: str, table: pd.DataFrame) -> dict:
    falling = [
        f"{ratio:g}"
        for ratio, part in table.groupby("p_over_d")
        if (np.diff(np.log(part.sort_values("n_over_d")["norm_opt"].dropna())) < -FALLS).any()
    ]
    minima = table["norm_opt"].notna()
    falls = f"the optimal norm falls somewhere as n grows, at p/d = {', '.join(falling)}" if falling else ""
    ends = "the floor at finite p ends every power law"
    return {
        "model": f"{RANDOM[kind]} of isotropic inputs",
        "regime": f"p/d from {table['p_over_d'].min():g} to {table['p_over_d'].max():g}",
        "collapse": "not measured",
        "minimum": "yes" if minima.all() else f"at {minima.sum()} of {minima.size} points (p/d, n/d)",
        "how": f"exact curves, n/d from {table['n_over_d'].min():g} to {table['n_over_d'].max():g}; no exponents",
        "sentence": "; ".join(filter(None, (falls, ends))),
    }


def known_curves(curves: pd.DataFrame, optima: pd.DataFrame, ranges: Sequence[tuple] = RANGES) -> pd.DataFrame:
    """Exact curves with their exponents, for the table of what the procedures return.

    Parameters
    ----------
    curves, optima : as scaling.covariates.tables gives them.
    ranges : of n.

    Returns
    -------
    model, regime, P (n), log10_norm, test_error, gamma_1, gamma_2, gamma (of n to infinity; in region IV the first
    early law's). With noise the same curves twice: as they are, and above their floor, which alone obeys the laws. Only
    curves with a minimum, only laws with a gamma_1, only ranges of FEWEST curves or more.
    """
    tables = [pd.DataFrame(columns=["model", "regime", "P", "log10_norm", "test_error", "gamma_1", "gamma_2", "gamma"])]
    for law, best in optima[optima["norm_opt"].notna()].groupby(LAW, sort=False):
        truth = predict(*law)
        for low, high in ranges:
            inside = (curves[LAW] == list(law)).all(axis=1) & curves["n"].between(low, high)
            part = curves[inside & curves["n"].isin(best["n"])]
            if part["n"].nunique() < FEWEST or np.isnan(truth.gamma_1):
                continue
            for floor in (0.0, truth.q_1) if law[2] else (0.0,):
                name = f"region {truth.region}: a = {law[0]:g}, delta = {law[1]:g}"
                name += f", label noise {law[2]:g}" * bool(law[2]) + ", above the floor" * bool(floor)
                tables.append(
                    pd.DataFrame(
                        {
                            "model": MODEL,
                            "regime": f"{name}, n from {part['n'].min():g} to {part['n'].max():g}",
                            "P": np.round(part["n"]).astype(int),
                            "log10_norm": np.log10(part["norm"]),
                            "test_error": part["epsilon"] - floor,
                            "gamma_1": truth.gamma_1,
                            "gamma_2": truth.gamma_2,
                            "gamma": truth.gamma,
                        }
                    )
                )
    return pd.concat(tables[1:] or tables, ignore_index=True)
