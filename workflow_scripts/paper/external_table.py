"""In: the exponents of curves from elsewhere. Out: their table, without published values."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_tables, write_table
from scaling.paper.tables.ours import external_table


def main(exponents: list[Path], table: Path) -> None:
    """Write the rows in the columns of the paper's tables."""
    write_table(external_table(read_tables(exponents)), table)


if __name__ == "__main__":
    command(main)
