"""Figure 7: the squared loss, finite N over its large-N limit.

In: mse.parquet. Out: the figure as PDF and PNG.
"""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table
from scaling.perceptron.figures.dynamics import figure_7
from scaling.plotting.style import save_figure


def main(mse: Path, pdf: Path, png: Path) -> None:
    """Draw figure 7."""
    save_figure(figure_7(read_table(mse)), pdf, png)


if __name__ == "__main__":
    command(main)
