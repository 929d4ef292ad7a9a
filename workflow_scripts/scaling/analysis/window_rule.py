"""A fit window for the authors' procedure by a rule, where nobody is to choose one by eye."""

import numpy as np
import pandas as pd

from scaling.analysis.facts import facts_of
from scaling.analysis.settings import FitWindow
from scaling.core.errors import BadInput

LARGEST_P = 3  # that gamma_1 is fitted at
X_RIGHT = 0.5  # of lambda_opt


def window_by_rule(
    curves: pd.DataFrame,
    optima: pd.DataFrame,
    below: float,
    default_norm: tuple[pd.DataFrame, pd.DataFrame] | None = None,
) -> FitWindow:
    """gamma_1 at the three largest P, from where the smallest of these has left guessing to half of lambda_opt.

    Parameters
    ----------
    curves, optima : mean curves and their optima (scaling.analysis.mean_curves), with the error of the best constant
        answer in column `constant`.
    below : by which share of that error a curve must have fallen to have left it: 0.5 for the images of the presets,
        0.05 for their texts.
    default_norm : curves and optima of the same runs in the first norm, if these are in another one. Half of lambda_opt
        is little of a norm that grows by five decades and nearly all of one that grows by a half: the window then ends
        at the error that the curve has at half of lambda_opt in the first norm.

    Returns
    -------
    The window, with its ends to three digits: log lambda at an error is interpolated between the points of the curve.

    Raises
    ------
    BadInput where the constant answer is not known, there are fewer P, or the window would be empty.
    """
    constant = float(facts_of(curves)["constant"])
    if np.isnan(constant) or len(optima) < LARGEST_P:
        raise BadInput(f"a window by rule: needed are the error of a constant answer and {LARGEST_P} values of P")
    P, x, log10_error = _curve(curves, optima)
    right = np.log10(X_RIGHT)
    if default_norm is not None:
        _, other, its_error = _curve(*default_norm)
        right = _falls_to(float(np.interp(right, other, its_error)), x, log10_error)
    left = _falls_to(np.log10((1 - below) * constant), x, log10_error)
    if not left < right:
        raise BadInput(f"a window by rule: at P = {P:g} the curve has not left guessing where the window ends")
    x_left, x_right = (float(f"{10**end:.3g}") for end in (left, right))
    return FitWindow(gamma_1_min_P=P, x_left=x_left, x_right=x_right)


def _curve(curves: pd.DataFrame, optima: pd.DataFrame) -> tuple[float, np.ndarray, np.ndarray]:
    """P, and log10 of norm over best norm and of the error: the mean curve of the smallest of the largest P."""
    optimum = optima.sort_values("P").iloc[-LARGEST_P]
    curve = curves[curves["P"] == optimum["P"]].sort_values("log10_norm")
    x = curve["log10_norm"].to_numpy() - optimum["log10_lambda_opt"]
    return float(optimum["P"]), x, np.log10(curve["error_mean"].to_numpy())


def _falls_to(level: float, x: np.ndarray, log10_error: np.ndarray) -> float:
    """Where a curve first falls to a level: its first point if it begins below, infinity if it never does."""
    below = np.flatnonzero(log10_error <= level)
    if not below.size:
        return np.inf
    first = below[0]
    if first == 0:
        return float(x[0])
    return float(np.interp(-level, -log10_error[first - 1 : first + 1], x[first - 1 : first + 1]))
