"""In: exponents from the published curves. Out: one of the paper's tables, each number beside the printed one."""

from pathlib import Path

from scaling.command import command
from scaling.tables.published import published_table
from scaling.tidy import read_table, write_table


def main(number: int, rows: list[str], exponents: list[Path], table: Path) -> None:
    """`rows` names the file of exponents at the same place, as cell/variant/norm; rows without one are absent."""
    files = dict(zip((tuple(row.split("/")) for row in rows), exponents, strict=True))
    write_table(published_table(number, {key: read_table(file) for key, file in files.items()}), table)


if __name__ == "__main__":
    command(main)
