"""Compare runs trained in another precision with the baseline's.

In: trajectories of every cell and variant, the baseline's among them, in one norm.  Out: results/precision.tsv and
results/precision_curves.tsv.
"""

from pathlib import Path

from scaling.analysis.exponents import by_identity
from scaling.analysis.settings import Exponents
from scaling.core.command import command
from scaling.core.tidy import read_table, write_table
from scaling.networks.audits.precision import precision_audit


def main(trajectories: list[Path], settings: Exponents, exponents: Path, curves: Path) -> None:
    """The exponents, and the curves P by P."""
    runs = by_identity(map(read_table, trajectories), ["cell", "variant"])
    for table, path in zip(precision_audit(runs, settings), (exponents, curves), strict=True):
        write_table(table, path)


if __name__ == "__main__":
    command(main)
