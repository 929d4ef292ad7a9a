"""Figure 2: relative error against lambda, its collapse, the optima against alpha.

In: theory.tsv, optima.tsv, theory_collapse.tsv. Out: the figure as PDF and PNG.
"""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table
from scaling.perceptron.figures.theory import figure_2
from scaling.plotting.style import save_figure


def main(theory: Path, optima: Path, collapse: Path, pdf: Path, png: Path) -> None:
    """Draw figure 2."""
    save_figure(figure_2(read_table(theory), read_table(optima), read_table(collapse)), pdf, png)


if __name__ == "__main__":
    command(main)
