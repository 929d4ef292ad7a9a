"""In: somebody's own learning curves (.tsv or .parquet). Out: a trajectories table, checked."""

from pathlib import Path

from scaling.command import command
from scaling.curves.external import read_external_curves
from scaling.tidy import write_table


def main(file: Path, trajectories: Path) -> None:
    """Check the curves and write them in the study's form."""
    write_table(read_external_curves(file), trajectories)


if __name__ == "__main__":
    command(main)
