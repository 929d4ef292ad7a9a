"""The exponents of power-law features, measured and predicted.

In: the laws (a, delta, noise) and the n to measure at. Out: exponents.tsv, a row per law, quantity and n; phases.tsv,
the predictions on a grid of (a, delta).
"""

from pathlib import Path

import numpy as np

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.covariates.exponents import exponents, phases

A, DELTA = np.arange(0.025, 3, 0.05) + 0.03, np.arange(0.04, 5.5, 0.08) + 0.03


def main(laws: list[tuple[float, float, float]], n: list[float], table: Path, grid: Path) -> None:
    """Write the exponents and their map."""
    write_table(exponents(laws, n), table)
    write_table(phases(A, DELTA), grid)


if __name__ == "__main__":
    command(main)
