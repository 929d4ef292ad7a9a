"""Risk against norm at fixed n, for all weight decays, and whether the curves of all n fall onto one.

A curve is rescaled by its best point (`on` "best") or by its point at the noise's edge, t = 2 (`on` "edge"), in the
shifted coordinates N + N_0 and R + tail or in N and R themselves.
"""

import numpy as np
import pandas as pd

from scaling.core.errors import BadInput
from scaling.shallow import diagonal, limit, quadratic
from scaling.shallow.frontier import Frontier
from scaling.shallow.teacher import power_law

POINTS = 24  # of a path, on each side of its best
SAMPLED = 41  # abscissas at which the spread between curves is taken
#: Of `edge_curves`: n_eff / d of the fewest and the most examples, so that K/d stays small on the over-fit side.
EDGE_EXAMPLES = {"under-fit": (3e-3, 1.0), "over-fit": (3e-5, 1e-2)}
EDGE_CURVES, EDGE_POINTS = 6, 241
LOWEST_FALL = 0.8  # of t below 2
COMPARED = 10.0  # curves are compared within this factor of the point that they are rescaled by
SMALLEST_SHARE = 1e-3  # of the best norm: where a path begins


def quadratic_paths(g: float, d: int, per_d: list[float], noise: float) -> pd.DataFrame:
    """Exact paths of the quadratic network for n = d times each of `per_d`: columns of `States`, side, frontier."""
    teacher, target = power_law(d, g), Frontier(d, g)
    table = pd.concat([quadratic.path(teacher, d * share, noise, POINTS) for share in per_d], ignore_index=True)
    return table.assign(frontier=target.risk(table["norm"].to_numpy()))


def diagonal_paths(g: float, d: int, n: list[float], noise: float) -> pd.DataFrame:
    """Paths of the diagonal network; columns as `quadratic_paths`.

    Raises BadInput for an n at which the best network's threshold is above all features.
    """
    teacher, target, tables = power_law(d, g), Frontier(d, g), []
    n = np.asarray(n, float)
    interpolator = diagonal.at_weight_decay(teacher, n, np.zeros(n.size), noise).t
    best = diagonal.optimum(teacher, n, noise)
    for i, examples in enumerate(n):
        if best.tau[i] >= teacher.c:
            raise BadInput(
                f"config key shallow.paths: at g = {g:g} and diagonal_d = {d}, {examples:g} examples are too few to"
                " learn a single feature"
            )
        over = interpolator[i] + (best.t[i] - interpolator[i]) * np.linspace(1, 1e-3, POINTS)[1:]
        # Steps of the norm, not of t: the last feature's norm falls from a fifth of it to nothing within one part of t.
        norms = np.geomspace(SMALLEST_SHARE * best.norm[i], target.norm(best.tau[i]), 2 * POINTS)
        under = target.threshold(norms) / np.sqrt((noise + target.risk(norms)) / examples)
        under = np.sort(np.concatenate([under[under > best.t[i]], best.t[i] * (1 + np.geomspace(1e-3, 1, POINTS))]))
        for side, t in (("best", best.t[i : i + 1]), ("over-fit", over), ("under-fit", under)):
            table = diagonal.at_threshold(teacher, examples, t, noise).table().assign(side=side)
            tables.append(table[(table["weight_decay"] > 0) & (table["norm"] > SMALLEST_SHARE * best.norm[i])])
    table = pd.concat(tables, ignore_index=True)
    return table.assign(frontier=target.risk(table["norm"].to_numpy()))


def edge_curves(g: float, d: int, noise: float) -> pd.DataFrame:
    """The quadratic network with few features learned, rescaled by its point at the noise's edge, t = 2.

    The under-fit side (t > 2) is exact as K/d goes to 0, the over-fit side (t < 2) is that of `limit.risk_and_norm`.

    Columns: n (n_eff, the examples per input), side, on, norm ("shifted", "raw"), x, y.
    """
    target, tables = Frontier(d, g), []
    for side, shares in EDGE_EXAMPLES.items():
        n_eff = d * np.geomspace(*shares, EDGE_CURVES)[:, None]
        if side == "under-fit":
            s_edge = limit.at_threshold(target, n_eff, 2.0, noise)[0]
            t = 2 * (target.teacher.c / s_edge / 2) ** np.linspace(0, 1, EDGE_POINTS)
        else:
            t = 2 - np.concatenate([[0], np.geomspace(1e-3, LOWEST_FALL, EDGE_POINTS)])
        _, risk, norm = limit.at_threshold(target, n_eff, t, noise)
        for i, n in enumerate(n_eff[:, 0]):
            exists = np.isfinite(risk[i])
            table = rescaled(norm[i, exists], risk[i, exists], norm[i, 0], risk[i, 0], target)
            tables.append(table.assign(n=n, side=side, on="edge"))
    return pd.concat(tables, ignore_index=True)


def best_curves(paths: pd.DataFrame, target: Frontier) -> pd.DataFrame:
    """Paths rescaled by their best points; columns as `edge_curves`."""
    tables = []
    for n, path in paths.groupby("n"):
        best = path[path["side"] == "best"].iloc[0]
        for side in ("under-fit", "over-fit"):
            chosen = path[path["side"].isin([side, "best"])]
            table = rescaled(chosen["norm"].to_numpy(), chosen["risk"].to_numpy(), best["norm"], best["risk"], target)
            tables.append(table.assign(n=n, side=side, on="best"))
    return pd.concat(tables, ignore_index=True)


def rescaled(
    norm: np.ndarray, risk: np.ndarray, norm_there: float, risk_there: float, target: Frontier
) -> pd.DataFrame:
    """Points over a reference point, in both coordinates; points whose norm has another sign are left out."""
    shift, tail = target.teacher.norm_shift, target.teacher.tail
    tables = []
    for name, offset, below in (("shifted", shift, tail), ("raw", 0.0, 0.0)):
        if norm_there + offset == 0:  # nothing is learned there
            continue
        x, y = (norm + offset) / (norm_there + offset), (risk + below) / (risk_there + below)
        kept = x > 0
        tables.append(pd.DataFrame({"norm": name, "x": x[kept], "y": y[kept]}))
    return pd.concat(tables, ignore_index=True)


def spreads(curves: pd.DataFrame) -> pd.DataFrame:
    """How far the rescaled curves of all n lie from each other: the range of ln y over n.

    They are compared at the abscissas that all of them reach, within a factor COMPARED of 1.

    Columns: those of `curves` that name a set (all but n, x, y), curves (their number), median and largest spread in
    ln y, height (the largest |ln y|, mean over the curves: what the spread is to be compared with), smallest and
    largest x compared. nan where curves share no abscissas.
    """
    names = [name for name in curves.columns if name not in ("n", "x", "y")]
    rows = []
    for key, group in curves.groupby(names, sort=False):
        logs = [np.log(curve[["x", "y"]].to_numpy()[curve["x"].argsort()]).T for _, curve in group.groupby("n")]
        low = max(-np.log(COMPARED), *(x[0] for x, _ in logs))
        high = min(np.log(COMPARED), *(x[-1] for x, _ in logs))
        spread, height = np.array([np.nan]), np.nan
        if high > low:
            at = np.linspace(low, high, SAMPLED)
            together = np.array([np.interp(at, x, y) for x, y in logs])
            spread, height = np.ptp(together, axis=0), np.abs(together).max(axis=1).mean()
        rows.append((*key, len(logs), np.median(spread), spread.max(), height, np.exp(low), np.exp(high)))
    measures = ["curves", "median_spread", "largest_spread", "height", "x_low", "x_high"]
    return pd.DataFrame(rows, columns=[*names, *measures])
