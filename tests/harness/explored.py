"""Tables of studies whose laws are known, as the explorer takes them."""

import numpy as np
import pandas as pd
from harness.paths import ROOT

from scaling.analysis.authors import authors_exponents
from scaling.analysis.exponents import IDENTITY, identified, long_form
from scaling.analysis.mean_curves import mean_curves
from scaling.analysis.settings import FitWindow
from scaling.explorer.contents import Tables
from scaling.sources.recorded import read_description, read_runs

GAMMA_1, GAMMA_2 = 0.5, 1.2
WINDOW = FitWindow(gamma_1_min_P=1000, x_left=1e-3, x_right=0.1, gamma_2_min_P=500, gamma_meas_min_P=500)


def runs_of(
    P=(500, 1000, 2000, 4000), seeds: int = 3, noise: float = 0.02, points: int = 40, seed: int = 0
) -> pd.DataFrame:
    """Runs that fall as lambda^-gamma_1 to an optimum at P^gamma_2, and rise behind it."""
    random = np.random.default_rng(seed)
    tables = []
    for p in P:
        for run in range(1, seeds + 1):
            x = np.linspace(-4, 0.6, points) + random.uniform(0, 0.05)
            smooth = np.log10(0.5) - GAMMA_1 * GAMMA_2 * np.log10(p / P[0]) - GAMMA_1 * x
            error = smooth + np.where(x > 0, 1.5 * x, 0) - 2 + random.normal(0, noise) + random.normal(0, noise, points)
            columns = {"log10_norm": x + GAMMA_2 * np.log10(p), "test_error": np.minimum(10**error, 1.0)}
            tables.append(pd.DataFrame({"P": p, "seed": run, "epoch": np.arange(1, points + 1) / 4, **columns}))
    return pd.concat(tables, ignore_index=True).assign(diverged=False)


def tables_of(
    trajectories: pd.DataFrame, study="trained", cell="CNN_MNIST", variant="baseline", norm="l2", window=WINDOW
) -> Tables:
    """The runs with what the analysis makes of them."""
    identity = dict(zip(IDENTITY, (study, cell, variant, norm), strict=True))
    curves, optima = mean_curves(trajectories)
    exponents, _ = authors_exponents(curves, optima, window)
    return Tables(
        *(identified(table, identity) for table in (trajectories, curves, optima)), long_form(exponents, identity)
    )


def recorded(name: str) -> list[Tables]:
    """Every row of a recorded study, with the authors' exponents."""
    study = read_description(ROOT / f"recorded/{name}.json")
    runs = read_runs(ROOT / f"recorded/{name}.parquet", study)
    rows = []
    for key, table in runs.groupby(["cell", "variant", "norm"], sort=False):
        window = study.trainings()[key[:2]].fit_window(key[1], key[2], study.norms[0])
        table = table.drop(columns=["cell", "variant", "norm"])
        rows.append(tables_of(table, f"recorded/{name}", *key, window=window))
    return rows
