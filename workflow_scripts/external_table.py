"""In: the exponents of an external study. Out: its table row."""

from pathlib import Path

from scaling.command import command
from scaling.tables.paper import external_table
from scaling.tidy import read_table, write_table


def main(name: str, exponents: Path, table: Path) -> None:
    """Write the row in the columns of the paper's tables."""
    write_table(external_table(name, read_table(exponents)), table)


if __name__ == "__main__":
    command(main)
