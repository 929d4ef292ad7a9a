"""In: optima and exponents of each panel. Out: the measured and the predicted power law, one panel each."""

from pathlib import Path

from scaling.command import command
from scaling.figures.panels import read_panels
from scaling.figures.scaling_laws import draw_scaling_laws
from scaling.figures.style import save_figure


def main(panels: list[str], optima: list[Path], exponents: list[Path], pdf: Path, png: Path) -> None:
    """Draw figures 12, 15, 18 and 21; a panel is cell/variant/norm, and has a file in each list."""
    read = read_panels(panels, optima=optima, exponents=exponents)
    save_figure(draw_scaling_laws(read), pdf, png)


if __name__ == "__main__":
    command(main)
