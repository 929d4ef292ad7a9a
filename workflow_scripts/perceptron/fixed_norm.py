"""In: one alpha and the samples' settings. Out: the fixed-norm minimisers of the samples that the dynamics uses."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.perceptron.dynamics import lambda_grid
from scaling.perceptron.finite_n import fixed_norm_paths


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
    """Follow the regularisation path of every sample."""
    write_table(fixed_norm_paths(alpha, N, samples, lambda_grid(lambda_min, lambda_max, lambda_points), seed), output)


if __name__ == "__main__":
    command(main)
