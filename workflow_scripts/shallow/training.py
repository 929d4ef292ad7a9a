"""In: one network, one g, its sizes. Out: the paths of networks trained without weight decay from small weights."""

from pathlib import Path

import pandas as pd

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.shallow.training import diagonal_path, quadratic_path


def main(
    model: str,
    g: float,
    d: int,
    n: list[int],
    samples: int,
    noise: float,
    initial: float,
    steps: int,
    seed: int,
    output: Path,
) -> None:
    """Train every sample."""
    path = {"diagonal": diagonal_path, "quadratic": quadratic_path}[model]
    trained = [path(g, d, examples, noise, initial, steps, sample, seed) for examples in n for sample in range(samples)]
    write_table(pd.concat(trained, ignore_index=True).assign(model=model, g=g, d=d), output)


if __name__ == "__main__":
    command(main)
