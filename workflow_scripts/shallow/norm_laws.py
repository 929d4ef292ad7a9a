"""In: the settings of the laws. Out: norm_laws.tsv, their exponents in the shifted norm and in the norm itself."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.shallow.laws import norm_laws


def main(decays: list[float], quadratic_d: int, diagonal_d: int, points: int, noise: float, output: Path) -> None:
    """Write the exponents of both networks by state evolution."""
    write_table(norm_laws(decays, quadratic_d, diagonal_d, points, noise), output)


if __name__ == "__main__":
    command(main)
