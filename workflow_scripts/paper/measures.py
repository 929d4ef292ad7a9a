"""In: exponents of cells in several measures and norms. Out: their table, as .tsv and .md."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.files import write_text
from scaling.core.tidy import read_tables, write_table
from scaling.paper.tables.measures import markdown, measures_table


def main(exponents: list[Path], tsv: Path, md: Path) -> None:
    """A row for each of the files, in their order."""
    table = measures_table(read_tables(exponents))
    write_table(table, tsv)
    write_text(markdown(table), md)


if __name__ == "__main__":
    command(main)
