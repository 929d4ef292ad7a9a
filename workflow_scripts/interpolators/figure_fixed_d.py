"""In: samples, theory, elbow. Out: the figure of norms against n at one dimension, as PDF and PNG."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table
from scaling.interpolators.figures.fixed_d import draw
from scaling.plotting.style import save_figure


def main(samples: Path, theory: Path, elbow: Path, pdf: Path, png: Path) -> None:
    """Draw norms against n at one dimension."""
    save_figure(draw(read_table(samples), read_table(theory), read_table(elbow)), pdf, png)


if __name__ == "__main__":
    command(main)
