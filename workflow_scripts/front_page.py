"""In: Table 1, the perceptron's exponents, the study's size. Out: the report's first page (.rst)."""

from pathlib import Path

from scaling.command import command
from scaling.files import write_text
from scaling.tables.front_page import front_page
from scaling.tidy import read_table


def main(preset: str, sizes: dict[str, int], table1: Path, perceptron: Path, page: Path) -> None:
    """`sizes` says what there is how many of."""
    write_text(front_page(preset, sizes, read_table(table1), read_table(perceptron)), page)


if __name__ == "__main__":
    command(main)
