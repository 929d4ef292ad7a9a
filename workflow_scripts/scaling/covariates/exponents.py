"""Exponents measured on the exact curves, beside those predicted."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scaling.core.errors import BadInput
from scaling.covariates import population
from scaling.covariates.predictions import early_constant, early_exponent, max_margin_exponent, predict, region
from scaling.covariates.scaling_limit import limit_optimum, max_margin
from scaling.covariates.spectra import Spectrum, power_law
from scaling.covariates.tables import Law, local_optimum
from scaling.covariates.theory import Path

SCAN_POINTS = 200
# The fit window of gamma_1, in units of the optimal norm: as a figure of curves that are data would suggest it.
WINDOW = (0.03, 0.5)
WINDOW_POINTS = 30
BELOW_OPTIMUM = 1e-8  # norm over the optimal one where the scan for the steepest slope begins
LATE = np.array([-20.0, -30.0, -40.0])  # log kappa of the points that k_1 is extrapolated from
PLATEAU_FLATNESS = 0.05  # a second early law: the local exponent changes by less per e-fold of the norm


def exponents(laws: Sequence[Law], ns: Sequence[float]) -> pd.DataFrame:
    """Local exponents of each law at each n.

    Columns: a, delta, noise, region, quantity, n, predicted (n to infinity), measured.

    quantity : gamma_1 (the steepest local slope of epsilon - q_1 before the optimum), gamma_1_window (a power law
    fitted to epsilon - q_1 over WINDOW of the optimal norm: the prediction is that of gamma_1), gamma_1_second (region
    IV: the local slope where it changes least between the steepest and the optimum; nan where no plateau stands out),
    gamma_2 and gamma (from n to 1.01 n), product_over_gamma (gamma_1 gamma_2 / gamma), end_over_opt (without noise: the
    error at the end of the path, which is the maximum margin, over the smallest one), k_1 (of the early law, at n =
    infinity).
    Accuracy of measured: 1e-7; gamma_1 and gamma_1_second, from scanned points, and end_over_opt 2e-3; k_1 1e-7,
    but 1e-2 near the borders beta = 1 and 2 and from a = 5 on.
    """
    rows = []
    for law in laws:
        a, delta, noise = law
        prediction, spectrum = predict(a, delta, noise), power_law(a, delta, noise=noise)
        best, gamma_2, gamma, path = local_optimum(spectrum, ns)
        predicted = {
            "gamma_1": prediction.gamma_1,
            "gamma_1_window": prediction.gamma_1,
            "gamma_1_second": prediction.second_gamma_1,
            "gamma_2": prediction.gamma_2,
            "gamma": prediction.gamma,
            "product_over_gamma": prediction.product_over_gamma,
        }
        for i, n in enumerate(ns):
            measured = _slopes(path, i, best.log_norm[i], spectrum.floor) | {"gamma_2": gamma_2[i], "gamma": gamma[i]}
            measured["product_over_gamma"] = measured["gamma_1"] * gamma_2[i] / gamma[i]
            rows += [
                (*law, prediction.region, quantity, n, value, measured[quantity])
                for quantity, value in predicted.items()
                if quantity != "gamma_1_second" or np.isfinite(value)
            ]
        if not noise:
            ends = path.epsilon_end[: len(ns)] / best.epsilon
            known = end_over_optimum(a, delta)
            rows += [(*law, prediction.region, "end_over_opt", n, known, end) for n, end in zip(ns, ends, strict=True)]
            rows.append((*law, prediction.region, "k_1", np.inf, early_constant(a, delta), measured_k_1(spectrum, law)))
    return pd.DataFrame(rows, columns=["a", "delta", "noise", "region", "quantity", "n", "predicted", "measured"])


def end_over_optimum(a: float, delta: float) -> float:
    """epsilon of the maximum margin over the smallest one, n to infinity.

    inf where its exponent is the smaller one (regions II and III); in region I from the scaling limit; nan where no
    closed form is known (region IV), and where the error has no minimum.
    """
    if max_margin_exponent(a, delta) < predict(a, delta).gamma:
        return np.inf
    if region(a, delta) != "I":
        return np.nan
    try:
        return max_margin(a, delta) / limit_optimum(a, delta)[1]
    except BadInput:  # the error falls to the end
        return np.nan


def measured_k_1(spectrum: Spectrum, law: Law) -> float:
    """The limit of epsilon |w|^gamma_1 on the path at n = infinity: late points, and Aitken's extrapolation from them.

    What is missing at a point falls as a power of kappa.
    """
    points = population.path(spectrum, LATE)
    first, second, third = np.log(points.epsilon) + early_exponent(*law[:2]) * np.log(points.norm)
    bend = (third - second) - (second - first)
    return float(np.exp(third - (third - second) ** 2 / bend if bend else third))


def _slopes(path: Path, number: int, log_norm_opt: float, floor: float) -> dict[str, float]:
    """gamma_1, gamma_1_window and gamma_1_second at one n; nan where there is no optimum."""
    if np.isnan(log_norm_opt):
        return dict.fromkeys(("gamma_1", "gamma_1_window", "gamma_1_second"), np.nan)
    low = max(path.log_norm[0, number], log_norm_opt + np.log(BELOW_OPTIMUM))
    log_norm = np.linspace(low, log_norm_opt, SCAN_POINTS)
    points = path.at_norm(np.full(SCAN_POINTS, number), log_norm)
    local = -points.slope * points.epsilon / (points.epsilon - floor)
    steepest = int(local.argmax())
    window = np.linspace(*(log_norm_opt + np.log(WINDOW)), WINDOW_POINTS)
    above = path.at_norm(np.full(WINDOW_POINTS, number), window).epsilon - floor
    return {
        "gamma_1": local[steepest],
        "gamma_1_window": -np.polyfit(window, np.log(above), 1)[0],
        "gamma_1_second": _plateau(local[steepest:], log_norm[1] - log_norm[0]),
    }


def _plateau(local: np.ndarray, step: float) -> float:
    """The value where `local` changes least between two faster falls, if by less than PLATEAU_FLATNESS; else nan.

    From the steepest slope the local exponent falls to the second law's, and from there to 0 at the optimum.
    """
    if local.size < 5:
        return np.nan
    change = np.abs(np.gradient(local, step))
    falls = [i for i in range(1, change.size - 1) if change[i] <= min(change[i - 1], change[i + 1])]
    between = [i for i in falls if change[:i].max() > change[i] and change[i] < PLATEAU_FLATNESS]
    return float(local[min(between, key=lambda i: change[i])]) if between else np.nan


def phases(a_range: Sequence[float], delta_range: Sequence[float]) -> pd.DataFrame:
    """The predicted exponents on a grid: columns a, delta, region, gamma_1, gamma_2, gamma, product_over_gamma."""
    rows = []
    for a in a_range:
        for delta in delta_range:
            p = predict(a, delta)
            rows.append((a, delta, p.region, p.gamma_1, p.gamma_2, p.gamma, p.product_over_gamma))
    names = ["a", "delta", "region", "gamma_1", "gamma_2", "gamma", "product_over_gamma"]
    return pd.DataFrame(rows, columns=names)
