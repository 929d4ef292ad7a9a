"""In: tables. Out: one table of all their rows, in the order given; what a table lacks of the columns is empty."""

from pathlib import Path

import pandas as pd

from scaling.command import command
from scaling.tidy import read_table, write_table


def main(tables: list[Path], output: Path) -> None:
    """Write the tables below each other."""
    write_table(pd.concat([read_table(table) for table in tables], ignore_index=True), output)


if __name__ == "__main__":
    command(main)
