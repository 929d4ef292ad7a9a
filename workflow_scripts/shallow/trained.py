"""In: paths of trained networks. Out: their smallest risks, and the exponents of the laws in the norm."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_tables, write_table
from scaling.shallow.trained import exponents, minima


def main(paths: list[Path], noise: float, smallest: Path, laws: Path) -> None:
    """Write the minima of all trainings and the exponents."""
    table = read_tables(paths)
    best = minima(table, noise)
    write_table(best, smallest)
    write_table(exponents(table, best), laws)


if __name__ == "__main__":
    command(main)
