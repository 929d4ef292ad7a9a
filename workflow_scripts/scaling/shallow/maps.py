"""The plane of examples n and weight decay lambda: how fast the risk falls with n at each point of it."""

import numpy as np
import pandas as pd

from scaling.shallow import diagonal, quadratic
from scaling.shallow.state import States
from scaling.shallow.teacher import Teacher, power_law

LARGEST_LAMBDA = 3.0  # in units of the first feature c
FIRST = 1e-5  # the smallest t of a mesh, above that of the interpolator
DIFFERENCE = 1e-4  # of the logarithms of s and t in derivatives
ENDS = 10.0  # of the logistic function that spaces t between two ends


def diagonal_map(d: int, g: float, noise: float, points: int, thresholds: int) -> pd.DataFrame:
    """State evolution of the diagonal network on a mesh of n and t, from d^(1/4) to 100 d examples.

    Columns: i, j (the place in the mesh), those of `States`, exponent (-d ln R / d ln n at fixed lambda; nan where
    lambda is not positive), block (the mesh, if there are several).
    """
    teacher = power_law(d, g)
    n = np.geomspace(d**0.25, 100 * d, points)
    interpolator = diagonal.at_weight_decay(teacher, n, np.zeros(points), noise).t
    highest = LARGEST_LAMBDA * teacher.c * np.sqrt(n / (1 + noise))
    t = (interpolator + np.geomspace(FIRST, highest, thresholds)).T  # [points, thresholds]
    states = diagonal.at_threshold(teacher, n[:, None], t, noise)
    with np.errstate(invalid="ignore", divide="ignore"):
        quantities = states.risk, states.n, np.where(states.weight_decay > 0, states.weight_decay, np.nan)
        in_n, in_t = (np.array(changes) for changes in zip(*(np.gradient(np.log(q)) for q in quantities), strict=True))
    i, j = np.indices(t.shape)
    table = pd.DataFrame({"i": i.ravel(), "j": j.ravel()}).join(states.table())
    return table.assign(exponent=_exponent(in_n, in_t).ravel(), block="all")


def quadratic_map(d: int, g: float, noise: float, points: int, thresholds: int) -> pd.DataFrame:
    """State evolution of the quadratic network on meshes of the noise's width and t, from d/10 to 100 d^2 examples.

    Columns as `diagonal_map`. At large widths a band of t has no trained network, since its dof is not below n: on
    either side of it n is larger or smaller than at the peak. Therefore there are two meshes, `block` "lower" and
    "upper", which meet where there is no band.
    """
    teacher = power_law(d, g)
    widest, narrowest = (
        np.sqrt(share * (d + 1) / (2 * n)) for share, n in ((noise + 1, 0.1 * d), (noise, 100 * d * d))
    )
    widths = np.geomspace(widest, narrowest, points)
    meeting = quadratic.widest_without_band(teacher, noise, narrowest, widest)
    widths[np.abs(np.log(widths / meeting)).argmin()] = meeting
    middle = quadratic.band(teacher, meeting, noise)
    tables = []
    for i, s in enumerate(widths):
        below, above = quadratic.band(teacher, s, noise) if s > meeting else middle
        from_both_ends = below / (1 + np.exp(-np.linspace(-ENDS, ENDS, thresholds)))
        upwards = above + np.geomspace(FIRST, 2 + LARGEST_LAMBDA * teacher.c / s, thresholds)
        t = np.concatenate([from_both_ends, upwards])
        step = np.exp(np.array([[-DIFFERENCE], [DIFFERENCE]]))
        here, in_t = (quadratic.at_width(teacher, s, values, noise) for values in (t, t * step))
        before, after = (_coordinates(quadratic.at_width(teacher, s * factor, t, noise)) for factor in step[:, 0])
        exponent = _exponent(after - before, np.diff(_coordinates(in_t), axis=1)[:, 0])
        exponent[here.weight_decay <= 0] = np.nan
        place = {"i": i, "j": np.tile(np.arange(thresholds), 2)}
        blocks = np.repeat(["lower", "upper"], thresholds)
        tables.append(pd.DataFrame(place).join(here.table()).assign(exponent=exponent, block=blocks))
    return pd.concat(tables, ignore_index=True)


def _coordinates(states: States) -> np.ndarray:
    """ln R, ln n and lambda, [3, ...]; lambda itself, as it passes through 0 where the interpolators are."""
    return np.array([np.log(states.risk), np.log(states.n), states.weight_decay])


def _exponent(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """-d ln R / d ln n at fixed lambda, from the changes in two directions of ln R, ln n and a function of lambda."""
    (risk_1, n_1, lambda_1), (risk_2, n_2, lambda_2) = one, other
    with np.errstate(invalid="ignore", divide="ignore"):
        return -(risk_1 * lambda_2 - risk_2 * lambda_1) / (n_1 * lambda_2 - n_2 * lambda_1)


def edges(d: int, g: float) -> tuple[float, float]:
    """The sizes of the first and the last feature: above the first nothing is learned, below the last nothing is
    cut."""
    teacher: Teacher = power_law(d, g)
    return teacher.c, teacher.c * d**-g
