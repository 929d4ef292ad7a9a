"""In: the exponents of the theory, of the dynamics and of the paper. Out: one table, side by side."""

from pathlib import Path

from scaling.command import command
from scaling.perceptron.free_norm_exponents import side_by_side
from scaling.tidy import read_table, write_table


def main(theory: Path, dynamics: Path, published: Path, output: Path) -> None:
    """Put the three under each other, by quantity."""
    write_table(side_by_side(read_table(theory), read_table(dynamics), read_table(published)), output)


if __name__ == "__main__":
    command(main)
