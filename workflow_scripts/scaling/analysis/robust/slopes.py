"""Where there is a power law, and what fixes a scale: the local slope of the master curve, with its error."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scaling.analysis.robust.chain import Drawn, Estimates, Sample
from scaling.analysis.robust.thresholds import (
    CLEARLY,
    CONSTANT,
    FEATURE,
    FEWEST_SCALES,
    HOPELESS,
    KEPT,
    LEAST_SHARE,
    SHORTEST_LAW,
    SLOPE_POINTS,
    SLOPE_WIDTH,
    SURE,
)


@dataclass(frozen=True)
class Slopes:
    """Local slopes -d f/d u [M] at u [M], and those of the resamples [B, M] (B = 0 without)."""

    u: np.ndarray
    slope: np.ndarray
    drawn: np.ndarray

    @property
    def sigma(self) -> np.ndarray:
        """Standard errors [M], NaN without resamples."""
        return self.drawn.std(axis=0, ddof=1) if len(self.drawn) > 1 else np.full(self.slope.size, np.nan)


def local_slopes(sample: Sample, drawn: Drawn | None) -> Slopes:
    """Of the master curve of any shape, wherever a curve shows it: differences over `SLOPE_WIDTH` decades."""
    span = sample.points.x - sample.free.a[0, sample.points.owner]
    span = span[shown(sample)]
    if span.size < 2:
        return Slopes(np.empty(0), np.empty(0), np.empty((0, 0)))
    half = min(SLOPE_WIDTH, np.ptp(span)) / 2
    u = np.linspace(span.min() + half, span.max() - half, SLOPE_POINTS)

    def slope(master) -> np.ndarray:
        return (master(u - half) - master(u + half)) / (2 * half)

    return Slopes(u, slope(sample.free.master)[0], np.empty((0, u.size)) if drawn is None else slope(drawn.free.master))


def shown(sample: Sample) -> np.ndarray:
    """[N] which points show enough of the law: off plateau and floor."""
    free = sample.free
    law = free.departure.law(sample.y[0][sample.index][None], free.theta)
    return free.departure.seen(law, free.theta)[1][0] >= LEAST_SHARE


def errors_in_window(sample: Sample, left: float, right: float) -> tuple[float, float]:
    """The largest and the smallest error that is seen in the early law's window, over all curves."""
    u = sample.points.x - sample.free.a[0, sample.points.owner]
    inside = (u >= left) & (u <= right)
    if not inside.any():
        return np.nan, np.nan
    y = sample.y[0][sample.index][inside]
    return float(10 ** y.max()), float(10 ** y.min())


def change_of_slope(sample: Sample, drawn: Drawn | None, left: float, right: float) -> tuple[float, float]:
    """By how much the slope changes over the shortest stretch that a law needs, and the standard error of that.

    The stretch begins with the window of the early law and is as long as the part of it from which gamma_1 is taken, or
    as `SHORTEST_LAW` where that is longer. The change is that of a parabola's slope from end to end. NaN where the
    curves show less than that.
    """
    end = left + max(KEPT * (right - left), SHORTEST_LAW)
    if not np.isfinite(end) or end > sample.u[-1] + 1e-9:
        return np.nan, np.nan
    u = np.linspace(left, end, 21)
    t = (u - u.mean()) / (end - left)
    change = np.linalg.pinv(np.stack([np.ones_like(t), t, t**2], axis=1))[2] * 2 / (end - left)
    value = -float(sample.free.master(u)[0] @ change)
    sigma = np.nan if drawn is None else float(np.std(drawn.free.master(u) @ change, ddof=1))
    return value, sigma


def why_no_gamma_1(sample: Sample, drawn: Drawn | None, gamma_1: float, left: float, right: float) -> str:
    """In words, why the early curve is no power law; empty if it is one."""
    if not np.isfinite(gamma_1):
        return "no early power law: no gamma_1"
    change, sigma = change_of_slope(sample, drawn, left, right)
    if np.isnan(change):
        return f"early law over {right - left:.2g} decades of norm only, {SHORTEST_LAW:g} are needed: no gamma_1"
    if abs(change) > CONSTANT * abs(gamma_1) + SURE * np.nan_to_num(sigma):
        known = "" if np.isnan(sigma) else f" +- {sigma:.2g}"
        return f"the local slope changes by {change:.2g}{known} where it should be constant: no gamma_1"
    return ""


def curves_with_a_scale(sample: Sample, slopes: Slopes) -> int:
    """At how many P the curve has a feature that fixes its scale.

    On a power law horizontal and vertical shifts are the same shift. A curve has a scale where its local slope varies:
    by more than `FEATURE` of its largest, and by more than `CLEARLY` standard errors of that share. (Of the share:
    where a floor is hardly known, all slopes are too large or small by one factor, which says nothing of scales.)
    """
    number = 0
    visible = shown(sample)
    for index in range(sample.curves.P.size):
        u = (sample.points.x - sample.free.a[0, index])[(sample.points.owner == index) & visible]
        if u.size < 2:
            continue
        mine = np.flatnonzero((slopes.u >= u.min()) & (slopes.u <= u.max()))
        if mine.size < 2:
            continue
        low, high = mine[np.argmin(slopes.slope[mine])], mine[np.argmax(slopes.slope[mine])]
        change = _change(slopes.slope[None], low, high, mine)[0]
        by_chance = _change(slopes.drawn, low, high, mine)
        # 1.4826 median absolute deviations are a standard deviation: a slope near 0 makes some shares huge.
        sigma = 1.4826 * np.median(np.abs(by_chance - np.median(by_chance))) if by_chance.size else 0.0
        number += change > FEATURE and change > CLEARLY * sigma
    return int(number)


def _change(slopes: np.ndarray, low: int, high: int, places: np.ndarray) -> np.ndarray:
    """From place low to place high, as a share of the largest slope at the places: of slopes [B, M], [B]."""
    return (slopes[:, high] - slopes[:, low]) / np.abs(slopes[:, places]).max(axis=1)


def refusals(sample: Sample, whole: Estimates, drawn: Drawn | None, slopes: Slopes, chi2: float) -> dict[str, str]:
    """Which exponents the data do not bear, and why, in words: of gamma_1, gamma_2 and gamma_shift.

    chi2 : of the collapse; NaN if the curves, rescaled by power laws of P, do not overlap.
    """
    result = {}
    if np.isnan(chi2):
        told = "rescaled by power laws the curves do not overlap: no exponent of the collapse"
        return {"gamma_1": told, "gamma_2": "", "gamma_shift": ""}
    if chi2 > HOPELESS:
        told = f"rescaled by power laws the curves are far apart (chi2 {chi2:.3g}): no exponent of the collapse"
        return {"gamma_1": told, "gamma_2": "", "gamma_shift": ""}
    found = (float(whole.exponents[name][0]) for name in ("gamma_1", "left", "right"))
    if why := why_no_gamma_1(sample, drawn, *found):
        result["gamma_1"] = why
    if (number := curves_with_a_scale(sample, slopes)) < FEWEST_SCALES:
        told = "curves are featureless, on which horizontal and vertical shifts are the same shift"
        result["gamma_2"] = f"{told} ({number} of {sample.curves.P.size} P have a scale): no gamma_2"
        result["gamma_shift"] = ""
    return result


def table_of_slopes(sample: Sample, slopes: Slopes, whole: Estimates) -> pd.DataFrame:
    """log10_x = log10(lambda/lambda_opt), slope, sigma, and whether the point lies in the early law's window."""
    left, right = (float(whole.exponents[name][0]) for name in ("left", "right"))
    inside = (slopes.u >= left) & (slopes.u <= right)
    columns = {"log10_x": slopes.u - sample.u[-1], "slope": slopes.slope, "sigma": slopes.sigma, "in_window": inside}
    return pd.DataFrame(columns)
