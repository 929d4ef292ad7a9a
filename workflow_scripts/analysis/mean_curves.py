"""In: the trajectories of one norm. Out: the mean curve of each P, and their optima."""

from pathlib import Path

from scaling.analysis.exponents import identified, identity_of
from scaling.analysis.facts import with_facts
from scaling.analysis.mean_curves import mean_curves
from scaling.core.command import command
from scaling.core.tidy import read_table, write_table


def main(trajectories: Path, grid_points: int, curves: Path, optima: Path) -> None:
    """Average the runs of each P."""
    runs = read_table(trajectories)
    averaged, minima = mean_curves(runs, grid_points)
    identity = identity_of(runs)
    write_table(with_facts(identified(averaged, identity), runs), curves)
    write_table(with_facts(identified(minima, identity), runs), optima)


if __name__ == "__main__":
    command(main)
