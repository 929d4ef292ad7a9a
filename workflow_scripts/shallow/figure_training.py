"""Figure: risk against norm without weight decay.

In: paths of trained networks and their minima. Out: the figure as PDF and PNG.
"""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table, read_tables
from scaling.plotting.style import save_figure
from scaling.shallow.figures.trained import figure_training


def main(paths: list[Path], minima: Path, pdf: Path, png: Path) -> None:
    """Draw the figure."""
    save_figure(figure_training(read_tables(paths), read_table(minima)), pdf, png)


if __name__ == "__main__":
    command(main)
