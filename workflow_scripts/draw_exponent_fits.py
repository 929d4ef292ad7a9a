"""In: all tables of each cell. Out: the fits of gamma_1 and gamma_2, two panels each."""

from pathlib import Path

from scaling.command import command
from scaling.figures.exponent_fits import draw_exponent_fits
from scaling.figures.panels import read_panels
from scaling.figures.style import save_figure


def main(
    panels: list[str],
    curves: list[Path],
    optima: list[Path],
    exponents: list[Path],
    local_fits: list[Path],
    pdf: Path,
    png: Path,
) -> None:
    """Draw figure 11; a panel is cell/variant/norm, and has a file in each list."""
    read = read_panels(panels, curves=curves, optima=optima, exponents=exponents, local_fits=local_fits)
    save_figure(draw_exponent_fits(read), pdf, png)


if __name__ == "__main__":
    command(main)
