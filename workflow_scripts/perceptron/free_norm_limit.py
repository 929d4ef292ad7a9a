"""The free norm for N to infinity, beside finite samples and the limit of large alpha.

In: the mean field's tables, the samples' mean curves and adiabatic lag, the alphas of the theory. Out: mean_field.tsv,
the first with the samples beside them; large_alpha.tsv, the limit at fixed lambda; free_norm_windows.tsv, what fits
over windows give; free_norm_lag.tsv, the ratio at lambda of order alpha.
"""

from pathlib import Path

import numpy as np

from scaling.core.command import command
from scaling.core.tidy import read_table, read_tables, write_table
from scaling.perceptron.free_norm_limit import beside_samples, lag, windows
from scaling.perceptron.large_alpha import large_alpha

LAMBDAS = np.geomspace(1e-2, 1e3, 101)


def main(
    mean_field: list[Path],
    curves: Path,
    adiabatic: Path,
    alphas: list[float],
    table: Path,
    limit: Path,
    windows_table: Path,
    lag_table: Path,
) -> None:
    """Write the ratio of free to fixed norm, its limit, and the fits."""
    write_table(beside_samples(read_tables(mean_field), read_table(curves)), table)
    write_table(large_alpha(LAMBDAS), limit)
    write_table(windows(alphas), windows_table)
    write_table(lag(read_table(curves), read_table(adiabatic)), lag_table)


if __name__ == "__main__":
    command(main)
