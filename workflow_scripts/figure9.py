"""In: the free norm's mean curves, optima, gamma_1 by window and exponents. Out: figure 9."""

from pathlib import Path

from scaling.command import command
from scaling.figures.perceptron_dynamics import figure9
from scaling.figures.style import save_figure
from scaling.tidy import read_table


def main(
    curves: Path, optima: Path, gamma_1: Path, exponents: Path, window: tuple[float, float], figures: list[Path]
) -> None:
    """Draw the collapse with the gamma_1 fits, and lambda_opt with the gamma_2 fit."""
    save_figure(figure9(*(read_table(table) for table in (curves, optima, gamma_1, exponents)), window), *figures)


if __name__ == "__main__":
    command(main)
