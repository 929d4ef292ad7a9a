"""In: one alpha and the mean field's settings. Out: free over fixed error at each norm for N to infinity."""

from pathlib import Path

import numpy as np

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.perceptron.free_norm_limit import FIRST_LAMBDA, ratios


def main(
    alpha: float, lambda_max: float, lambda_points: int, patterns: int, runs: int, seed: int, output: Path
) -> None:
    """Solve the dynamical mean-field theory."""
    lambdas = np.geomspace(FIRST_LAMBDA, lambda_max, lambda_points)
    write_table(ratios(alpha, lambdas, patterns, runs, seed), output)


if __name__ == "__main__":
    command(main)
