"""Figure 1: the perceptron at fixed norm (theory) and at free norm (gradient descent).

In: theory.tsv, optima.tsv, dynamics_curves.tsv, dynamics.parquet. Out: the figure as PDF and PNG.
"""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table
from scaling.perceptron.figures.dynamics import figure_1
from scaling.plotting.style import save_figure


def main(theory: Path, optima: Path, curves: Path, dynamics: Path, pdf: Path, png: Path) -> None:
    """Draw figure 1."""
    save_figure(figure_1(*(read_table(table) for table in (theory, optima, curves, dynamics))), pdf, png)


if __name__ == "__main__":
    command(main)
