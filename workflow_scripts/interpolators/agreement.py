"""In: exact solutions and theory. Out: how far they are apart, a row for each cell, norm and quantity."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table, write_table
from scaling.interpolators.comparison import agreement


def main(samples: Path, theory: Path, output: Path) -> None:
    """Compare exact solutions with state evolution."""
    write_table(agreement(read_table(samples), read_table(theory)), output)


if __name__ == "__main__":
    command(main)
