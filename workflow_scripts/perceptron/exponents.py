"""In: the theory's exponents and optima, the dynamics' and the paper's exponents. Out: one table, side by side."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table, write_table
from scaling.perceptron.comparison import side_by_side
from scaling.sources.facts import published_perceptron


def main(theory: Path, optima: Path, dynamics: Path, output: Path) -> None:
    """Put them under each other, by quantity."""
    tables = (read_table(table) for table in (theory, optima, dynamics))
    write_table(side_by_side(*tables, published_perceptron()), output)


if __name__ == "__main__":
    command(main)
