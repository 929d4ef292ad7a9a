"""In: the settings of both studies. Out: state evolution and closed laws, a row for each cell and norm."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.interpolators.design import blocks, cells
from scaling.interpolators.settings import FixedDimension, FixedRatio
from scaling.interpolators.theory_tables import curves


def main(fixed_d: FixedDimension, fixed_ratio: FixedRatio, r: list[float], output: Path) -> None:
    """Write the theory of every cell of the exact solutions, and of the curves through them."""
    write_table(curves(cells(blocks(fixed_d, fixed_ratio)), r), output)


if __name__ == "__main__":
    command(main)
