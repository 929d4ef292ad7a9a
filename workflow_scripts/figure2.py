"""Figure 2: relative error against lambda, its collapse, the optima against alpha.

In: theory.tsv, optima.tsv, theory_collapse.tsv. Out: the figure as PDF and PNG.
"""

from pathlib import Path

from scaling.command import command
from scaling.figures.perceptron_theory import figure_2
from scaling.figures.style import save_figure
from scaling.tidy import read_table


def main(theory: Path, optima: Path, collapse: Path, pdf: Path, png: Path) -> None:
    """Draw figure 2."""
    save_figure(figure_2(read_table(theory), read_table(optima), read_table(collapse)), pdf, png)


if __name__ == "__main__":
    command(main)
