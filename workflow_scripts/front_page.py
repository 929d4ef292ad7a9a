"""The report's first page.

In: Table 1, the perceptron's exponents, the study's size, Snakemake's records of its jobs. Out: the page (.rst).
"""

from pathlib import Path

from scaling.command import command
from scaling.files import write_text
from scaling.tables.front_page import front_page, job_seconds
from scaling.tidy import read_table


def main(preset: str, sizes: dict[str, int], table1: Path, perceptron: Path, records: Path, page: Path) -> None:
    """`sizes` says what there is how many of."""
    tables = (read_table(table1), read_table(perceptron))
    write_text(front_page(preset, sizes, *tables, job_seconds(records)), page)


if __name__ == "__main__":
    command(main)
