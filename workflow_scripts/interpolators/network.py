"""In: initial weights, dimensions, ratios. Out: networks beside the norms of their effective p, numbers and curves."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.interpolators.comparison import network_curves, network_table


def main(alpha: list[float], d: list[float], kappa: list[float], table: Path, curves: Path) -> None:
    """Ask whether diagonal networks inherit elbow and threshold; the curves are those of the last d and kappa."""
    write_table(network_table(alpha, d, kappa), table)
    write_table(network_curves(alpha, d[-1], kappa[-1]), curves)


if __name__ == "__main__":
    command(main)
