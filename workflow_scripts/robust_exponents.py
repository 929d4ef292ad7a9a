"""In: trajectories. Out: the exponents by the robust procedure, the collapse by smallest P, and each P's scales."""

from pathlib import Path

from scaling.command import command
from scaling.config import Exponents
from scaling.exponents.robust import robust_exponents
from scaling.tidy import read_table, write_table


def main(trajectories: Path, norm: str, settings: Exponents, exponents: Path, collapse: Path, scales: Path) -> None:
    """Fit all exponents of one norm over one P range that the data choose, with intervals from resampled seeds."""
    runs = read_table(trajectories)
    result = robust_exponents(
        runs[runs["norm"] == norm], settings.bootstrap_resamples, settings.confidence, settings.seed
    )
    write_table(result.exponents, exponents)
    write_table(result.collapse, collapse)
    write_table(result.scales, scales)


if __name__ == "__main__":
    command(main)
