"""In: the tables of the laws that rooms write. Out: all of them in one, as .tsv, .md and .tex."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.files import write_text
from scaling.core.tidy import read_table, write_table
from scaling.laws.render import latex, markdown
from scaling.laws.table import where_the_laws_hold


def main(laws: list[Path], tsv: Path, md: Path, tex: Path) -> None:
    """Rows stand in the order of the tables."""
    table = where_the_laws_hold([(str(path), read_table(path)) for path in laws])
    write_table(table, tsv)
    write_text(markdown(table), md)
    write_text(latex(table), tex)


if __name__ == "__main__":
    command(main)
