"""Figure 8: the local exponent for growing alpha.

In: theory.tsv. Out: the figure as PDF and PNG.
"""

from pathlib import Path

from scaling.command import command
from scaling.figures.perceptron_theory import figure_8
from scaling.figures.style import save_figure
from scaling.tidy import read_table


def main(theory: Path, pdf: Path, png: Path) -> None:
    """Draw figure 8."""
    save_figure(figure_8(read_table(theory)), pdf, png)


if __name__ == "__main__":
    command(main)
