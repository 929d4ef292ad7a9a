"""In: one network, one g, its sizes. Out: networks of finite size at the minimum of their loss with weight decay."""

from pathlib import Path

import pandas as pd

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.shallow.samples import diagonal_samples, quadratic_samples

#: Of the quadratic network: its own measurements, and Gaussian ones, for which state evolution is derived.
DESIGNS = {"diagonal": ["network"], "quadratic": ["network", "gaussian"]}


def main(
    model: str,
    g: float,
    d: int,
    n: list[int],
    weight_decays: list[float],
    samples: int,
    noise: float,
    seed: int,
    output: Path,
) -> None:
    """Train every sample to the end."""
    tables = []
    for design in DESIGNS[model]:
        for examples in n:
            given = g, d, examples, weight_decays, noise, samples, seed
            table = diagonal_samples(*given) if model == "diagonal" else quadratic_samples(*given, design)
            tables.append(table.assign(model=model, design=design, g=g, d=d))
    write_table(pd.concat(tables, ignore_index=True), output)


if __name__ == "__main__":
    command(main)
