"""Each regime in its limit, by state evolution: slopes of the bulk's norms, and the ray's norms and elbow beside it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scaling.interpolators.elbows import crossing, spike_odds
from scaling.interpolators.laws import (
    Signal,
    elbow_at_fixed_d,
    elbow_at_fixed_ratio,
    gaussian_moment,
    noise_onset,
    ray,
    slope_at_fixed_d,
    slope_with_noise,
    slope_without_noise,
    sparse_limit,
    threshold,
)
from scaling.interpolators.slopes import bulk_norms

BEYOND = 30.0  # at fixed d, n over the elbow or over the onset of noise, at the least
BELOW = 1e3  # and d over n, in units of what makes the bulk's own error count
ODDS = 300.0  # x / (1 - x) of the spike at the least; with noise at fixed d/n in units of 1 / sigma
MANY = 1e9  # and n at the least
STEP = 1.2  # ratio of the two n of a slope
#: The exponent of |bulk|_r in n, of p and r.
SLOPES = {
    "fixed d/n": slope_without_noise,
    "fixed d/n, noise": lambda p, r: slope_with_noise(r),
    "fixed d": lambda p, r: slope_at_fixed_d(p),
    "fixed d, noise": lambda p, r: 0.5,
}


def limit_table(p_kappa: Sequence[tuple[float, float]], sigma: float, r: Sequence[float]) -> pd.DataFrame:
    """A row for each p, regime and r <= p.

    Parameters
    ----------
    p_kappa : pairs of p < 2 (others are left out: at p = 2 spikes never win) and kappa.
    sigma : the noise of the regimes with noise, above 0.

    Columns
    -------
    p, kappa (missing at fixed d), sigma, d (missing at fixed d/n), n, r
    regime : "fixed d/n", "fixed d/n, noise", "fixed d", "fixed d, noise"; at fixed d it is elbow << n << d, with noise
        also beyond its onset.
    slope : d log |bulk|_r / d log n there.
    slope_law : the exponent that belongs to the regime: 1/r - 1/(2(p-1)), 1/r - 1/2, -1/(2(p-1)), 1/2.
    slope_rule, threshold : 1/r - 1/(2(p-1)) everywhere, 2(p-1).
    ray_over_bulk : the ray's |bulk|_r over that of state evolution.
    elbow_law_over_elbow : the ray's elbow over that of state evolution, in the regime (its sparse limit at fixed d/n).
    """
    tables = []
    for p, kappa in p_kappa:
        if p < 2:
            powers = [power for power in r if power <= p]
            for noise in (0.0, sigma):
                tables += [_at_fixed_ratio(p, kappa, noise, powers), _at_fixed_d(p, noise, powers)]
    return pd.concat(tables, ignore_index=True)


def _at_fixed_ratio(p: float, kappa: float, sigma: float, r: Sequence[float]) -> pd.DataFrame:
    """With n so large that the spike is found, with noise to less than sigma."""
    sparse, q = sparse_limit(p, kappa), p / (p - 1)
    n = max(MANY, sparse.elbow * (ODDS / (min(sigma, 1.0) or 1.0)) ** (2 / (q - 2)))
    sizes = n * np.array([1 / STEP, 1.0])
    return _rows(
        {"p": p, "kappa": kappa, "sigma": sigma, "d": np.nan, "n": n},
        "fixed d/n, noise" if sigma else "fixed d/n",
        r,
        bulk_norms("p", p, sizes, kappa * sizes, sigma, r),
        sizes,
        ray(p, n, Signal(kappa * n, sigma=sigma), np.asarray(r, float))[1],
        np.nan if sigma else elbow_at_fixed_ratio(p, kappa, Signal(1.0)) / sparse.elbow,
    )


def _at_fixed_d(p: float, sigma: float, r: Sequence[float]) -> pd.DataFrame:
    """With the least d for which n can lie as far beyond the elbow, and beyond the noise, as it lies below d."""
    q = p / (p - 1)
    found = max(BEYOND, ODDS ** (2 / q))
    beyond = found * (max(1.0, sigma ** (-2 / q)) if sigma else 1.0)
    # Beyond the elbow the error of the bulk is n / d times this that of the spike.
    share = max(1.0, gaussian_moment(2 * q - 2) / gaussian_moment(q) ** 2)
    d = (beyond * BELOW * share * gaussian_moment(q) ** (2 / q)) ** (q / (q - 2))
    signal = Signal(d, sigma=sigma)
    n = found * (noise_onset(p, signal) if sigma else elbow_at_fixed_d(p, signal))
    sizes = n * np.array([1 / STEP, 1.0])
    elbow = elbow_at_fixed_d(p, signal)
    return _rows(
        {"p": p, "kappa": np.nan, "sigma": sigma, "d": d, "n": n},
        "fixed d, noise" if sigma else "fixed d",
        r,
        bulk_norms("p", p, sizes, np.full(2, d), sigma, r),
        sizes,
        ray(p, n, signal, np.asarray(r, float))[1],
        elbow / crossing(spike_odds("p", p, d, 1, sigma), elbow / 4, elbow * 4),
    )


def _rows(
    about: dict, regime: str, r: Sequence[float], bulk: np.ndarray, n: np.ndarray, of_ray: np.ndarray, elbow: float
) -> pd.DataFrame:
    p = about["p"]
    return pd.DataFrame({"r": r}).assign(
        **about,
        regime=regime,
        slope=np.log(bulk[:, 1] / bulk[:, 0]) / np.log(n[1] / n[0]),
        slope_law=[SLOPES[regime](p, power) for power in r],
        slope_rule=[slope_without_noise(p, power) for power in r],
        threshold=threshold(p),
        ray_over_bulk=of_ray / bulk[:, 1],
        elbow_law_over_elbow=elbow,
    )
