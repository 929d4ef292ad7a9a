"""In: predictions of synthetic studies, and the truth. Out: how often their intervals contain it, as a table."""

from pathlib import Path

import pandas as pd

from scaling.core.command import command
from scaling.core.tidy import read_table, write_table
from scaling.validation.predictions import prediction_coverage
from scaling.validation.settings import Validation


def main(predictions: list[Path], settings: Validation, table: Path) -> None:
    """Count how often the intervals contain the truth."""
    rows = pd.concat([read_table(path) for path in predictions], ignore_index=True)
    write_table(prediction_coverage(rows, settings.studies), table)


if __name__ == "__main__":
    command(main)
