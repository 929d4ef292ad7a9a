"""In: the settings of the maps. Out: state evolution over the plane of examples and weight decay, a table per
network."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.shallow.maps import diagonal_map, quadratic_map


def main(
    g: float,
    diagonal_d: int,
    quadratic_d: int,
    points: int,
    thresholds: int,
    noise: float,
    diagonal: Path,
    quadratic: Path,
) -> None:
    """Write the maps of both networks."""
    write_table(diagonal_map(diagonal_d, g, noise, points, thresholds), diagonal)
    write_table(quadratic_map(quadratic_d, g, noise, points, thresholds), quadratic)


if __name__ == "__main__":
    command(main)
