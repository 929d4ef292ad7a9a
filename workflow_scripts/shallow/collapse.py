"""In: paths, and the settings of the laws. Out: the rescaled curves, and how far those of different n lie apart."""

from pathlib import Path

import pandas as pd

from scaling.core.command import command
from scaling.core.tidy import read_tables, write_table
from scaling.shallow.frontier import Frontier
from scaling.shallow.paths import best_curves, edge_curves, spreads


def main(paths: list[Path], decays: list[float], d: int, noise: float, curves: Path, spread: Path) -> None:
    """Write the rescaled curves of the paths and, for few features of d, of the noise's edge; and their spreads."""
    tables = [edge_curves(g, d, noise).assign(model="quadratic", g=g, d=d) for g in decays]
    for (model, g, size), table in read_tables(paths).groupby(["model", "g", "d"]):
        tables.append(best_curves(table, Frontier(size, g)).assign(model=model, g=g, d=size))
    found = pd.concat(tables, ignore_index=True)
    write_table(found, curves)
    write_table(spreads(found), spread)


if __name__ == "__main__":
    command(main)
