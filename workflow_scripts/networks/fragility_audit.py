"""Compare variants of the training with the baseline.

In: exponents and trajectories of every cell and variant, in one norm.  Out: results/fragility.tsv.
"""

from pathlib import Path

from scaling.analysis.exponents import by_identity, wide_by
from scaling.analysis.settings import Exponents
from scaling.core.command import command
from scaling.core.tidy import read_table, read_tables, write_table
from scaling.networks.audits.sensitivity import fragility_audit


def main(exponents: list[Path], trajectories: list[Path], settings: Exponents, audit: Path) -> None:
    """One row per cell, variant and procedure."""
    runs = by_identity(map(read_table, trajectories), ["cell", "variant"])
    write_table(fragility_audit(wide_by(read_tables(exponents), ["cell", "variant"]), runs, settings), audit)


if __name__ == "__main__":
    command(main)
