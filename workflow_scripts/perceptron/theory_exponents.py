"""The exponents of the fixed-norm perceptron.

In: the settings' `alphas`. Out: theory_exponents.tsv, a row per exponent; theory_local_exponents.tsv, a row per alpha
with the exponents there and the residual of the collapse; theory_collapse.tsv, the rescaled curves and their limit.
"""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.perceptron.theory_exponents import collapse, exponents, local_exponents


def main(alphas: list[float], exponents_table: Path, local: Path, collapsed: Path) -> None:
    """Write the exponents of the fixed-norm perceptron, their approach to the limit and the collapse."""
    table = local_exponents(alphas)
    write_table(table, local)
    write_table(exponents(table), exponents_table)
    write_table(collapse(alphas), collapsed)


if __name__ == "__main__":
    command(main)
