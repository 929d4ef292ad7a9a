"""In: the published curves and their exponents. Out: one of the paper's tables, each number beside the printed one."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_tables, write_table
from scaling.paper.tables.published import published_table


def main(number: int, exponents: list[Path], curves: list[Path], table: Path) -> None:
    """Rows whose curves are not there are named in the table."""
    read = (read_tables(files) if files else None for files in (exponents, curves))
    write_table(published_table(number, *read), table)


if __name__ == "__main__":
    command(main)
