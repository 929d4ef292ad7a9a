"""In: the exponents, the collapse, the trained networks. Out: laws.tsv, where the laws hold: a row per regime."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table, write_table
from scaling.shallow.where import where_the_laws_hold


def main(norm_laws: Path, collapse: Path, trained: Path, minima: Path, output: Path) -> None:
    """Write the rows."""
    tables = (read_table(path) for path in (norm_laws, collapse, trained, minima))
    write_table(where_the_laws_hold(*tables), output)


if __name__ == "__main__":
    command(main)
