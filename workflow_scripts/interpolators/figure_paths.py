"""In: paths. Out: the figure of error against norm along regularised paths, as PDF and PNG."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table
from scaling.interpolators.figures.paths import draw
from scaling.plotting.style import save_figure


def main(paths: Path, pdf: Path, png: Path) -> None:
    """Draw error against norm along regularised paths."""
    save_figure(draw(read_table(paths)), pdf, png)


if __name__ == "__main__":
    command(main)
