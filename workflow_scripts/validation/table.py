"""In: synthetic studies of every scenario. Out: bias and coverage of both procedures, as a table and a figure.

Beside the half-widths of intervals stand the shortest that are possible.
"""

from pathlib import Path

import pandas as pd

from scaling.core.command import command
from scaling.core.tidy import read_table, write_table
from scaling.plotting.style import save_figure
from scaling.validation.coverage import coverage_table, with_bounds
from scaling.validation.figure import draw_validation
from scaling.validation.settings import Validation


def main(studies: list[Path], settings: Validation, table: Path, figures: list[Path]) -> None:
    """Count how often the intervals contain the truth."""
    coverage = coverage_table(pd.concat([read_table(path) for path in studies], ignore_index=True))
    write_table(with_bounds(coverage, settings.studies, settings.seed), table)
    save_figure(draw_validation(coverage), *figures)


if __name__ == "__main__":
    command(main)
