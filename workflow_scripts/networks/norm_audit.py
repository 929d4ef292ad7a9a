"""Compare the definitions of the norm on the same runs.

In: exponents and trajectories of every cell and norm.  Out: results/norm_audit.tsv.
"""

from pathlib import Path

from scaling.analysis.exponents import by_identity, wide_by
from scaling.core.command import command
from scaling.core.tidy import read_table, read_tables, write_table
from scaling.networks.audits.sensitivity import norm_audit


def main(exponents: list[Path], trajectories: list[Path], audit: Path) -> None:
    """One row per cell, norm and procedure."""
    runs = by_identity(map(read_table, trajectories), ["cell", "norm"])
    write_table(norm_audit(wide_by(read_tables(exponents), ["cell", "norm"]), runs), audit)


if __name__ == "__main__":
    command(main)
