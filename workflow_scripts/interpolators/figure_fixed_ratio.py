"""In: samples, theory. Out: the figure of bulk norms against n at fixed d/n, as PDF and PNG."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table
from scaling.interpolators.figures.fixed_ratio import draw
from scaling.plotting.style import save_figure


def main(samples: Path, theory: Path, pdf: Path, png: Path) -> None:
    """Draw bulk norms against n at fixed d/n."""
    save_figure(draw(read_table(samples), read_table(theory)), pdf, png)


if __name__ == "__main__":
    command(main)
