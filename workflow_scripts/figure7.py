"""Figure 7: the squared loss, finite N over its large-N limit.

In: mse.parquet. Out: the figure as PDF and PNG.
"""

from pathlib import Path

from scaling.command import command
from scaling.figures.perceptron_dynamics import figure_7
from scaling.figures.style import save_figure
from scaling.tidy import read_table


def main(mse: Path, pdf: Path, png: Path) -> None:
    """Draw figure 7."""
    save_figure(figure_7(read_table(mse)), pdf, png)


if __name__ == "__main__":
    command(main)
