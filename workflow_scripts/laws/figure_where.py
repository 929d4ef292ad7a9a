"""In: the table of all models. Out: its figure as PDF and PNG."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table
from scaling.laws.figures.where import figure_where
from scaling.plotting.style import save_figure


def main(laws: Path, pdf: Path, png: Path) -> None:
    """Draw the figure."""
    save_figure(figure_where(read_table(laws)), pdf, png)


if __name__ == "__main__":
    command(main)
