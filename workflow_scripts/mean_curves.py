"""In: the trajectories of one cell and variant. Out: the mean curve of each P for one norm, and their optima."""

from pathlib import Path

from scaling.command import command
from scaling.curves.mean_curves import mean_curves
from scaling.tidy import read_table, write_table


def main(trajectories: Path, norm: str, grid_points: int, curves: Path, optima: Path) -> None:
    """Average the runs over seeds on a log grid of the norm and find the optimum of each P."""
    runs = read_table(trajectories)
    for table, path in zip(mean_curves(runs[runs["norm"] == norm], grid_points), (curves, optima), strict=True):
        write_table(table, path)


if __name__ == "__main__":
    command(main)
