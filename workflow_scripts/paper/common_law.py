"""In: mean curves, exponents and scales of each panel. Out: the law that the curves have in common."""

from pathlib import Path

from scaling.core.command import command
from scaling.paper.figures.common_law import draw_common_law
from scaling.plotting.panels import read_panels
from scaling.plotting.style import save_figure


def main(
    curves: list[Path], optima: list[Path], exponents: list[Path], scales: list[Path], pdf: Path, png: Path
) -> None:
    """Draw the figure; its panels stand in the order of the files."""
    panels = read_panels(curves=curves, optima=optima, exponents=exponents, scales=scales)
    save_figure(draw_common_law(panels), pdf, png)


if __name__ == "__main__":
    command(main)
