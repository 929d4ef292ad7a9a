"""In: the trajectories of cells, their images' provenance, the times of jobs, the runs' origins. Out: a recorded study.

It is two files: the runs (.parquet) and their description (.json).
"""

from pathlib import Path

from scaling.core.command import command
from scaling.networks.settings import Cell
from scaling.sources.record import record_study


def main(
    cells: dict[str, Cell],
    norms: list[str],
    trajectories: list[Path],
    provenance: list[Path],
    benchmarks: Path,
    trained: Path,
    runs: Path,
    description: Path,
    variants: dict[str, dict[str, Cell]],
) -> None:
    """Record `cells` (name: settings) and `variants` of them; a file of provenance is called after its data set."""
    of_dataset = {file.stem: file for file in provenance}
    of_cell = {name: of_dataset[cell.dataset] for name, cell in cells.items()}
    record_study(cells, norms, trajectories, of_cell, benchmarks, trained, runs, description, variants)


if __name__ == "__main__":
    command(main)
