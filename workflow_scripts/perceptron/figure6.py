"""Figure 6: the perceptron below alpha = 1 between the classical rules.

In: theory.tsv, optima.tsv. Out: the figure as PDF and PNG.
"""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table
from scaling.perceptron.figures.theory import figure_6
from scaling.plotting.style import save_figure


def main(theory: Path, optima: Path, pdf: Path, png: Path) -> None:
    """Draw figure 6."""
    save_figure(figure_6(read_table(theory), read_table(optima)), pdf, png)


if __name__ == "__main__":
    command(main)
