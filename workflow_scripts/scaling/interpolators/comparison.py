"""Exact solutions beside state evolution; networks beside the norm that they look like."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd

from scaling.interpolators.design import CELL
from scaling.interpolators.elbows import FIRST_N, crossing, spike_odds
from scaling.interpolators.laws import Signal, elbow_at_fixed_d, slope_without_noise
from scaling.interpolators.network_laws import effective_p, network_elbow, network_limit
from scaling.interpolators.potentials import KINDS
from scaling.interpolators.slopes import FAR, bulk_norms
from scaling.interpolators.state_evolution import solve, spike

QUANTITIES = "norm", "bulk", "spike", "risk"


def agreement(samples: pd.DataFrame, theory: pd.DataFrame) -> pd.DataFrame:
    """The mean of exact solutions over state evolution, less 1: a row for each cell, r and quantity.

    Columns: study, CELL, r (0 for what has none: spike and risk), quantity, exact, theory, deviation, error (standard
    error of the mean of the samples, relative; from few samples it is uncertain by itself), samples.
    Cells of one n and d that differ in potential or noise share their data sets, so they are not independent.
    """
    keys = ["study", *CELL, "r"]
    groups = samples.groupby(keys)
    mean, sem, count = (getattr(groups[list(QUANTITIES)], name)() for name in ("mean", "sem", "count"))
    expected = theory.set_index(keys)
    tables = []
    for quantity in QUANTITIES:
        exact, reference = mean[quantity], expected.loc[mean.index, quantity]
        table = pd.DataFrame({"quantity": quantity, "exact": exact, "theory": reference})
        table["deviation"], table["error"] = exact / reference - 1, sem[quantity] / exact
        table["samples"] = count[quantity]
        table = table.reset_index()
        if quantity in ("spike", "risk"):
            table = table.assign(r=0.0).drop_duplicates(keys)
        tables.append(table.dropna(subset="exact"))
    return pd.concat(tables, ignore_index=True)


def network_table(alphas: Sequence[float], dimensions: Sequence[float], kappas: Sequence[float]) -> pd.DataFrame:
    """Diagonal networks beside the l_p norm of their effective p; a row for each alpha, quantity and d or kappa.

    Columns
    -------
    alpha, effective_p
    quantity : elbow (at fixed d, no noise, one spike); spike_limit and slope (of |bulk|_1 in n) at fixed kappa, n to
        infinity.
    d, kappa : whichever the quantity is at; the other is missing.
    network : by state evolution.
    network_law : in closed form.
    at_effective_p : the same of the l_p norm, by state evolution.
    at_effective_p_law : in closed form: what the network would inherit.
    """
    rows = []
    for alpha, d in product(alphas, dimensions):
        p, range_ = min(effective_p(alpha), 2.0), (FIRST_N, 0.98 * d)
        rows.append(
            {"alpha": alpha, "effective_p": p, "quantity": "elbow", "d": d, "kappa": np.nan}
            | {
                "network": crossing(spike_odds("alpha", alpha, d, 1, 0.0), *range_),
                "network_law": network_elbow(alpha, d),
                "at_effective_p": crossing(spike_odds("p", p, d, 1, 0.0), *range_),
                "at_effective_p_law": elbow_at_fixed_d(p, Signal(d)),
            }
        )
    for alpha, kappa in product(alphas, kappas):
        p = min(effective_p(alpha), 2.0)
        about = {"alpha": alpha, "effective_p": p, "d": np.nan, "kappa": kappa}
        slopes = []
        for kind, parameter in (("alpha", alpha), ("p", p)):
            log = np.log(bulk_norms(kind, parameter, FAR, kappa * FAR, 0.0, (1.0,)))[0]
            slopes.append((log[1] - log[0]) / np.log(FAR[1] / FAR[0]))
        far = np.log(FAR[-1:])
        x = [
            1 / (1 + np.exp(-spike_odds(kind, parameter, kappa * FAR[-1], 1, 0.0)(far)[0]))
            for kind, parameter in (("alpha", alpha), ("p", p))
        ]
        rows.append(
            about
            | {"quantity": "slope", "network": slopes[0], "network_law": 0.5}
            | {"at_effective_p": slopes[1], "at_effective_p_law": slope_without_noise(p, 1.0)}
        )
        rows.append(
            about
            | {"quantity": "spike_limit", "network": x[0], "network_law": network_limit(alpha, kappa)}
            | {"at_effective_p": x[1], "at_effective_p_law": 1.0}
        )
    return pd.DataFrame(rows)


def network_curves(alphas: Sequence[float], d: float, kappa: float, points: int = 30) -> pd.DataFrame:
    """Networks and the l_p norms of their effective p, one spike, no noise, by state evolution: what a figure shows.

    Columns: alpha, effective_p, of ("network" or "norm"), at ("fixed d", "fixed d/n"), n, spike, bulk (l_1).
    """
    tables = []
    for alpha in alphas:
        p = min(effective_p(alpha), 2.0)
        for of, kind, parameter in (("network", "alpha", alpha), ("norm", "p", p)):
            for at in ("fixed d", "fixed d/n"):
                n = np.geomspace(2 * FIRST_N, 0.95 * d, points) if at == "fixed d" else np.geomspace(20, 1e6, points)
                sizes = np.full(points, float(d)) if at == "fixed d" else kappa * n
                powers = solve(spike(KINDS[kind], parameter, n, sizes)).powers((1.0,))[0]
                columns = {"n": n, "spike": powers[:, 0], "bulk": (sizes - 1) * powers[:, 1]}
                tables.append(pd.DataFrame(columns).assign(alpha=alpha, effective_p=p, of=of, at=at))
    return pd.concat(tables, ignore_index=True)
