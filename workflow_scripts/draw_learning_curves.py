"""In: mean curves and optima of each panel. Out: test error against norm, one panel each."""

from pathlib import Path

from scaling.command import command
from scaling.figures.learning_curves import draw_learning_curves
from scaling.figures.panels import read_panels
from scaling.figures.style import save_figure


def main(panels: list[str], curves: list[Path], optima: list[Path], pdf: Path, png: Path) -> None:
    """Draw figures 3, 13, 16 and 19; a panel is cell/variant/norm, and has a file in each list."""
    read = read_panels(panels, curves=curves, optima=optima)
    save_figure(draw_learning_curves(read), pdf, png)


if __name__ == "__main__":
    command(main)
