"""In: mean curves and optima. Out: the exponents by the authors' procedure, and the local lines behind gamma_1."""

from pathlib import Path

from scaling.command import command
from scaling.config import FitWindow
from scaling.exponents.authors import authors_exponents
from scaling.tidy import read_table, write_table


def main(curves: Path, optima: Path, window: FitWindow, exponents: Path, gamma_1: Path) -> None:
    """Fit gamma_1, gamma_2 and gamma_meas inside the given windows."""
    fitted, local = authors_exponents(read_table(curves), read_table(optima), window)
    write_table(fitted, exponents)
    write_table(local, gamma_1)


if __name__ == "__main__":
    command(main)
