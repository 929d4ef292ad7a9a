"""In: exact curves at fixed norm and their optima. Out: those whose exponents are known, beside them."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table, write_table
from scaling.perceptron.laws import known_curves


def main(theory: Path, optima: Path, output: Path) -> None:
    """Hand the curves over as a trajectory table would have them."""
    write_table(known_curves(read_table(theory), read_table(optima)), output)


if __name__ == "__main__":
    command(main)
