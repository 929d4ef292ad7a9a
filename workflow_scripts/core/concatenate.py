"""In: tables. Out: one table of all their rows, in the order given; what a table lacks of the columns is empty."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_tables, write_table


def main(tables: list[Path], output: Path) -> None:
    """Write the tables below each other."""
    write_table(read_tables(tables), output)


if __name__ == "__main__":
    command(main)
