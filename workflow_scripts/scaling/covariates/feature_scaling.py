"""The number of features as the resource: floors, their norms, and the joint law in n and the number of features.

A norm of random features is that of the read-out of sigma(F u) / sqrt(p), whose outputs are of order one.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scaling.covariates import population
from scaling.covariates.predictions import features_exponents
from scaling.covariates.random_features import RandomFeatures, isotropic_inputs, unit_trace
from scaling.covariates.spectra import Features, power_law
from scaling.covariates.theory import Path

STEP = 1.01
PATH_POINTS = 120


def of_size(a: float, delta: float, features: str, size: float) -> Features:
    """The first `size` modes ("modes"), or that many random features of all of them (an activation's name)."""
    if features == "modes":
        return power_law(a, delta, size)
    return RandomFeatures(unit_trace(power_law(a, delta)), size, features)


def norm_scale(features: str, size: float) -> float:
    """What a norm of the theory is multiplied by: of random features the read-out of sigma(F u) / sqrt(p) is meant."""
    return 1.0 if features == "modes" else np.sqrt(size)


def floors(a: float, delta: float, kinds: Sequence[str], sizes: Sequence[int]) -> pd.DataFrame:
    """n = infinity: what p features can reach.

    Columns: features ("modes" or an activation), a, delta, p, floor (the smallest error), norm_at_floor, gamma_2, gamma
    (local: d log norm_at_floor / d log p, -d log floor / d log p, from p to about 1.01 p), gamma_2_predicted,
    gamma_predicted. Accuracy: 1e-9; random features 1e-8; exponents 1e-5.
    """
    rows = []
    for kind in ("modes", *kinds):
        predicted = features_exponents(a, delta, kind if kind in ("modes", "linear") else "nonlinear")
        for p in sizes:
            q = int(np.ceil(STEP * p)) if kind == "modes" else STEP * p
            here, there = (population.end(of_size(a, delta, kind, size)) for size in (p, q))
            ratio = np.log(q / p)
            norms = (end.norm[0] * norm_scale(kind, size) for end, size in ((here, p), (there, q)))
            norm, norm_there = norms
            gamma_2 = np.log(norm_there / norm) / ratio
            gamma = -np.log(there.epsilon[0] / here.epsilon[0]) / ratio
            rows.append((kind, a, delta, p, here.epsilon[0], norm, gamma_2, gamma, *predicted))
    columns = ["features", "a", "delta", "p", "floor", "norm_at_floor", "gamma_2", "gamma"]
    return pd.DataFrame(rows, columns=[*columns, "gamma_2_predicted", "gamma_predicted"])


def population_paths(a: float, delta: float, sizes: Sequence[int]) -> pd.DataFrame:
    """n = infinity: error against norm for the first p modes. Columns: p, norm, epsilon; accuracy 1e-9."""
    tables = []
    for p in sizes:
        lowest = np.log(p) * -(1 + a) - 12
        points = population.path(power_law(a, delta, p), np.linspace(6, lowest, PATH_POINTS))
        tables.append(pd.DataFrame({"p": p, "norm": points.norm, "epsilon": points.epsilon}))
    return pd.concat(tables, ignore_index=True)


def joint(a: float, delta: float, kinds: Sequence[str], sizes: Sequence[int], ratios: Sequence[float]) -> pd.DataFrame:
    """The smallest error at n patterns and p features.

    Columns: features, a, delta, p, n, norm_opt, epsilon_opt (nan where the error has no minimum in the norm), and the
    scaled n / p^(1 + delta/2), epsilon_opt p^(delta/2), on which the first p modes collapse. n runs over `ratios` times
    p^(1 + delta/2). Accuracy: 1e-9, random features 1e-8.
    """
    rows = []
    for kind in ("modes", *kinds):
        for p in sizes:
            scale = p ** (1 + delta / 2)
            ns = np.asarray(ratios, float) * scale
            ns = ns[ns >= 1]
            best = Path.follow(of_size(a, delta, kind, p), ns).optimum()
            for n, log_norm, epsilon in zip(ns, best.log_norm, best.epsilon, strict=True):
                rows.append(
                    (
                        kind,
                        *(a, delta, p, n),
                        np.exp(log_norm) * norm_scale(kind, p),
                        *(epsilon, n / scale, epsilon * p ** (delta / 2)),
                    )
                )
    columns = ["features", "a", "delta", "p", "n", "norm_opt", "epsilon_opt", "n_scaled", "epsilon_scaled"]
    return pd.DataFrame(rows, columns=columns)


def isotropic(activations: Sequence[str], p_over_d: Sequence[float], n_over_d: Sequence[float]) -> pd.DataFrame:
    """Random features of isotropic inputs in d dimensions, p and n in proportion to d.

    Columns: activation, p_over_d, n_over_d, norm_opt (|w| sqrt(p/d)) and epsilon_opt (nan where the error falls to the
    end of the path), epsilon_end (there: maximum margin within 2e-3, or maximum likelihood), floor (n = infinity).
    Accuracy: 1e-9.
    """
    tables = []
    for activation in activations:
        for size in p_over_d:
            features = RandomFeatures(isotropic_inputs(1.0), size, activation)
            path = Path.follow(features, n_over_d)
            best = path.optimum()
            tables.append(
                pd.DataFrame(
                    {
                        "activation": activation,
                        "p_over_d": size,
                        "n_over_d": path.n,
                        "norm_opt": np.exp(best.log_norm) * np.sqrt(size),
                        "epsilon_opt": best.epsilon,
                        "epsilon_end": path.epsilon_end,
                        "floor": features.floor,
                    }
                )
            )
    return pd.concat(tables, ignore_index=True)
