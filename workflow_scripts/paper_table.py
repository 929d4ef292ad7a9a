"""In: tables of exponents. Out: one of the paper's tables, ours and published, as .tsv, .md, .tex and .html."""

from pathlib import Path

from scaling.command import command
from scaling.files import write_text
from scaling.tables.paper import paper_table
from scaling.tables.render import latex, markdown, web_page
from scaling.tidy import read_table, write_table


def main(
    number: int, rows: list[str], exponents: list[Path], default_norm: str, tsv: Path, md: Path, tex: Path, web: Path
) -> None:
    """`rows` names the file of exponents at the same place, as cell/variant/norm."""
    files = dict(zip((tuple(row.split("/")) for row in rows), exponents, strict=True))
    table = paper_table(number, {key: read_table(file) for key, file in files.items()}, default_norm)
    write_table(table, tsv)
    write_text(markdown(number, table), md)
    write_text(latex(number, table), tex)
    write_text(web_page(number, table), web)


if __name__ == "__main__":
    command(main)
