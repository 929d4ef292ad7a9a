"""Compare runs trained in another precision with the baseline's.

In: trajectories with their (cell, variant), the baseline's among them.  Out: results/precision.tsv and
results/precision_curves.tsv.
"""

from pathlib import Path

from scaling.command import command
from scaling.config import Exponents
from scaling.exponents.precision import precision_audit
from scaling.tidy import read_table, write_table


def main(
    trajectories: list[Path],
    keys: list[tuple[str, str]],
    norm: str,
    settings: Exponents,
    exponents: Path,
    curves: Path,
) -> None:
    """The exponents, and the curves P by P; `keys` names the (cell, variant) of each file, in order."""
    tables = {key: read_table(file) for key, file in zip(keys, trajectories, strict=True)}
    for table, path in zip(precision_audit(tables, norm, settings), (exponents, curves), strict=True):
        write_table(table, path)


if __name__ == "__main__":
    command(main)
