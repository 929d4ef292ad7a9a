"""Figure 8: the local exponent for growing alpha.

In: theory.tsv. Out: the figure as PDF and PNG.
"""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table
from scaling.perceptron.figures.theory import figure_8
from scaling.plotting.style import save_figure


def main(theory: Path, pdf: Path, png: Path) -> None:
    """Draw figure 8."""
    save_figure(figure_8(read_table(theory)), pdf, png)


if __name__ == "__main__":
    command(main)
