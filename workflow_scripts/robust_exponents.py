"""In: trajectories (or mean curves). Out: the robust exponents, collapse by smallest P, scales of each P."""

from pathlib import Path

from scaling.command import command
from scaling.config import Exponents
from scaling.exponents.robust import robust_exponents
from scaling.exponents.runs import runs_of
from scaling.tidy import read_table, write_table


def main(trajectories: Path, norm: str, settings: Exponents, exponents: Path, collapse: Path, scales: Path) -> None:
    """Fit all exponents of one norm over one P range that the data choose, with intervals from resampled seeds."""
    runs = runs_of(read_table(trajectories), norm)
    result = robust_exponents(runs, settings.bootstrap_resamples, settings.confidence, settings.seed)
    write_table(result.exponents, exponents)
    write_table(result.collapse, collapse)
    write_table(result.scales, scales)


if __name__ == "__main__":
    command(main)
