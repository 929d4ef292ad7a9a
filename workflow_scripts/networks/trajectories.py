"""A norm along training, from the stored statistics of layers.

In: the tables of all blocks of runs of one cell and variant, and the provenance of its data set. Out: a table with
study, cell, variant, norm, P, seed, epoch, log10_norm, train_error, test_error, diverged, and what these errors are
(scaling.analysis.facts).
"""

import json
from pathlib import Path

import pandas as pd

from scaling.analysis.exponents import identified
from scaling.analysis.facts import with_facts
from scaling.core.command import command
from scaling.core.tidy import read_tables, write_table
from scaling.networks.facts import facts_of_runs
from scaling.networks.norms.trajectories import trajectories


def main(
    runs: Path,
    blocks: dict[int, int],
    provenance: Path,
    study: str,
    cell: str,
    variant: str,
    norm: str,
    family: str,
    task: str,
    measure: str,
    floor: float,
    table: Path,
) -> None:
    """Compute `norm` for the runs in P*/block*.*.parquet of the folder `runs`; `blocks`: how many for each P."""

    def of_all_blocks(kind: str) -> pd.DataFrame:
        return read_tables(
            [runs / f"P{P}/block{block}.{kind}.parquet" for P, number in blocks.items() for block in range(number)]
        )

    along = trajectories(of_all_blocks("epochs"), of_all_blocks("layers"), norm, family, measure, floor)
    data = json.loads(provenance.read_text(encoding="utf-8"))
    along = with_facts(along, facts_of_runs(task, measure, floor, data))
    write_table(identified(along, {"study": study, "cell": cell, "variant": variant, "norm": norm}), table)


if __name__ == "__main__":
    command(main)
