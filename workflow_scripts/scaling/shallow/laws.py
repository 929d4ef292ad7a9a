"""The two laws in the norm and their product, by state evolution, in the shifted norm and in the norm itself.

Law 1 is read on the path of the largest n, from the noise's edge to a few features; law 2 and the rate on the best
networks of all n. "Shifted" coordinates are N + N_0 and R + tail, which are power laws up to corrections; "raw" ones
are N and R. The error of an exponent is its drift: half the difference between the exponents of the two halves of its
range.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scaling.shallow import diagonal, frontier, limit
from scaling.shallow.frontier import Frontier
from scaling.shallow.teacher import Teacher, power_law

FEW, EDGE = 4.0, 2.0  # law 1 is read from tau = EDGE times that of the best to the tau that leaves FEW features
PATH_POINTS = 60
COLUMNS = ["model", "d", "g", "at", "norm", "quantity", "theory", "value", "drift", "low", "high"]


@dataclass(frozen=True)
class Curves:
    """The best networks of growing n, and the early part of the path of the largest n.

    Attributes
    ----------
    x : what law 2 is stated in: n, or n over what it is not a power of, [n].
    best_norm, best_risk : [n].
    norm, risk : along the path.
    teacher : the target.
    """

    x: np.ndarray
    best_norm: np.ndarray
    best_risk: np.ndarray
    norm: np.ndarray
    risk: np.ndarray
    teacher: Teacher


def quadratic_curves(target: Frontier, n_eff: np.ndarray, noise: float, at: str) -> Curves:
    """The quadratic network with few features learned (`scaling.shallow.limit`).

    x is n_eff / (Delta + R), without noise n_eff.

    Parameters
    ----------
    n_eff : n / d, rising.
    at : "edge": the networks at the noise's edge, t = 2; "best": at the smallest risk, a little below.
    """
    t = np.full(n_eff.shape, 2.0)
    if at == "best":
        grid = np.linspace(1.7, 2.0, 3001)
        t = grid[np.nanargmin(limit.at_threshold(target, n_eff[:, None], grid, noise)[1], axis=1)]
    _, best_risk, best_norm = limit.at_threshold(target, n_eff, t, noise)
    edge = limit.at_threshold(target, n_eff[-1:], t[-1:], noise)[0][0]
    thresholds = np.geomspace(EDGE * t[-1], target.teacher.c / edge, PATH_POINTS)
    s, risk, norm = limit.at_threshold(target, n_eff[-1], thresholds, noise)
    early = s * thresholds < target.teacher.c * FEW**-target.teacher.g
    x = n_eff / (noise + best_risk) if noise > 0 else n_eff
    return Curves(x, best_norm, best_risk, norm[early], risk[early], target.teacher)


def diagonal_curves(teacher: Teacher, n: np.ndarray, noise: float) -> Curves:
    """The diagonal network at its best weight decay, x = n / t^2: its threshold grows with a logarithm."""
    best = diagonal.optimum(teacher, n, noise)
    thresholds = np.geomspace(EDGE * best.t[-1], teacher.c / best.width[-1], PATH_POINTS)
    path = diagonal.at_threshold(teacher, n[-1], thresholds, noise)
    early = path.tau < teacher.c * FEW**-teacher.g
    return Curves(n / best.t**2, best.norm, best.risk, path.norm[early], path.risk[early], teacher)


def exponents(curves: Curves, n: np.ndarray) -> pd.DataFrame:
    """gamma_1, gamma_2, their product and gamma in both coordinates.

    Columns: norm ("shifted", "raw"), quantity, value, drift, and low and high, the range of the abscissa: of the
    shifted or raw norm for gamma_1, of the curves' x for the others ("raw": of n itself).
    """
    shift, tail = curves.teacher.norm_shift, curves.teacher.tail
    tables = []
    for norm, offset, below, x in (("shifted", shift, tail, curves.x), ("raw", 0.0, 0.0, n)):
        best_norm, path_norm = np.abs(curves.best_norm + offset), np.abs(curves.norm + offset)
        slopes = {
            "gamma_1": (path_norm, curves.risk + below, -1),
            "gamma_2": (x, best_norm, 1),
            "gamma": (x, curves.best_risk + below, -1),
        }
        found = {quantity: _exponent(*given) for quantity, given in slopes.items()}
        (one, one_drift), (two, two_drift) = found["gamma_1"], found["gamma_2"]
        found["gamma_1 gamma_2"] = one * two, float(np.hypot(one_drift * two, two_drift * one))
        ranges = {quantity: _range(given[0]) for quantity, given in slopes.items()}
        ranges["gamma_1 gamma_2"] = ranges["gamma_2"]
        rows = [(norm, quantity, *found[quantity], *ranges[quantity]) for quantity in found]
        tables.append(pd.DataFrame(rows, columns=["norm", "quantity", "value", "drift", "low", "high"]))
    return pd.concat(tables, ignore_index=True)


def _exponent(x: np.ndarray, y: np.ndarray, sign: int) -> tuple[float, float]:
    """sign d ln y / d ln x over the range, and its drift; nan for fewer than two points in a half of the range."""
    learned = (x > 0) & (y > 0)
    log_x, log_y = np.log(x[learned]), np.log(y[learned])
    if log_x.size < 3:
        return np.nan, np.nan
    middle = (log_x.min() + log_x.max()) / 2
    halves = log_x <= middle, log_x >= middle
    if min(np.unique(log_x[half]).size for half in halves) < 2:
        return np.nan, np.nan
    whole, low, high = (float(np.polyfit(log_x[part], log_y[part], 1)[0]) for part in (slice(None), *halves))
    return sign * whole, abs(high - low) / 2


def _range(x: np.ndarray) -> tuple[float, float]:
    return (x.min(), x.max()) if x.size else (np.nan, np.nan)


def norm_laws(decays: list[float], quadratic_d: int, diagonal_d: int, points: int, noise: float) -> pd.DataFrame:
    """The laws of both networks for each g; columns as COLUMNS.

    theory is the limit of large n and d, in shifted coordinates; in the norm itself there are no exponents.
    """
    tables = []
    for g in decays:
        target, teacher = Frontier(quadratic_d, g), power_law(diagonal_d, g)
        few, many = np.geomspace(1e-3, 1, points) * quadratic_d, np.geomspace(1e3, 1e6, points)
        settings = [
            ("quadratic", "edge", noise, few, quadratic_curves(target, few, noise, "edge")),
            ("quadratic", "edge, no noise", 0.0, few / 10, quadratic_curves(target, few / 10, 0.0, "edge")),
            ("quadratic", "best", noise, few / 100, quadratic_curves(target, few / 100, noise, "best")),
            ("diagonal", "best", noise, many, diagonal_curves(teacher, many, noise)),
        ]
        for model, at, Delta, n, curves in settings:
            theory = {
                "gamma_1": frontier.gamma_1(g),
                "gamma_2": frontier.gamma_2(g, Delta),
                "gamma": frontier.gamma(g, Delta),
            }
            theory["gamma_1 gamma_2"] = theory["gamma"]
            table = exponents(curves, n).assign(model=model, d=curves.teacher.d, g=g, at=at)
            table["theory"] = table["quantity"].map(theory).where(table["norm"] == "shifted")
            tables.append(table[COLUMNS])
    return pd.concat(tables, ignore_index=True)
