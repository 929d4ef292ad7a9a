"""In: the trajectories of cells, their images' provenance, Snakemake's records. Out: a recorded study.

It is two files: the runs (.parquet) and their description (.json).
"""

from pathlib import Path

from scaling.command import command
from scaling.config import Cell
from scaling.recorded.record import record_study


def main(
    cells: dict[str, Cell],
    names: list[str],
    norms: list[str],
    trajectories: list[Path],
    provenance: list[Path],
    records: Path,
    runs: Path,
    description: Path,
) -> None:
    """Record the baselines of `cells` (name: settings); files stand in the order of `names`."""
    of_cell = {name: files for name, *files in zip(names, trajectories, provenance, strict=True)}
    record_study(cells, norms, of_cell, records, runs, description)


if __name__ == "__main__":
    command(main)
