"""Solve the power-law features at fixed norm.

In: the laws (a, delta, noise), the grids in n and in the norm. Out: curves.parquet, a row per law, n and norm;
optima.tsv, a row per law and n with the minimum; collapse.parquet, the first law's curves over their optima, with the
master curve.
"""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.covariates import tables


def main(
    laws: list[tuple[float, float, float]],
    n: list[float],
    norms: list[float],
    curves: Path,
    optima: Path,
    collapse: Path,
) -> None:
    """Write the curves, their optima and the collapse."""
    write_table(tables.curves(laws, n, norms), curves)
    write_table(tables.optima(laws, n), optima)
    write_table(tables.collapse(*laws[0][:2], n), collapse)


if __name__ == "__main__":
    command(main)
