"""Exact interpolators of random data: a row for each data set, potential, noise and norm."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd

from scaling.interpolators.interpolation import interpolate
from scaling.interpolators.potentials import potential


def data(n: int, d: int, seed: int, sample: int) -> tuple[np.ndarray, np.ndarray]:
    """X, shape (n, d), and noise of unit variance, shape (n,). Cells of one n, d and sample share them."""
    random = np.random.default_rng([seed, n, d, sample])
    return random.standard_normal((n, d)), random.standard_normal(n)


def solved(
    n: int,
    d: int,
    potentials: Sequence[tuple[str, float]],
    sigmas: Sequence[float],
    spikes: int,
    samples: int,
    seed: int,
    r: Sequence[float],
) -> pd.DataFrame:
    """Interpolators of y = X w* + sigma xi, the first `spikes` weights of w* being 1 and all others 0.

    Parameters
    ----------
    potentials : (kind, parameter) of each, as ("p", 1.5) or ("alpha", 0.0664).
    samples : independent data sets; all potentials and sigmas see the same.

    Returns
    -------
    One row for each sample, potential, sigma and r: the columns of CELL, sample, r, norm (|w|_r), bulk (the same of the
    weights that should be 0; missing where the residual could be all of it), spike (mean weight where it should be 1),
    risk (|w - w*|^2), residual (|X w - y| / |y|, below 1e-8), steps (of Newton's method).
    """
    rows = []
    for sample in range(samples):
        X, noise = data(n, d, seed, sample)
        for (kind, parameter), sigma in product(potentials, sigmas):
            y = X[:, :spikes].sum(axis=1) + sigma * noise
            found = interpolate(X, y, potential(kind, parameter))
            w = np.abs(found.weights)
            about = {"kind": kind, "parameter": parameter, "n": n, "d": d, "spikes": spikes, "sigma": sigma}
            about |= {"sample": sample}
            measured = {
                "spike": found.weights[:spikes].mean(),
                "risk": np.sum((found.weights[:spikes] - 1) ** 2) + np.sum(w[spikes:] ** 2),
                "residual": found.residual,
                "steps": found.steps,
            }
            noise_floor = found.residual * np.linalg.norm(y)
            for power in r:
                bulk = np.linalg.norm(w[spikes:], power)
                norms = {"r": power, "norm": np.linalg.norm(w, power), "bulk": bulk if bulk > noise_floor else np.nan}
                rows.append(about | norms | measured)
    return pd.DataFrame(rows)
