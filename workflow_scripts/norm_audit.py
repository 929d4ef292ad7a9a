"""Compare the definitions of the norm on the same runs.

In: tables of exponents and their (cell, norm), trajectories and their cells.  Out: results/norm_audit.tsv.
"""

from pathlib import Path

from scaling.command import command
from scaling.exponents.audit import norm_audit
from scaling.tidy import read_table, write_table


def main(
    exponents: list[Path], keys: list[tuple[str, str]], trajectories: list[Path], cells: list[str], audit: Path
) -> None:
    """One row per cell, norm and procedure; `keys` names the (cell, norm) of each table of exponents, in order."""
    write_table(
        norm_audit(
            {key: read_table(file) for key, file in zip(keys, exponents, strict=True)},
            {cell: read_table(file) for cell, file in zip(cells, trajectories, strict=True)},
        ),
        audit,
    )


if __name__ == "__main__":
    command(main)
