"""In: one alpha and the settings of plain gradient descent. Out: its paths, recorded at log-spaced steps."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.perceptron.dynamics import plain_paths


def main(alpha: float, N: int, samples: int, steps: int, learning_rate: float, seed: int, output: Path) -> None:
    """Run plain full-batch gradient descent on every sample."""
    write_table(plain_paths(alpha, N, samples, steps, learning_rate, seed), output)


if __name__ == "__main__":
    command(main)
