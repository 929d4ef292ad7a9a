"""Figure: eigenvalues of trained networks.

In: spectra.tsv. Out: the figure as PDF and PNG.
"""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table
from scaling.plotting.style import save_figure
from scaling.shallow.figures.trained import figure_spectra


def main(spectra: Path, pdf: Path, png: Path) -> None:
    """Draw the figure."""
    save_figure(figure_spectra(read_table(spectra)), pdf, png)


if __name__ == "__main__":
    command(main)
