"""In: the alphas of the squared loss and the samples' settings. Out: the paths of Fig. 7 and their large-N limit."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.perceptron.mse import mse_table


def main(alphas: list[float], N: int, samples: int, seed: int, output: Path) -> None:
    """Solve the flow of the squared loss, at finite N and in the limit."""
    write_table(mse_table(alphas, N, samples, seed), output)


if __name__ == "__main__":
    command(main)
