"""In: one alpha and the samples' settings. Out: how far the flow is behind the fixed norm on them, to first order."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.perceptron.adiabatic import adiabatic_paths
from scaling.perceptron.dynamics import lambda_grid


def main(
    alpha: float,
    N: int,
    samples: int,
    lambda_min: float,
    lambda_max: float,
    lambda_points: int,
    seed: int,
    output: Path,
) -> None:
    """Follow the regularisation path of every sample, and the lag on it."""
    write_table(adiabatic_paths(alpha, N, samples, lambda_grid(lambda_min, lambda_max, lambda_points), seed), output)


if __name__ == "__main__":
    command(main)
