"""The two laws on networks trained without weight decay: exponents of each set of trainings, and their scatter.

A set is one training at each n. In it gamma_1 is read between EARLY of the norms of the smallest risks, as the mean
over n; gamma_2 and gamma on the smallest risks of those n at which the risk of every training has risen again.
"""

import numpy as np
import pandas as pd

from scaling.shallow import diagonal, quadratic
from scaling.shallow.teacher import power_law

EARLY = (0.2, 0.6)
QUANTITIES = ["gamma_1", "gamma_2", "gamma_1 gamma_2", "gamma"]


def minima(paths: pd.DataFrame, noise: float) -> pd.DataFrame:
    """The smallest risk of each training, beside the network at the best weight decay.

    Parameters
    ----------
    paths : rows as scaling.shallow.training gives them, with model, g and d.

    Returns
    -------
    One row per training: model, g, d, n, sample, norm, risk, risen; early_over_frontier (median of R / R_f(N) in the
    early window); state_evolution_norm and state_evolution_risk (at the best weight decay).
    """
    rows = []
    for key, path in paths.groupby(["model", "g", "d", "n", "sample"]):
        best = path.loc[path["risk"].idxmin()]
        early = _early(path, best["norm"])
        over = (early["risk"] / early["frontier"]).median()
        rows.append((*key, best["norm"], best["risk"], bool(path["risen"].iloc[0]), over))
    columns = ["model", "g", "d", "n", "sample", "norm", "risk", "risen", "early_over_frontier"]
    table = pd.DataFrame(rows, columns=columns)
    return table.merge(_at_the_best_weight_decay(table, noise), on=["model", "g", "d", "n"])


def _early(path: pd.DataFrame, norm: float) -> pd.DataFrame:
    return path[path["norm"].between(EARLY[0] * norm, EARLY[1] * norm)]


def _at_the_best_weight_decay(table: pd.DataFrame, noise: float) -> pd.DataFrame:
    rows = []
    for model, g, d, n in table[["model", "g", "d", "n"]].drop_duplicates().itertuples(index=False):
        teacher = power_law(int(d), g)
        if model == "diagonal":
            state = diagonal.optimum(teacher, np.array([float(n)]), noise).table().iloc[0]
        else:
            state = quadratic.path(teacher, float(n), noise, 0).iloc[0]
        rows.append((model, g, d, n, state["norm"], state["risk"]))
    return pd.DataFrame(rows, columns=["model", "g", "d", "n", "state_evolution_norm", "state_evolution_risk"])


def exponents(paths: pd.DataFrame, best: pd.DataFrame) -> pd.DataFrame:
    """The exponents, mean and standard error over sets of trainings, and those of state evolution at the same n.

    Parameters
    ----------
    paths, best : as for, and from, `minima`.

    Returns
    -------
    Columns model, g, norm ("shifted", "raw"), quantity, value, error, sets, state_evolution (of gamma_2 and gamma: at
    the best weight decay of the same n). nan where fewer than two n have a minimum, or a shifted norm changes its sign.
    """
    rows = []
    for (model, g), minima_of in best.groupby(["model", "g"]):
        teacher = power_law(int(minima_of["d"].iloc[0]), g)
        turned = minima_of[minima_of.groupby("n")["risen"].transform("all")]
        theory = turned.groupby("n")[["state_evolution_norm", "state_evolution_risk"]].first()
        for norm, shift, tail in (("shifted", teacher.norm_shift, teacher.tail), ("raw", 0.0, 0.0)):
            sets = []
            for sample, one in minima_of.groupby("sample"):
                chosen = paths[(paths["model"] == model) & (paths["g"] == g) & (paths["sample"] == sample)]
                sets.append(_of_a_set(chosen, one, turned[turned["sample"] == sample], shift, tail))
            found = pd.DataFrame(sets, columns=QUANTITIES)
            n, theory_norm, theory_risk = theory.index.to_numpy(float), *theory.to_numpy().T
            expected = {
                "gamma_2": _slope(n, theory_norm + shift),
                "gamma": -_slope(n, theory_risk + tail),
            }
            for quantity in QUANTITIES:
                values = found[quantity].dropna()
                value, error = (values.mean(), values.sem()) if len(values) == len(found) else (np.nan, np.nan)
                rows.append((model, g, norm, quantity, value, error, len(values), expected.get(quantity, np.nan)))
    columns = ["model", "g", "norm", "quantity", "value", "error", "sets", "state_evolution"]
    return pd.DataFrame(rows, columns=columns)


def _of_a_set(
    paths: pd.DataFrame, best: pd.DataFrame, turned: pd.DataFrame, shift: float, tail: float
) -> tuple[float, ...]:
    """QUANTITIES of one training at each n, gamma_2 and gamma of the minima `turned` alone."""
    slopes = []
    for n, norm in zip(best["n"], best["norm"], strict=True):
        early = _early(paths[paths["n"] == n], norm)
        slopes.append(-_slope(early["norm"].to_numpy() + shift, early["risk"].to_numpy() + tail))
    gamma_1 = float(np.mean(slopes))
    gamma_2 = _slope(turned["n"].to_numpy(float), turned["norm"].to_numpy() + shift)
    gamma = -_slope(turned["n"].to_numpy(float), turned["risk"].to_numpy() + tail)
    return gamma_1, gamma_2, gamma_1 * gamma_2, gamma


def _slope(x: np.ndarray, y: np.ndarray) -> float:
    """d ln |y| / d ln |x|; nan for fewer than two points, or where x or y changes its sign."""
    one_sign = all(np.all(values > 0) or np.all(values < 0) for values in (x, y))
    return float(np.polyfit(np.log(np.abs(x)), np.log(np.abs(y)), 1)[0]) if one_sign and x.size > 1 else np.nan
