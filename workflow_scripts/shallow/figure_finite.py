"""Figure: trained networks of finite size over state evolution.

In: finite.tsv. Out: the figure as PDF and PNG.
"""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table
from scaling.plotting.style import save_figure
from scaling.shallow.figures.trained import figure_finite


def main(finite: Path, pdf: Path, png: Path) -> None:
    """Draw the figure."""
    save_figure(figure_finite(read_table(finite)), pdf, png)


if __name__ == "__main__":
    command(main)
