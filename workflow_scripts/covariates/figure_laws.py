"""Curves of power-law features, their collapse and their optima.

In: curves.parquet, optima.tsv, collapse.parquet. Out: the figure as PDF and PNG.
"""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table
from scaling.covariates.figures.laws import figure_laws
from scaling.plotting.style import save_figure


def main(curves: Path, optima: Path, collapse: Path, pdf: Path, png: Path) -> None:
    """Draw the figure."""
    save_figure(figure_laws(*(read_table(table) for table in (curves, optima, collapse))), pdf, png)


if __name__ == "__main__":
    command(main)
