"""In: tables of exponents. Out: one of the paper's tables, ours and published, as .tsv, .md, .tex and .html.

With the descriptions of recorded studies: the table of their rows, with what was trained in words.
"""

from pathlib import Path

import pandas as pd

from scaling.analysis.exponents import COLUMNS
from scaling.core.command import command
from scaling.core.files import write_text
from scaling.core.tidy import read_tables, write_table
from scaling.paper.tables.ours import paper_table
from scaling.paper.tables.recorded import recorded_table
from scaling.paper.tables.render import latex, markdown, web_page
from scaling.sources.recorded import read_description


def main(
    number: int,
    exponents: list[Path],
    default_norm: str,
    tsv: Path,
    md: Path,
    tex: Path,
    web: Path,
    descriptions: list[Path] | None = None,
) -> None:
    """Rows stand in the order of `exponents`; published values stand beside those of `default_norm`."""
    long = read_tables(exponents) if exponents else pd.DataFrame(columns=COLUMNS)
    if descriptions:
        table = recorded_table(number, {file.stem: read_description(file) for file in descriptions}, long)
    else:
        table = paper_table(number, long, default_norm)
    write_table(table, tsv)
    write_text(markdown(number, table), md)
    write_text(latex(number, table), tex)
    write_text(web_page(number, table), web)


if __name__ == "__main__":
    command(main)
