"""Error against norm along the regularised path, for true weights k^-a: the analogue of a learning curve.

|y - X w|^2 / (2 mu) + sum |w_i|^p / p with mu falling to 0: the norm grows from 0 to that of the interpolator. All by
state evolution. At n = infinity there is no noise left and w_k = prox(k^-a): the path that the others can collapse on.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline

from scaling.interpolators.gaussian import log_prox
from scaling.interpolators.potentials import PNorm
from scaling.interpolators.state_evolution import Problem, Solution, solve

ONE_BY_ONE = 32  # the largest weights; of the others, Gauss-Legendre points in log k with their counts
PANEL, PER_PANEL = 2.0, 10  # length in log k, points
NODES = 112  # of an integral: 1e-8 along these paths
SMALLEST_NORM = 0.02  # |w|_1 at which paths begin
LAST_PENALTY = 0.01  # mu / n at which they end, before mu = 0, in units of the interpolator's lambda
NEAR = 2  # rounds of refinement of a minimum
#: norms at which paths are compared with that of n = infinity
COMPARED = (1.0, 1.5, 2.0, 3.0)


def power_law_weights(a: float, d: float) -> tuple[np.ndarray, np.ndarray]:
    """Weights k^-a of k = 1 .. d, and how many coordinates each stands for; sums over k to 1e-6.

    A sum of f(k) from K + 1 on is the integral of f from K + 1/2, but for f'/24 there, which is (f(K+1) - f(K)) / 24.
    """
    if d <= 2 * ONE_BY_ONE:
        return np.arange(1, int(d) + 1) ** -a, np.ones(int(d))
    low, high = np.log(ONE_BY_ONE + 0.5), np.log(d + 0.5)
    edges = np.linspace(low, high, int(np.ceil((high - low) / PANEL)) + 1)
    x, weight = np.polynomial.legendre.leggauss(PER_PANEL)
    half = np.diff(edges)[:, None] / 2
    k = np.exp((edges[:-1, None] + half * (1 + x)).ravel())
    first, counts = np.arange(1.0, ONE_BY_ONE + 2), np.ones(ONE_BY_ONE + 1)
    counts[-2:] = 1 - 1 / 24, 1 / 24
    return np.concatenate([first, k]) ** -a, np.concatenate([counts, (half * weight).ravel() * k])


def limiting_path(a: float, p: float, d: float, lambdas: np.ndarray) -> pd.DataFrame:
    """The path of n = infinity at lambdas: columns lambda, norm (|w|_1), risk, slope (d log risk / d log norm)."""
    truth, counts = power_law_weights(a, d)
    potential, lambda_ = PNorm(p), np.asarray(lambdas, float)[:, None]
    log_w = log_prox(potential, lambda_, np.broadcast_to(truth, (len(lambdas), truth.size)))
    w = np.exp(log_w)
    dual, dual_slope = potential.dual(log_w)
    error, change = -lambda_ * dual, -dual * w / (w + lambda_ * dual_slope)  # w - w*, dw / dlambda
    norm, risk = w @ counts, error**2 @ counts
    slope = (2 * error * change) @ counts / risk / (change @ counts / norm)
    return pd.DataFrame({"lambda": lambdas, "norm": norm, "risk": risk, "slope": slope})


def limiting_exponent(a: float, r: float = 1.0) -> float:
    """gamma_1 of the path of n, d = infinity in the norm l_r: (2a - 1) / (1/r - a) for a r < 1; nan where it is no law.

    With the K largest weights found, the error is K^-(2a-1) and |w|_r is K^(1/r - a). At a r = 1 the norm grows like
    log K, beyond it stays finite.
    """
    return (2 * a - 1) / (1 / r - a) if a * r < 1 else np.nan


def paths(a: float, p: float, d: float, n: Sequence[float], sigma: float, points: int) -> pd.DataFrame:
    """The paths of all n, of n = infinity, and the best of each.

    Columns
    -------
    a, p, d, sigma, n (inf: the limit)
    place : "path", "interpolator" (mu = 0, the end of the path) or "best" (least risk of the path).
    penalty : mu / n. lambda : of state evolution; the same at n = infinity.
    norm (|w|_1), risk, slope (d log risk / d log norm, at n = infinity alone).
    """
    truth, counts = power_law_weights(a, d)
    n = np.asarray(n, float)
    problem = Problem(
        PNorm(np.full(n.size, p)),
        truth,
        np.tile(counts, (n.size, 1)),
        n,
        np.full(n.size, float(sigma)),
        np.zeros(n.size),
    )
    interpolators = solve(problem, NODES)
    first = _first_lambda(a, p, d)
    last = np.log(LAST_PENALTY) + interpolators.log_lambda
    penalties = np.exp(np.linspace(np.log(_first_penalties(problem, first)), last, points))  # (points, n)
    solutions = _follow(problem, penalties)
    tables = [_rows(solution, penalty, "path") for solution, penalty in zip(solutions, penalties, strict=True)]
    tables += [*_best(problem, solutions, penalties), _rows(interpolators, np.zeros(n.size), "interpolator")]
    limit = limiting_path(a, p, d, np.geomspace(first, np.exp(last.min()), 2 * points))
    tables.append(limit.assign(n=np.inf, place="path", penalty=limit["lambda"]))
    about = {"a": a, "p": p, "d": d, "sigma": sigma}
    columns = [*about, "n", "place", "penalty", "lambda", "norm", "risk", "slope"]
    return (
        pd.concat(tables, ignore_index=True)
        .assign(**about)
        .reindex(columns=columns)
        .sort_values(["n", "place"], kind="stable")
    )


def _first_lambda(a: float, p: float, d: float) -> float:
    lambdas = np.geomspace(1e-3, 1e6, 400)
    norms = limiting_path(a, p, d, lambdas)["norm"].to_numpy()
    return float(np.exp(np.interp(-np.log(SMALLEST_NORM), -np.log(norms), np.log(lambdas))))


def _first_penalties(problem: Problem, first: float) -> np.ndarray:
    """mu / n from which each path begins at a norm below all that are compared: noise in many weights adds to it."""
    penalties = np.full(problem.n.size, first)
    while True:
        norms = solve(replace(problem, mu=penalties * problem.n), NODES).norms(np.array([1.0]), NODES)[0]
        large = norms > COMPARED[0] / 2
        if not large.any():
            return penalties
        penalties[large] *= 4


def _follow(problem: Problem, penalties: np.ndarray) -> list[Solution]:
    """Solutions at each row of penalties (mu / n for each n), each started from those before."""
    found: list[Solution] = []
    for penalty in penalties:
        start = None
        if found:
            log_lambda, log_omega = found[-1].log_lambda, found[-1].log_omega
            start = log_lambda, log_omega
            if len(found) > 1:
                start = 2 * log_lambda - found[-2].log_lambda, 2 * log_omega - found[-2].log_omega
        found.append(solve(replace(problem, mu=penalty * problem.n), NODES, start))
    return found


def _rows(solution: Solution, penalty: np.ndarray, place: str) -> pd.DataFrame:
    norm = solution.norms(np.array([1.0]), NODES)[0]
    lambda_ = np.exp(solution.log_lambda)
    columns = {"n": solution.problem.n, "place": place, "penalty": penalty, "lambda": lambda_}
    return pd.DataFrame(columns | {"norm": norm, "risk": solution.risk})


def _best(problem: Problem, solutions: list[Solution], penalties: np.ndarray) -> list[pd.DataFrame]:
    """The least risk of each n that has it inside the path, by parabolas in log penalty: a table of one row each."""
    risks, log_penalties = np.array([solution.risk for solution in solutions]), np.log(penalties)
    i = risks.argmin(axis=0)
    inside = np.flatnonzero((i > 0) & (i < len(risks) - 1))
    tables = []
    for number in inside:
        part, at = problem.part(np.array([number])), i[number]
        near, values = log_penalties[at - 1 : at + 2, number], risks[at - 1 : at + 2, number]
        start = solutions[at]
        start = start.log_lambda[[number]], start.log_omega[[number]]
        for _ in range(NEAR):
            best = _parabola(near, values)
            step = (near[1] - near[0]) / 8
            near = best + step * np.array([-1, 0, 1])
            found = [solve(replace(part, mu=np.exp(each) * part.n), NODES, start) for each in near]
            values = np.array([each.risk[0] for each in found])
        best = _parabola(near, values)
        tables.append(_rows(solve(replace(part, mu=np.exp(best) * part.n), NODES, start), np.exp([best]), "best"))
    return tables


def _parabola(x: np.ndarray, y: np.ndarray) -> float:
    return float(x[1] + (x[1] - x[0]) * (y[0] - y[2]) / (2 * (y[0] - 2 * y[1] + y[2])))


def ratio_to_limit(table: pd.DataFrame, norm: float) -> pd.Series:
    """Risk over that of the path of n = infinity at the same norm, for each n; nan where a path does not reach it."""

    def at(path: pd.DataFrame) -> float:
        ordered = path.sort_values("norm").drop_duplicates("norm")  # a norm that has reached its end
        curve = CubicSpline(np.log(ordered["norm"]), np.log(ordered["risk"]), extrapolate=False)
        return float(np.exp(curve(np.log(norm))))

    path = table[table["place"] == "path"]
    limit = at(path[np.isinf(path["n"])])
    return pd.Series({n: at(rows) / limit for n, rows in path[np.isfinite(path["n"])].groupby("n")})


def half_norm(table: pd.DataFrame) -> float:
    """The norm at which the path of n = infinity has lost half the error that it begins with."""
    limit = table[np.isinf(table["n"])].sort_values("norm")
    log_risk, log_norm = np.log(limit["risk"].to_numpy()), np.log(limit["norm"].to_numpy())
    return float(np.exp(np.interp(-log_risk[0] + np.log(2), -log_risk, log_norm)))
