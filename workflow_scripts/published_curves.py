"""In: one of the authors' curve files. Out: the mean curves and optima of one row of the paper's tables."""

from pathlib import Path

from scaling.command import command
from scaling.curves.published import read_published_curves
from scaling.tidy import write_table


def main(file: Path, curves: Path, optima: Path, index: int | None = None) -> None:
    """Read the file without running what it says."""
    for table, path in zip(read_published_curves(file, index), (curves, optima), strict=True):
        write_table(table, path)


if __name__ == "__main__":
    command(main)
