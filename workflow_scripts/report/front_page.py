"""The report's first page.

In: Table 1, the perceptron's exponents, the study's size, the folders with the times of its training jobs; picture and
exponents of the cell that is shown. Out: the page (.rst).
"""

from pathlib import Path

from scaling.analysis.exponents import wide_form
from scaling.core.command import command
from scaling.core.files import write_text
from scaling.core.tidy import read_table
from scaling.report.front_page import front_page, training_seconds


def main(
    preset: str,
    sizes: dict[str, int],
    table1: Path,
    perceptron: Path,
    benchmarks: list[Path],
    page: Path,
    cell: str = "",
    exponents: Path | None = None,
    picture: Path | None = None,
) -> None:
    """`sizes` maps a label to a count, e.g. {'training runs': 75}; a study without cells has no picture."""
    tables = (read_table(table1), read_table(perceptron))
    shown = (wide_form(read_table(exponents)), picture.read_bytes()) if exponents and picture else (None, None)
    write_text(front_page(preset, sizes, *tables, training_seconds(benchmarks), cell, *shown), page)


if __name__ == "__main__":
    command(main)
