"""Figure 9: the free norm's collapse with the gamma_1 fits, and lambda_opt with that of gamma_2.

In: dynamics_curves.tsv, dynamics_optima.tsv, dynamics_gamma_1.tsv, exponents.tsv, optima.tsv.
Out: the figure as PDF and PNG.
"""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table
from scaling.perceptron.figures.dynamics import figure_9
from scaling.plotting.style import save_figure


def main(
    curves: Path,
    optima: Path,
    gamma_1: Path,
    exponents: Path,
    theory: Path,
    window: tuple[float, float],
    min_alpha: float,
    pdf: Path,
    png: Path,
) -> None:
    """Draw figure 9."""
    tables = (read_table(table) for table in (curves, optima, gamma_1, exponents, theory))
    save_figure(figure_9(*tables, window, min_alpha), pdf, png)


if __name__ == "__main__":
    command(main)
