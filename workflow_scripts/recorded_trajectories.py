"""In: a recorded study (.parquet and .json). Out: the trajectories table of one of its cells and variants, checked."""

from pathlib import Path

from scaling.command import command
from scaling.recorded.studies import read_description, read_runs
from scaling.tidy import write_table


def main(runs: Path, description: Path, cell: str, variant: str, trajectories: Path) -> None:
    """Take out one cell and variant, with all its norms."""
    table = read_runs(runs, read_description(description))
    chosen = (table["cell"] == cell) & (table["variant"] == variant)
    write_table(table[chosen].drop(columns=["cell", "variant"]), trajectories)


if __name__ == "__main__":
    command(main)
