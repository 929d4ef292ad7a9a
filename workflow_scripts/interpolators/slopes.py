"""In: exact solutions, the settings of the study at fixed d/n. Out: how norms grow with n, measured and in theory."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table, write_table
from scaling.interpolators.design import series_at_fixed_ratio
from scaling.interpolators.settings import FixedRatio
from scaling.interpolators.slopes import slope_table


def main(samples: Path, fixed_ratio: FixedRatio, r: list[float], output: Path) -> None:
    """Compare exponents of norms as measured, by state evolution and by rule."""
    table = read_table(samples).query("study == 'fixed_ratio'")
    write_table(slope_table(table, series_at_fixed_ratio(fixed_ratio), fixed_ratio.sigma, r), output)


if __name__ == "__main__":
    command(main)
