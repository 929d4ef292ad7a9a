"""In: free-norm and fixed-norm paths of the same samples. Out: mean curves, optima, gamma_1 by window, exponents."""

from pathlib import Path

import pandas as pd

from scaling.core.command import command
from scaling.core.tidy import read_table, write_table
from scaling.perceptron.free_norm_exponents import analyse


def main(
    dynamics: Path,
    fixed_norm: Path,
    windows: list[tuple[float, float]],
    gamma_1_min_alpha: float,
    gamma_2_min_alpha: float,
    curves: Path,
    optima: Path,
    gamma_1: Path,
    exponents: Path,
) -> None:
    """Compare free and fixed norm sample by sample and fit the exponents."""
    paths = pd.concat([read_table(dynamics).query("method == 'flow'"), read_table(fixed_norm)], ignore_index=True)
    tables = analyse(paths, windows, gamma_1_min_alpha, gamma_2_min_alpha)
    for table, path in zip(tables, (curves, optima, gamma_1, exponents), strict=True):
        write_table(table, path)


if __name__ == "__main__":
    command(main)
