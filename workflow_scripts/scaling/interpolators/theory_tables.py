"""Tidy tables of the theory of interpolators, for the cells that samples are drawn in."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scaling.interpolators.laws import Signal, noise_bulk, ray, two_blocks
from scaling.interpolators.potentials import KINDS
from scaling.interpolators.state_evolution import Solution, solve, spike

LAWS = ("ray_spike", "ray_bulk", "two_block_spike", "two_block_bulk", "noise_bulk")


def solve_cells(cells: pd.DataFrame) -> list[tuple[np.ndarray, Solution]]:
    """State evolution of every cell (columns CELL): the rows' numbers, and their solution, a kind at a time."""
    found = []
    for kind in KINDS:
        which = np.flatnonzero(cells["kind"] == kind)
        if which.size:
            part = cells.iloc[which]
            columns = (part[name].to_numpy(float) for name in ("parameter", "n", "d", "spikes"))
            found.append((which, solve(spike(KINDS[kind], *columns, sigma=part["sigma"].to_numpy(float)))))
    return found


def curves(cells: pd.DataFrame, r: Sequence[float]) -> pd.DataFrame:
    """State evolution and closed laws, a row for each cell and r.

    cells may have other columns besides CELL, which are kept. Added are r, spike, risk, norm, bulk (state evolution),
    and LAWS: spike and bulk on the ray and by two blocks, the bulk that fits noise (missing for networks; the last also
    without noise).
    """
    r = np.asarray(r, float)
    tables = []
    for which, solution in solve_cells(cells):
        sums = solution.problem.counts * solution.powers(tuple(r))  # (r, cells, spikes and bulk)
        part = cells.iloc[which]
        laws = np.array([_laws(cell, r) for cell in part.itertuples(index=False)])  # (cells, LAWS, r)
        for i, power in enumerate(r):
            columns = {
                "r": power,
                "spike": solution.powers((1.0,))[0, :, 0],
                "risk": solution.risk,
                "norm": sums[i].sum(axis=1) ** (1 / power),
                "bulk": sums[i, :, 1] ** (1 / power),
            }
            columns |= dict(zip(LAWS, laws[:, :, i].T, strict=True))
            tables.append(part.assign(**columns))
    return pd.concat(tables, ignore_index=True)


def _laws(cell, r: np.ndarray) -> np.ndarray:
    """The columns LAWS of a cell, shape (len(LAWS), len(r))."""
    if cell.kind != "p":
        return np.full((len(LAWS), r.size), np.nan)
    signal = Signal(cell.d, cell.spikes, 1.0, cell.sigma)
    of_noise = noise_bulk(cell.parameter, cell.n, signal, r) if cell.sigma else np.nan
    columns = (*ray(cell.parameter, cell.n, signal, r), *two_blocks(cell.parameter, cell.n, signal, r), of_noise)
    return np.array([np.broadcast_to(column, r.shape) for column in columns])
