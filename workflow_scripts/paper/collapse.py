"""In: mean curves and optima of each panel. Out: the curves rescaled by their optima, one panel each."""

from pathlib import Path

from scaling.core.command import command
from scaling.paper.figures.collapse import draw_collapse
from scaling.plotting.panels import read_panels
from scaling.plotting.style import save_figure


def main(curves: list[Path], optima: list[Path], pdf: Path, png: Path) -> None:
    """Draw the figure; its panels stand in the order of the files."""
    save_figure(draw_collapse(read_panels(curves=curves, optima=optima)), pdf, png)


if __name__ == "__main__":
    command(main)
