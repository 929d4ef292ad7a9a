"""In: recorded studies' descriptions and exponents. Out: Table 1 or 2 of them, as .tsv, .md and .tex."""

from pathlib import Path

from scaling.command import command
from scaling.files import write_text
from scaling.recorded.studies import read_description
from scaling.tables.recorded import recorded_table
from scaling.tables.render import latex, markdown
from scaling.tidy import read_table, write_table


def main(
    number: int, descriptions: list[Path], rows: list[str], exponents: list[Path], tsv: Path, md: Path, tex: Path
) -> None:
    """`rows` names the file of exponents at the same place, as study/cell/variant/norm."""
    studies = {file.stem: read_description(file) for file in descriptions}
    read: dict[str, dict] = {name: {} for name in studies}
    for row, file in zip(rows, exponents, strict=True):
        name, *key = row.split("/")
        read[name][tuple(key)] = read_table(file)
    table = recorded_table(number, studies, read)
    write_table(table, tsv)
    write_text(markdown(number, table), md)
    write_text(latex(number, table), tex)


if __name__ == "__main__":
    command(main)
