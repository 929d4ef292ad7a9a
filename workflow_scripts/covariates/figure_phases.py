"""Maps of the exponents over a and delta.

In: phases.tsv, exponents.tsv. Out: the figure as PDF and PNG.
"""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table
from scaling.covariates.figures.phases import figure_phases
from scaling.plotting.style import save_figure


def main(phases: Path, exponents: Path, pdf: Path, png: Path) -> None:
    """Draw the figure."""
    save_figure(figure_phases(*(read_table(table) for table in (phases, exponents))), pdf, png)


if __name__ == "__main__":
    command(main)
