"""In: optima and exponents of each panel. Out: the measured and the predicted power law, one panel each."""

from pathlib import Path

from scaling.core.command import command
from scaling.paper.figures.scaling_laws import draw_scaling_laws
from scaling.plotting.panels import read_panels
from scaling.plotting.style import save_figure


def main(optima: list[Path], exponents: list[Path], pdf: Path, png: Path) -> None:
    """Draw the figure; its panels stand in the order of the files."""
    save_figure(draw_scaling_laws(read_panels(optima=optima, exponents=exponents)), pdf, png)


if __name__ == "__main__":
    command(main)
