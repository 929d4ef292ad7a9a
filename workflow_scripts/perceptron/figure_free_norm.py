"""Free over fixed norm for N to infinity.

In: mean_field.tsv, large_alpha.tsv, free_norm_lag.tsv. Out: the figure as PDF and PNG.
"""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table
from scaling.perceptron.figures.free_norm import figure_free_norm
from scaling.plotting.style import save_figure


def main(mean_field: Path, limit: Path, lag: Path, pdf: Path, png: Path) -> None:
    """Draw the figure."""
    save_figure(figure_free_norm(*(read_table(table) for table in (mean_field, limit, lag))), pdf, png)


if __name__ == "__main__":
    command(main)
