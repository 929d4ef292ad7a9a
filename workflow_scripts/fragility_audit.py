"""Compare variants of the training with the baseline.

In: tables of exponents and trajectories with their (cell, variant).  Out: results/fragility.tsv.
"""

from pathlib import Path

from scaling.command import command
from scaling.config import Exponents
from scaling.exponents.audit import fragility_audit
from scaling.tidy import read_table, write_table


def main(
    exponents: list[Path],
    trajectories: list[Path],
    keys: list[tuple[str, str]],
    norm: str,
    settings: Exponents,
    audit: Path,
) -> None:
    """One row per cell, variant and procedure; `keys` names the (cell, variant) of each file, in order."""
    write_table(
        fragility_audit(
            {key: read_table(file) for key, file in zip(keys, exponents, strict=True)},
            {key: read_table(file) for key, file in zip(keys, trajectories, strict=True)},
            norm,
            settings,
        ),
        audit,
    )


if __name__ == "__main__":
    command(main)
