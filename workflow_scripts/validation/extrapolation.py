"""In: a folder of public learning curves. Out: how well our law and published forms extrapolate them."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.validation.extrapolation import extrapolation, read_benchmark, summary


def main(folder: Path, curves: Path, table: Path) -> None:
    """Fit the beginning of every curve by every form, and compare its rest."""
    errors = extrapolation(read_benchmark(folder))
    write_table(errors, curves)
    write_table(summary(errors), table)


if __name__ == "__main__":
    command(main)
