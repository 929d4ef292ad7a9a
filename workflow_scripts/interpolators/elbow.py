"""In: exact solutions, and the settings of the study at fixed d. Out: elbows, peaks and the onset of noise."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table, write_table
from scaling.interpolators.design import potentials_at_fixed_d
from scaling.interpolators.elbows import elbow_table
from scaling.interpolators.settings import FixedDimension


def main(samples: Path, fixed_d: FixedDimension, theory_d: list[float], output: Path) -> None:
    """Compare elbows by law, by state evolution and as measured."""
    dimensions = list(dict.fromkeys([float(fixed_d.d), *theory_d]))
    table = read_table(samples).query("study == 'fixed_d'")
    write_table(elbow_table(table, potentials_at_fixed_d(fixed_d), dimensions, fixed_d.sigma), output)


if __name__ == "__main__":
    command(main)
