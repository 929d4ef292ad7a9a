"""In: all tables of each cell. Out: the fits of gamma_1 and gamma_2, and the local slope: three panels each."""

from pathlib import Path

from scaling.core.command import command
from scaling.paper.figures.exponent_fits import draw_exponent_fits
from scaling.plotting.panels import read_panels
from scaling.plotting.style import save_figure


def main(
    curves: list[Path],
    optima: list[Path],
    exponents: list[Path],
    local_fits: list[Path],
    slopes: list[Path],
    pdf: Path,
    png: Path,
) -> None:
    """Draw the figure; its panels stand in the order of the files."""
    panels = read_panels(curves=curves, optima=optima, exponents=exponents, local_fits=local_fits, slopes=slopes)
    save_figure(draw_exponent_fits(panels), pdf, png)


if __name__ == "__main__":
    command(main)
