"""The plane of examples n and weight decay lambda: how fast the risk falls with n at each point of it."""

import numpy as np
import pandas as pd

from scaling.shallow import diagonal, quadratic
from scaling.shallow.state import States
from scaling.shallow.teacher import Teacher, power_law

LARGEST_LAMBDA = 3.0  # in units of the first feature c
FIRST = 1e-3  # the smallest t of a mesh, above that of the interpolator


def diagonal_map(d: int, g: float, noise: float, points: int, thresholds: int) -> pd.DataFrame:
    """State evolution of the diagonal network on a mesh of n and t, from d^(1/4) to 100 d examples (`mesh_table`)."""
    teacher = power_law(d, g)
    n = np.geomspace(d**0.25, 100 * d, points)
    interpolator = diagonal.at_weight_decay(teacher, n, np.zeros(points), noise).t
    highest = LARGEST_LAMBDA * teacher.c * np.sqrt(n / (1 + noise))
    t = interpolator + np.geomspace(FIRST, highest, thresholds)  # [thresholds, points]
    return mesh_table(diagonal.at_threshold(teacher, n[:, None], t.T, noise))


def quadratic_map(d: int, g: float, noise: float, points: int, thresholds: int) -> pd.DataFrame:
    """State evolution of the quadratic network on a mesh of the noise's width and t, n from d/10 to 100 d^2."""
    teacher = power_law(d, g)
    widths = np.sqrt((noise + 1) * (d + 1) / (2 * np.geomspace(0.1 * d, 100 * d * d, points)))
    rows = [
        quadratic.at_width(
            teacher,
            s,
            quadratic.interpolator_threshold(teacher, s, noise)
            + np.geomspace(FIRST, 2 + LARGEST_LAMBDA * teacher.c / s, thresholds),
            noise,
        )
        for s in widths
    ]
    return mesh_table(States(**{name: np.array([getattr(row, name) for row in rows]) for name in vars(rows[0])}))


def mesh_table(states: States) -> pd.DataFrame:
    """A mesh of states as a table, with the local exponent of each.

    Columns: i, j (the place in the mesh), those of `States`, and exponent, -d ln R / d ln n at fixed lambda, by second-
    order differences along the mesh; nan where lambda is not positive.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        quantities = states.risk, states.n, states.weight_decay
        logs = [np.log(np.where(states.weight_decay > 0, value, np.nan)) for value in quantities]
        (risk_i, risk_j), (n_i, n_j), (lambda_i, lambda_j) = (np.gradient(value) for value in logs)
        exponent = -(risk_i * lambda_j - risk_j * lambda_i) / (n_i * lambda_j - n_j * lambda_i)
    i, j = np.indices(states.n.shape)
    return pd.DataFrame({"i": i.ravel(), "j": j.ravel()}).join(states.table()).assign(exponent=exponent.ravel())


def edges(d: int, g: float) -> tuple[float, float]:
    """The sizes of the first and the last feature: above the first nothing is learned, below the last nothing is cut."""
    teacher: Teacher = power_law(d, g)
    return teacher.c, teacher.c * d**-g
