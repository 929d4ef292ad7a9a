"""In: one of the authors' curve files. Out: the mean curves and optima behind one row of the paper's tables."""

from pathlib import Path

from scaling.command import command
from scaling.curves.published import curves_as_trajectories, read_published_curves
from scaling.tidy import write_table


def main(file: Path, curves: Path, optima: Path, trajectories: Path, index: int | None = None) -> None:
    """Read the file without running what it says; the mean curves stand as trajectories too, for want of runs."""
    mean_curves, minima = read_published_curves(file, index)
    write_table(mean_curves, curves)
    write_table(minima, optima)
    write_table(curves_as_trajectories(mean_curves), trajectories)


if __name__ == "__main__":
    command(main)
