"""Figure: risk against norm, rescaled by the point at the noise's edge.

In: the rescaled curves. Out: the figure as PDF and PNG.
"""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table
from scaling.plotting.style import save_figure
from scaling.shallow.figures.norms import figure_collapse


def main(curves: Path, decays: list[float], pdf: Path, png: Path) -> None:
    """Draw the figure."""
    save_figure(figure_collapse(read_table(curves), decays), pdf, png)


if __name__ == "__main__":
    command(main)
