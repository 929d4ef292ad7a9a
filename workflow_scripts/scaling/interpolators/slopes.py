"""How norms grow with n at fixed d/n: exponents of exact solutions, of state evolution, and by rule."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd

from scaling.interpolators.laws import slope_with_noise, slope_without_noise
from scaling.interpolators.network_laws import effective_p
from scaling.interpolators.potentials import KINDS
from scaling.interpolators.state_evolution import solve, spike

FAR = np.array([1e9, 1e10])  # n of the slope that stands for the limit


def bulk_norms(
    kind: str, parameter: float, n: np.ndarray, d: np.ndarray, sigma: float, r: Sequence[float], spikes: float = 1
) -> np.ndarray:
    """|bulk|_r by state evolution, shape (len(r), len(n))."""
    solution = solve(spike(KINDS[kind], parameter, n, d, spikes, sigma=sigma))
    return ((d - spikes) * solution.powers(tuple(r))[:, :, 1]) ** (1 / np.asarray(r)[:, None])


def slope_of_means(samples: pd.DataFrame) -> tuple[float, float, int]:
    """The slope of log(mean bulk) in log n by least squares, its standard error, the number of n.

    samples : rows of one cell and r, one for each data set. Data sets of different n are independent, so the error is
    that of the means, from the scatter between data sets (what resampling them gives, but for its bias at few).
    """
    groups = samples.dropna(subset="bulk").groupby("n")["bulk"]
    mean, relative = groups.mean(), groups.sem() / groups.mean()
    if len(mean) < 2:
        return np.nan, np.nan, len(mean)
    log_n = np.log(mean.index.to_numpy(float))
    weights = (log_n - log_n.mean()) / np.sum((log_n - log_n.mean()) ** 2)
    return float(weights @ np.log(mean)), float(np.sqrt(np.sum((weights * relative) ** 2))), len(mean)


def slope_table(
    samples: pd.DataFrame, series: Sequence[tuple[str, float, float]], sigmas: Sequence[float], r: Sequence[float]
) -> pd.DataFrame:
    """A row for each series (kind, parameter, kappa), sigma and r.

    Columns
    -------
    kind, parameter, kappa, sigma, r
    slope, slope_error, points, seeds : d log |bulk|_r / d log n of exact solutions, over the n of the samples.
    slope_theory : the same fit to state evolution at the same n.
    slope_far : that of state evolution between n = 1e9 and 1e10.
    rule_without_noise : 1/r - 1/(2(p-1)); for networks with their effective p.
    rule_with_noise : 1/r - 1/2.
    """
    rows = []
    for (kind, parameter, kappa), sigma in product(series, sigmas):
        here = samples[
            (samples["kind"] == kind)
            & (samples["parameter"] == parameter)
            & (samples["kappa"] == kappa)
            & (samples["sigma"] == sigma)
        ]
        sizes = here[["n", "d"]].drop_duplicates().sort_values("n").to_numpy(float).T
        theory = np.log(bulk_norms(kind, parameter, *sizes, sigma, r))
        far = np.log(bulk_norms(kind, parameter, FAR, kappa * FAR, sigma, r))
        p = parameter if kind == "p" else effective_p(parameter)
        for i, power in enumerate(r):
            measured, error, points = slope_of_means(here[here["r"] == power])
            rows.append(
                {"kind": kind, "parameter": parameter, "kappa": kappa, "sigma": sigma, "r": power}
                | {"slope": measured, "slope_error": error, "points": points, "seeds": here["sample"].nunique()}
                | {
                    "slope_theory": np.polyfit(np.log(sizes[0]), theory[i], 1)[0],
                    "slope_far": (far[i, 1] - far[i, 0]) / np.log(FAR[1] / FAR[0]),
                    "rule_without_noise": slope_without_noise(p, power),
                    "rule_with_noise": slope_with_noise(power),
                }
            )
    return pd.DataFrame(rows)
