"""In: exponents of trained cells. Out: their rows in the table of all laws."""

from pathlib import Path

from scaling.analysis.exponents import wide_form
from scaling.core.command import command
from scaling.core.tidy import read_tables, write_table
from scaling.networks.audits.laws import laws


def main(exponents: list[Path], output: Path) -> None:
    """Say where the laws hold, by the robust procedure."""
    write_table(laws(wide_form(read_tables(exponents))), output)


if __name__ == "__main__":
    command(main)
