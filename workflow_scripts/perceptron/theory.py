"""Solve the fixed-norm perceptron.

In: the grids in alpha and lambda. Out: theory.tsv, a row per (alpha, lambda) with the generalization error and its
local exponent; optima.tsv, a row per alpha with the minimum over lambda and the errors of the classical rules.
"""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.perceptron.theory_tables import curves, optima


def main(alphas: list[float], lambdas: list[float], theory: Path, optima_table: Path) -> None:
    """Write the curves and the optima of the fixed-norm perceptron."""
    write_table(curves(alphas, lambdas), theory)
    write_table(optima(alphas), optima_table)


if __name__ == "__main__":
    command(main)
