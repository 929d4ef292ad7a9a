"""In: mean curves, optima and exponents of the study's first cell. Out: the one picture of the study."""

from pathlib import Path

from scaling.core.command import command
from scaling.plotting.panels import read_panels
from scaling.plotting.style import save_figure
from scaling.report.picture import draw_picture


def main(curves: Path, optima: Path, exponents: Path, png: Path) -> None:
    """Draw the picture."""
    (panel,) = read_panels(curves=[curves], optima=[optima], exponents=[exponents])
    save_figure(draw_picture(panel), png)


if __name__ == "__main__":
    command(main)
