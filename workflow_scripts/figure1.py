"""In: theory curves and optima, free-norm paths and their mean curves. Out: figure 1."""

from pathlib import Path

from scaling.command import command
from scaling.figures.perceptron_dynamics import figure1
from scaling.figures.style import save_figure
from scaling.tidy import read_table


def main(theory: Path, optima: Path, curves: Path, dynamics: Path, figures: list[Path]) -> None:
    """Draw fixed norm (theory) beside free norm (gradient descent)."""
    save_figure(figure1(*(read_table(table) for table in (theory, optima, curves, dynamics))), *figures)


if __name__ == "__main__":
    command(main)
