"""In: regularised paths, and the settings of the study at fixed d/n. Out: the two laws, model by model."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table, write_table
from scaling.interpolators.settings import FixedRatio
from scaling.interpolators.two_laws import table


def main(paths: Path, fixed_ratio: FixedRatio, output: Path) -> None:
    """Say where the laws hold, and why they fail where they do."""
    write_table(table(read_table(paths), fixed_ratio.p_kappa, fixed_ratio.alpha_kappa), output)


if __name__ == "__main__":
    command(main)
