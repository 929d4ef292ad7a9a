"""The numbers that the page shows, as the page computes them (page/numbers.js does the same in the browser).

The refitted exponents are those of `scaling.analysis.authors`; the collapse's quality is defined here.
"""

import math
from collections.abc import Collection

import numpy as np
import pandas as pd

from scaling.analysis.robust.quality import houdayer_hartmann
from scaling.analysis.robust.thresholds import RISE, TOLERANCE


def rescaled(
    curves: pd.DataFrame,
    optima: pd.DataFrame,
    gamma_1: float,
    gamma_2: float,
    x_left: float | None = None,
    P: Collection[float] | None = None,
) -> tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray]]:
    """The mean curves on the axes on which two power laws would make them one curve.

    Parameters
    ----------
    curves, optima : mean curves and their optima (scaling.analysis.mean_curves).
    gamma_1, gamma_2 : exponents of the laws.
    x_left : lambda/lambda_opt from which a curve counts; None: from its start.
    P : those that count; None: all.

    Returns
    -------
    x, y, sigma : an array for each P. x = log10(lambda (P/P_max)^-gamma_2) and
        y = log10(error (P/P_max)^(gamma_1 gamma_2)), P_max the largest P of `optima`. Which points count, and sigma,
        are as in `scaling.analysis.robust.chain.prepare`: a curve ends where its error has risen by `RISE` beyond its
        optimum, and sigma is one number for it: the root mean square along the whole curve of the standard error of
        log10 error, and `TOLERANCE`, in quadrature.
    """
    left = -math.inf if x_left is None else math.log10(x_left)
    result: tuple[list, list, list] = [], [], []
    for row in optima.sort_values("P").itertuples():
        if P is not None and row.P not in P:
            continue
        of_P = curves[curves["P"] == row.P].sort_values("log10_norm")
        error = of_P["error_mean"].to_numpy(float)
        known = np.isfinite(error) & (error > 0)
        x, error, sem = (
            of_P["log10_norm"].to_numpy(float)[known],
            error[known],
            of_P["error_sem"].to_numpy(float)[known],
        )
        relative = sem[np.isfinite(sem)] / error[np.isfinite(sem)] / math.log(10)
        sigma = math.hypot(math.sqrt(np.mean(relative**2)) if relative.size else 0.0, TOLERANCE)
        high = (x > row.log10_lambda_opt) & (np.log10(error) > math.log10(row.error_opt) + RISE)
        counts = (left <= x - row.log10_lambda_opt) & ~np.logical_or.accumulate(high)
        smaller = math.log10(row.P / optima["P"].max())
        result[0].append(x[counts] - gamma_2 * smaller)
        result[1].append(np.log10(error[counts]) + gamma_1 * gamma_2 * smaller)
        result[2].append(np.full(int(counts.sum()), sigma))
    return result


def quality(curves: pd.DataFrame, optima: pd.DataFrame, *exponents: float, **choices) -> float:
    """Houdayer and Hartmann's S of the curves as `rescaled` gives them (same arguments): about 1 or less where they
    agree within errors and tolerance, NaN where no two of them overlap."""
    return houdayer_hartmann(*rescaled(curves, optima, *exponents, **choices))
