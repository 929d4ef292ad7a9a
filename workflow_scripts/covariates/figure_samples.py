"""Samples beside the theory, gradient flow beside the fixed norm.

In: samples.tsv, flow.tsv. Out: the figure as PDF and PNG.
"""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table
from scaling.covariates.figures.samples import figure_samples
from scaling.plotting.style import save_figure


def main(samples: Path, flow: Path, pdf: Path, png: Path) -> None:
    """Draw the figure."""
    save_figure(figure_samples(*(read_table(table) for table in (samples, flow))), pdf, png)


if __name__ == "__main__":
    command(main)
