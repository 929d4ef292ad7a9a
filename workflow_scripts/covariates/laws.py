"""In: the covariates' exponents, curves, optima and features. Out: their rows in the table of all laws."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table, write_table
from scaling.covariates.laws import laws


def main(exponents: Path, curves: Path, optima: Path, features: Path, isotropic: Path, output: Path) -> None:
    """Say where the laws hold."""
    write_table(laws(*(read_table(table) for table in (exponents, curves, optima, features, isotropic))), output)


if __name__ == "__main__":
    command(main)
