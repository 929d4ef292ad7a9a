"""In: alphas, rates, the mean field's settings. Out: plain gradient descent for N to infinity, beside the flow."""

from pathlib import Path

import pandas as pd

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.perceptron.mean_field_plain import beside_flow


def main(
    alphas: list[float], rates: list[float], steps: int, patterns: int, runs: int, seed: int, output: Path
) -> None:
    """Solve the dynamical mean-field theory of gradient descent in finite steps."""
    tables = [beside_flow(alpha, rates, steps, patterns, runs, seed) for alpha in alphas]
    write_table(pd.concat(tables, ignore_index=True), output)


if __name__ == "__main__":
    command(main)
