"""Figure: risk against norm, over the frontier.

In: paths by state evolution. Out: the figure as PDF and PNG.
"""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_tables
from scaling.plotting.style import save_figure
from scaling.shallow.figures.norms import figure_norms


def main(paths: list[Path], pdf: Path, png: Path) -> None:
    """Draw the figure."""
    save_figure(figure_norms(read_tables(paths)), pdf, png)


if __name__ == "__main__":
    command(main)
