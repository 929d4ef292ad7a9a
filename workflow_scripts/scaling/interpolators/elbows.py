"""Where the spike takes over from the bulk, where the bulk is largest, and where it begins to fit noise."""

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
import pandas as pd
from scipy.interpolate import PchipInterpolator

from scaling.interpolators.design import CELL
from scaling.interpolators.laws import Signal, bulk_peak_at_fixed_d, elbow_at_fixed_d, noise_onset
from scaling.interpolators.network_laws import network_elbow
from scaling.interpolators.potentials import KINDS
from scaling.interpolators.state_evolution import solve, spike

FIRST_N, POINTS = 4.0, 50  # of the first look at the curve
ROUNDS, INSIDE = 3, 9  # then so often so many points between the neighbours of what was found

#: log n -> a curve in n
Curve = Callable[[np.ndarray], np.ndarray]


def spike_odds(kind: str, parameter: float, d: float, spikes: float, sigma: float) -> Curve:
    """log(x / (1 - x)) of the mean spike x as a function of log n, by state evolution."""

    def curve(log_n: np.ndarray) -> np.ndarray:
        solution = solve(spike(KINDS[kind], parameter, np.exp(log_n), d, spikes, sigma=sigma))
        x = solution.powers((1.0,))[0, :, 0]
        return np.log(x) - np.log(np.maximum(1 - x, 1e-16))

    return curve


def log_bulk(kind: str, parameter: float, d: float, spikes: float, sigma: float) -> Curve:
    """log of the bulk's l_1 norm as a function of log n, by state evolution."""

    def curve(log_n: np.ndarray) -> np.ndarray:
        solution = solve(spike(KINDS[kind], parameter, np.exp(log_n), d, spikes, sigma=sigma))
        return np.log((d - spikes) * solution.powers((1.0,))[0, :, 1])

    return curve


def crossing(curve: Curve, low: float, high: float) -> float:
    """n at which a rising curve crosses zero; nan if it does not between n = low and high."""
    log_n = np.linspace(np.log(low), np.log(high), POINTS)
    for _ in range(ROUNDS):
        values = curve(log_n)
        above = np.flatnonzero(values > 0)
        if not above.size or above[0] == 0:
            return np.nan
        i = above[0]
        inside, log_n = (log_n, values), np.linspace(log_n[i - 1], log_n[i], INSIDE)
    return float(np.exp(PchipInterpolator(*inside[::-1])(0.0)))


def extremum(curve: Curve, low: float, high: float, sign: float) -> float:
    """n of the first maximum (sign 1) or minimum (-1) between low and high; nan if there is none inside."""
    log_n = np.linspace(np.log(low), np.log(high), POINTS)
    for _ in range(ROUNDS):
        values = sign * curve(log_n)
        inside = np.flatnonzero((values[1:-1] > values[:-2]) & (values[1:-1] >= values[2:]))
        if not inside.size:
            return np.nan
        i = inside[0] + 1
        a, b, c = values[i - 1 : i + 2]
        found = log_n[i] + (log_n[1] - log_n[0]) * (a - c) / (2 * (a - 2 * b + c))
        log_n = np.linspace(log_n[i - 1], log_n[i + 1], INSIDE)
    return float(np.exp(found))


def measured_elbow(samples: pd.DataFrame) -> tuple[float, float]:
    """n at which the mean spike of exact solutions is 1/2, and its standard error; nan if no n is on either side.

    samples : rows of one potential, d and sigma, one for each data set. Between neighbouring n the logarithm of
    x / (1 - x) is taken to be linear in log n. The error is that of the two means.
    """
    groups = samples.groupby("n")["spike"]
    x, sem = groups.mean(), groups.sem()
    log_n, x, sem = np.log(x.index.to_numpy(float)), x.to_numpy(), sem.to_numpy()
    above = np.flatnonzero(x > 0.5)
    if not above.size or above[0] == 0:
        return np.nan, np.nan
    i = above[0]
    odds = np.log(x / np.maximum(1 - x, 1e-300))
    slope = (odds[i] - odds[i - 1]) / (log_n[i] - log_n[i - 1])
    share = -odds[i - 1] / (odds[i] - odds[i - 1])
    errors = sem[[i - 1, i]] / (x * np.maximum(1 - x, 1e-300))[[i - 1, i]]
    elbow = np.exp(log_n[i - 1] + share * (log_n[i] - log_n[i - 1]))
    return float(elbow), float(elbow * np.hypot((1 - share) * errors[0], share * errors[1]) / slope)


def elbow_table(
    samples: pd.DataFrame, potentials: Sequence[tuple[str, float]], dimensions: Sequence[float], sigmas: Sequence[float]
) -> pd.DataFrame:
    """A row for each potential, dimension and noise.

    Columns
    -------
    kind, parameter, d, spikes, sigma
    elbow_law : the ray's for l_p, the network's own for networks (which is without noise).
    elbow : state evolution, n at which the mean spike is 1/2; missing if that is not below d.
    elbow_measured, elbow_measured_error, seeds : of exact solutions, where there are any.
    peak_law, peak : n of the largest |bulk|_1, by two blocks and by state evolution; only without noise has it a law.
    noise_law, noise : n from which on the bulk fits noise, by order of magnitude, and that of its least |bulk|_1.
    """
    one = samples.drop_duplicates([*CELL, "sample"])
    spikes = int(one["spikes"].iloc[0])
    rows = []
    for (kind, parameter), d, sigma in product(potentials, dimensions, sigmas):
        high = 0.98 * d
        cell = (kind, parameter, d, spikes, sigma)
        bulk = log_bulk(*cell)
        peak = extremum(bulk, FIRST_N * spikes, high, 1)
        mine = one[(one["kind"] == kind) & (one["parameter"] == parameter) & (one["d"] == d) & (one["sigma"] == sigma)]
        measured, error = measured_elbow(mine) if len(mine) else (np.nan, np.nan)
        signal, of_p = Signal(d, spikes, 1.0, sigma), kind == "p"
        rows.append(
            dict(zip(("kind", "parameter", "d", "spikes", "sigma"), cell, strict=True))
            | {
                "elbow_law": elbow_at_fixed_d(parameter, signal) if of_p else network_elbow(parameter, d, spikes),
                "elbow": crossing(spike_odds(*cell), FIRST_N * spikes, high),
                "elbow_measured": measured,
                "elbow_measured_error": error,
                "seeds": mine["sample"].nunique(),
                "peak_law": bulk_peak_at_fixed_d(parameter, signal) if of_p and not sigma else np.nan,
                "peak": peak,
                "noise_law": noise_onset(parameter, signal) if of_p and sigma else np.nan,
                "noise": extremum(bulk, peak, high, -1) if sigma and np.isfinite(peak) else np.nan,
            }
        )
    return pd.DataFrame(rows)
