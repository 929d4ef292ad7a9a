"""In: the exponents of each procedure. Out: one table of them all, one row per procedure."""

from pathlib import Path

import pandas as pd

from scaling.command import command
from scaling.tidy import read_table, write_table


def main(procedures: list[Path], exponents: Path) -> None:
    """Put the rows of all procedures into one table; a column that a procedure lacks is nan there."""
    write_table(pd.concat([read_table(path) for path in procedures], ignore_index=True), exponents)


if __name__ == "__main__":
    command(main)
