"""Figure: how fast the risk falls with n, over the plane of n and lambda.

In: diagonal_map.tsv and quadratic_map.tsv. Out: the figure as PDF and PNG.
"""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table
from scaling.plotting.style import save_figure
from scaling.shallow.figures.maps import figure_maps


def main(diagonal: Path, quadratic: Path, g: float, sizes: list[int], noise: float, pdf: Path, png: Path) -> None:
    """Draw the figure."""
    save_figure(figure_maps(read_table(diagonal), read_table(quadratic), g, tuple(sizes), noise), pdf, png)


if __name__ == "__main__":
    command(main)
