"""In: the settings of the regularised paths. Out: error against norm along each, by state evolution."""

from pathlib import Path

import pandas as pd

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.interpolators import paths as library
from scaling.interpolators.settings import Paths


def main(paths: Paths, output: Path) -> None:
    """Follow every path."""
    tables = [library.paths(a, p, paths.d, paths.n, paths.sigma, paths.points) for a, p in paths.a_p]
    write_table(pd.concat(tables, ignore_index=True), output)


if __name__ == "__main__":
    command(main)
