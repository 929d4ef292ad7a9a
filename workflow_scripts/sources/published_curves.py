"""In: one of the authors' curve files. Out: the mean curves and optima behind one row of the paper's tables."""

from pathlib import Path

from scaling.analysis.exponents import identified
from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.sources.published import curves_as_trajectories, read_published_curves


def main(
    file: Path,
    cell: str,
    variant: str,
    norm: str,
    curves: Path,
    optima: Path,
    trajectories: Path,
    index: int | None = None,
) -> None:
    """Read the file without running what it says; the mean curves stand as trajectories too, for want of runs."""
    identity = {"study": "published", "cell": cell, "variant": variant, "norm": norm}
    mean_curves, minima = read_published_curves(file, index)
    write_table(identified(mean_curves, identity), curves)
    write_table(identified(minima, identity), optima)
    write_table(identified(curves_as_trajectories(mean_curves, cell), identity), trajectories)


if __name__ == "__main__":
    command(main)
