"""Norms along training, from the stored statistics of layers.

In: the tables of all blocks of runs of one cell and variant. Out: a table with P, seed, epoch, norm, log10_norm,
train_error, test_error, diverged.
"""

from pathlib import Path

import pandas as pd

from scaling.command import command
from scaling.norms.trajectories import trajectories
from scaling.tidy import read_table, write_table


def main(epochs: list[Path], layers: list[Path], norms: list[str], family: str, table: Path) -> None:
    """Compute `norms` for the runs in the tables `epochs` and `layers`."""
    epochs_table, layers_table = (pd.concat(map(read_table, files), ignore_index=True) for files in (epochs, layers))
    write_table(trajectories(epochs_table, layers_table, norms, family), table)


if __name__ == "__main__":
    command(main)
