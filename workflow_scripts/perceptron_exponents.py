"""In: the theory's exponents and optima, the dynamics' and the paper's exponents. Out: one table, side by side."""

from pathlib import Path

from scaling.command import command
from scaling.perceptron.free_norm_exponents import side_by_side
from scaling.tidy import read_table, write_table


def main(theory: Path, optima: Path, dynamics: Path, published: Path, output: Path) -> None:
    """Put them under each other, by quantity."""
    tables = (read_table(table) for table in (theory, optima, dynamics, published))
    write_table(side_by_side(*tables), output)


if __name__ == "__main__":
    command(main)
