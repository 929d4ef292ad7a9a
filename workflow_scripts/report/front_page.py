"""The report's first page.

In: Table 1, the perceptron's exponents, the study's size, the times of its training jobs. Out: the page (.rst).
"""

from pathlib import Path

from scaling.core.command import command
from scaling.core.files import write_text
from scaling.core.tidy import read_table
from scaling.report.front_page import front_page, training_seconds


def main(preset: str, sizes: dict[str, int], table1: Path, perceptron: Path, benchmarks: Path, page: Path) -> None:
    """`sizes` maps a label to a count, e.g. {'training runs': 75}."""
    tables = (read_table(table1), read_table(perceptron))
    write_text(front_page(preset, sizes, *tables, training_seconds(benchmarks)), page)


if __name__ == "__main__":
    command(main)
