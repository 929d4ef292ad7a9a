"""Percolation in two dimensions, whose finite-size scaling is known exactly, in the shape of learning curves.

Sites of a triangular lattice of L x L (open edges) are occupied with probability p; the threshold is 1/2. M is the
second moment of the clusters' sizes per site, without the largest cluster. Near the threshold

    M = L^(43/24) F(|p - 1/2| L^(3/4)),

exactly (Smirnov and Werner, Math. Res. Lett. 8, 729, 2001). With P = L, the norm |p - 1/2| and the error 1/M below the
threshold, curves have a minimum: gamma_2 = -3/4, gamma_meas = 43/24. With the error M above it they fall all the way,
from plateaus of their own: gamma_2 = -3/4, and no gamma_meas.

`python tests/harness/percolation.py` makes percolation.parquet anew (five minutes); a test makes a part of it again.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.ndimage import label

FILE = Path(__file__).with_suffix(".parquet")
SIZES = (16, 24, 32, 48, 64, 96, 128, 192)
SEEDS, LATTICES = 10, 300  # a curve is the mean over so many lattices
DISTANCES = np.geomspace(8e-4, 0.06, 25)
NEIGHBOURS = np.array([np.zeros((3, 3)), [[1, 1, 0], [1, 1, 1], [0, 1, 1]], np.zeros((3, 3))], bool)


def second_moment(occupied: np.ndarray) -> np.ndarray:
    """M of each lattice, [B] for occupied [B, L, L]."""
    clusters, number = label(occupied, NEIGHBOURS)
    flat = clusters.reshape(len(occupied), -1)
    # Labels grow along the lattices: those up to the largest of a lattice are its own and the former ones'.
    owner = np.searchsorted(np.maximum.accumulate(flat.max(axis=1)), np.arange(1, number + 1))
    sizes = np.bincount(flat.ravel(), minlength=number + 1)[1:].astype(float)
    largest = np.zeros(len(occupied))
    np.maximum.at(largest, owner, sizes)
    return (np.bincount(owner, sizes**2, len(occupied)) - largest**2) / flat.shape[1]


def curve(size: int, seed: int) -> pd.DataFrame:
    """P, seed, distance, and M below and above the threshold, of the same lattices at all distances."""
    chance = np.random.default_rng([size, seed]).random((LATTICES, size, size), dtype=np.float32)
    moments = {
        side: [second_moment(chance < 0.5 + sign * distance).mean() for distance in DISTANCES]
        for side, sign in (("below", -1), ("above", 1))
    }
    return pd.DataFrame({"P": size, "seed": seed, "distance": DISTANCES, **moments})


def trajectories(table: pd.DataFrame, side: str) -> pd.DataFrame:
    """One side as learning curves: P, seed, log10_norm, test_error (at most 1/2)."""
    error = 1 / table["below"] if side == "below" else table["above"]
    columns = {"log10_norm": np.log10(table["distance"]), "test_error": 0.5 * error / error.max()}
    return table[["P", "seed"]].assign(**columns)


if __name__ == "__main__":
    made = [curve(size, seed) for size in SIZES for seed in range(SEEDS)]
    pd.concat(made, ignore_index=True).to_parquet(FILE, index=False)
