"""Train a block of runs: one cell, variant and P, several seeds.

In: the images, a random subset of them for each seed, the training's settings. Out: a table with the errors and losses
of every run at every logged point, one with the statistics of every layer there, and one that says where each run was
trained. Beside them, in a folder, a file for each run: a checkpoint while it is trained, its records when it is done.
Started again after it was killed, it goes on from there.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.networks.data.arrays import read_arrays
from scaling.networks.training.block import train_block
from scaling.networks.training.spec import TrainingSpec


def main(
    arrays: Path,
    seeds: list[int],
    subsets: list[Path],
    spec: TrainingSpec,
    checkpoints: Path,
    code: str,
    epochs: Path,
    layers: Path,
    origins: Path,
    workers: int = 1,
    keep_weights: bool = False,
) -> None:
    """Train one run for each of `seeds` on its subset; `code` is the fingerprint of the code."""
    indices = {seed: np.load(file, allow_pickle=False) for seed, file in zip(seeds, subsets, strict=True)}
    tables = train_block(
        read_arrays(arrays), indices, spec, checkpoints, code=code, workers=workers, keep_weights=keep_weights
    )
    write_table(pd.DataFrame(tables.layers), layers)
    write_table(pd.DataFrame(tables.origins), origins)
    write_table(pd.DataFrame(tables.epochs), epochs)


if __name__ == "__main__":
    command(main)
