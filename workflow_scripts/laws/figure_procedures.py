"""In: what the procedures return for exact curves. Out: its figure, over the truth, as PDF and PNG."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table
from scaling.laws.figures.procedures import figure_procedures
from scaling.plotting.style import save_figure


def main(procedures: Path, pdf: Path, png: Path) -> None:
    """Draw the figure."""
    save_figure(figure_procedures(read_table(procedures)), pdf, png)


if __name__ == "__main__":
    command(main)
