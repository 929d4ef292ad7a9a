"""In: one alpha and the dynamics' settings. Out: the free-norm paths of its samples, by the stiff integrator."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.perceptron.dynamics import free_norm_paths, lambda_grid


def main(
    alpha: float,
    N: int,
    samples: int,
    lambda_min: float,
    lambda_max: float,
    lambda_points: int,
    tolerance: float,
    seed: int,
    output: Path,
) -> None:
    """Follow the gradient flow of every sample."""
    lambdas = lambda_grid(lambda_min, lambda_max, lambda_points)
    write_table(free_norm_paths(alpha, N, samples, lambdas, tolerance, seed), output)


if __name__ == "__main__":
    command(main)
