"""In: exponents of theory and samples, the limit of large alpha. Out: the perceptron's rows in the table of laws."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table, write_table
from scaling.perceptron.laws import laws


def main(exponents: Path, local: Path, limit: Path, output: Path) -> None:
    """Say where the laws hold."""
    write_table(laws(*(read_table(table) for table in (exponents, local, limit))), output)


if __name__ == "__main__":
    command(main)
