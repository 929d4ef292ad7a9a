"""In: mean curves and optima of each panel. Out: the curves rescaled by their optima, one panel each."""

from pathlib import Path

from scaling.command import command
from scaling.figures.collapse import draw_collapse
from scaling.figures.panels import read_panels
from scaling.figures.style import save_figure


def main(panels: list[str], curves: list[Path], optima: list[Path], pdf: Path, png: Path) -> None:
    """Draw figures 4, 14, 17 and 20; a panel is cell/variant/norm, and has a file in each list."""
    read = read_panels(panels, curves=curves, optima=optima)
    save_figure(draw_collapse(read), pdf, png)


if __name__ == "__main__":
    command(main)
