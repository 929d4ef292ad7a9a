"""The phases of the plane of n and lambda: what the risk does in each, in closed form and by state evolution.

tau and the features' sizes c k^-g decide. I: lambda above c, nothing is learned. II: features above lambda are
learned, the noise does not matter. III: all features are shrunk by lambda. IV: the best lambda, at the edge of the
noise. V: lambda far below the noise's edge, too few examples: noise is learned. Peak: as many examples as degrees of
freedom. VI: more examples than weights, least squares.
"""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from scipy.optimize import elementwise

from scaling.shallow import diagonal, frontier, limit, quadratic
from scaling.shallow.teacher import Teacher, no_teacher, power_law

COLUMNS = ["phase", "model", "g", "quantity", "theory", "state_evolution", "where"]
MANY = 10**8  # features of the diagonal network where a limit of many is meant
NOISE = 0.1
STEP = 0.01  # of the logarithm in which slopes are taken
WIDE_STEP = 0.35  # the same where single features are cut off one by one


def phases() -> pd.DataFrame:
    """All comparisons.

    Columns: phase, model, g (nan: no target), quantity, theory (its limit in closed form), state_evolution (at the
    point `where`; it approaches the theory as the point goes deeper into the phase).
    """
    rows = [
        row for part in (_plateau, _few_features, _shrunk, _best, _overfit, _peak, _least_squares) for row in part()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _slope(function: Callable[[float], float], at: float, step: float = STEP) -> float:
    """d ln f / d ln x."""
    low, high = at * np.exp(-step), at * np.exp(step)
    return float(np.log(function(high) / function(low)) / (2 * step))


def _diagonal(teacher: Teacher, noise: float = NOISE):
    """R(n, lambda) of the diagonal network."""
    return lambda n, decay: float(diagonal.at_weight_decay(teacher, np.array(n), np.array(decay), noise).risk)


def _quadratic(teacher: Teacher, noise: float = NOISE):
    """R(n, lambda) of the quadratic network."""
    return lambda n, decay: float(quadratic.at_weight_decay(teacher, n, decay, noise).risk)


def _plateau() -> Iterator[tuple]:
    for model, risk, d in (("diagonal", _diagonal, 1000), ("quadratic", _quadratic, 60)):
        teacher = power_law(d, 1.25)
        n = 100.0 * d if model == "diagonal" else 10.0 * d * d
        value = risk(teacher)(n, 1.2 * teacher.c)
        yield "I", model, 1.25, "R", 1.0, value, f"d = {d}, n = {n:g}, lambda = 1.2 c"


def _few_features() -> Iterator[tuple]:
    for g in (0.75, 1.0, 1.25):
        teacher = power_law(MANY, g)
        n, decay = 1e12, 1e-3
        risk = _diagonal(teacher)
        where = f"d = {MANY:g}, n = {n:g}, lambda = {decay:g}"
        law = 2 * g / (2 * g - 1) * teacher.c ** (1 / g) * decay ** (2 - 1 / g)
        yield "II", "diagonal", g, "(R + tail) / formula", 1.0, (risk(n, decay) + teacher.tail) / law, where
        slope = _slope(lambda decay: risk(n, decay) + teacher.tail, decay, WIDE_STEP)  # noqa: B023 (called here)
        yield "II", "diagonal", g, "d ln R / d ln lambda", 2 - 1 / g, slope, where
        yield "II", "diagonal", g, "-d ln R / d ln n", 0.0, -_slope(lambda n: risk(n, decay), n), where  # noqa: B023


def _shrunk() -> Iterator[tuple]:
    g, decay = 0.75, 1e-4
    for model, risk, d, n in (("diagonal", _diagonal, 1000, 1e12), ("quadratic", _quadratic, 60, 1e13)):
        value = risk(power_law(d, g))(n, decay) / (d * decay**2)
        yield "III", model, g, "R / (d lambda^2)", 1.0, value, f"d = {d}, n = {n:g}, lambda = {decay:g}"


def _best() -> Iterator[tuple]:
    for g in (0.75, 1.25):
        target = frontier.Frontier(10**6, g)
        tail = target.teacher.tail
        for noise, large, exponent in (
            (NOISE, "R << noise", frontier.gamma(g)),
            (0.0, "no noise", frontier.gamma(g, 0)),
        ):

            def risk(n_eff: float) -> float:
                return float(limit.at_threshold(target, np.array(n_eff), np.array(2.0), noise)[1]) + tail  # noqa: B023

            n_eff = 1e6 if noise else 1e3
            where = f"d = 1e6, n/d = {n_eff:g}, t = 2, {large}"
            # Over a factor of 4: single features enter one by one.
            slope = -np.log(risk(2 * n_eff) / risk(n_eff / 2)) / np.log(4)
            yield "IV", "quadratic", g, "-d ln R / d ln n", exponent, float(slope), where
        teacher = power_law(MANY, g)
        n = 1e6
        optimum = diagonal.optimum(teacher, np.array([n / 2, 2 * n]), NOISE)
        slope = -np.log((optimum.risk[1] + teacher.tail) / (optimum.risk[0] + teacher.tail))
        effective = np.log(4 * (optimum.t[0] / optimum.t[1]) ** 2)
        where = f"d = {MANY:g}, n = {n:g}, best lambda"
        yield "IV", "diagonal", g, "-d ln R / d ln (n/t^2)", frontier.gamma(g), float(slope / effective), where


def _overfit() -> Iterator[tuple]:
    for alpha in (1e-2, 1e-4, 1e-6, 1e-8):
        ratio = _pure_noise_ratio(alpha)
        where = f"n/d^2 = {alpha:g}, lambda = 0, no target"
        law = limit.overfit_constant() * alpha**0.4
        yield "V", "quadratic", np.nan, "R / (R + noise) / formula", 1.0, ratio / law, where
        yield "V", "quadratic", np.nan, "d ln / d ln (n/d^2) of it", 0.4, _slope(_pure_noise_ratio, alpha), where
    teacher, d = power_law(MANY, 1.5), MANY
    for share in (0.1, 1e-3):
        n = share * d
        found = diagonal.at_weight_decay(teacher, np.array(n), np.array(0.0), NOISE)
        t = elementwise.find_root(lambda t: diagonal.soft_active(0.0, t) - share, (0.0, 30.0)).x  # noqa: B023
        rho = float(diagonal.soft_risk(0.0, t) / share)
        value = float(found.risk) * (1 - rho) / (NOISE * rho)
        yield "V", "diagonal", 1.5, "R / (noise rho/(1 - rho))", 1.0, value, f"d = {d:g}, n/d = {share:g}, lambda = 0"


def _pure_noise_ratio(alpha: float) -> float:
    """R / (R + noise) of the quadratic interpolator without a target at n = alpha d^2, d to infinity."""

    def fitted(t):  # degrees of freedom over d^2
        return (limit.semicircle_above(t, 2) + t * limit.semicircle_above(t, 1)) / 2 - alpha

    t = elementwise.find_root(fitted, (-2.0, 2.0)).x
    return float(limit.semicircle_above(t, 2) / 2 / alpha)


def _peak() -> Iterator[tuple]:
    d, g, decay = 1000, 1.25, 1e-7
    risk = _diagonal(power_law(d, g))
    where = f"n = d = {d}, lambda = {decay:g}"
    yield "peak", "diagonal", g, "d ln R / d ln lambda", -2 / 3, _slope(lambda decay: risk(d, decay), decay), where
    d, n = 60, 60 * 61 / 4
    risk = _quadratic(no_teacher(d))
    where = f"d = {d}, n = d (d + 1) / 4, lambda = {decay:g}, no target"
    yield (
        "peak",
        "quadratic",
        np.nan,
        "d ln R / d ln lambda",
        -2 / 3,
        _slope(lambda decay: risk(n, decay), decay),
        where,
    )


def _least_squares() -> Iterator[tuple]:
    d, n = 1000, 3000
    value = _diagonal(power_law(d, 1.0))(n, 0.0) * (n - d) / (NOISE * d)
    yield "VI", "diagonal", 1.0, "R (n - d) / (noise d)", 1.0, value, f"d = {d}, n = {n}, lambda = 0"
    d, n = 60, 1e9
    value = _quadratic(power_law(d, 0.75))(n, 1e-12) * n / (NOISE * d * (d + 1) / 2)
    yield "VI", "quadratic", 0.75, "R n / (noise d (d + 1) / 2)", 1.0, value, f"d = {d}, n = {n:g}, lambda = 1e-12"
