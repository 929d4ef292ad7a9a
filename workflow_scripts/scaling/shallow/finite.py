"""Trained networks of finite size beside state evolution."""

import numpy as np
import pandas as pd

from scaling.shallow import diagonal, quadratic
from scaling.shallow.teacher import power_law

QUANTITIES = ["risk", "norm", "rank", "train"]


def compared(samples: pd.DataFrame, noise: float) -> pd.DataFrame:
    """Means over samples beside state evolution.

    Parameters
    ----------
    samples : rows as scaling.shallow.samples gives them, with model, design, g and d.

    Returns
    -------
    Columns model, design, g, d, n, weight_decay, quantity (risk, norm, rank, train), samples, mean, error (standard
    error of the mean), state_evolution, relative (mean over it, less 1), z (their distance in standard errors).
    """
    keys = ["model", "design", "g", "d", "n", "weight_decay"]
    tables = []
    for key, group in samples.groupby(keys):
        model, _, g, d, n, weight_decay = key
        network = diagonal if model == "diagonal" else quadratic
        state = network.at_weight_decay(power_law(int(d), g), np.float64(n), np.float64(weight_decay), noise)
        theory = np.array([float(getattr(state, name)) for name in QUANTITIES])
        mean, error = group[QUANTITIES].mean().to_numpy(), group[QUANTITIES].sem().to_numpy()
        table = pd.DataFrame({"quantity": QUANTITIES, "samples": len(group), "mean": mean, "error": error})
        table["state_evolution"], table["relative"] = theory, mean / theory - 1
        with np.errstate(divide="ignore", invalid="ignore"):
            table["z"] = (mean - theory) / error
        tables.append(table.assign(**dict(zip(keys, key, strict=True))))
    found = pd.concat(tables, ignore_index=True)
    return found[[*keys, *found.columns.drop(keys)]]
