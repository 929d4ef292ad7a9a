"""In: exact curves of known exponents. Out: what both procedures return for them, beside the truth."""

from pathlib import Path

import pandas as pd

from scaling.core.command import command
from scaling.core.tidy import read_tables, write_table
from scaling.laws.procedures import KNOWN, returned


def main(known: list[Path], output: Path) -> None:
    """Fit the curves of each regime as if they were mean curves of runs."""
    write_table(returned(read_tables(known) if known else pd.DataFrame(columns=KNOWN)), output)


if __name__ == "__main__":
    command(main)
