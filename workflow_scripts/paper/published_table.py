"""In: exponents from the published curves. Out: one of the paper's tables, each number beside the printed one."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_tables, write_table
from scaling.paper.tables.published import published_table


def main(number: int, exponents: list[Path], table: Path) -> None:
    """Rows whose curves are not there are named in the table."""
    write_table(published_table(number, read_tables(exponents) if exponents else None), table)


if __name__ == "__main__":
    command(main)
