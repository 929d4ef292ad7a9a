"""In: curves, table. Out: the figure of diagonal networks beside the norms of their effective p, as PDF and PNG."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table
from scaling.interpolators.figures.network import draw
from scaling.plotting.style import save_figure


def main(curves: Path, table: Path, pdf: Path, png: Path) -> None:
    """Draw diagonal networks beside the norms of their effective p."""
    save_figure(draw(read_table(curves), read_table(table)), pdf, png)


if __name__ == "__main__":
    command(main)
