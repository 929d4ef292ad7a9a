"""Tidy tables, one row per observation: Parquet between the stages, TSV for people."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from scaling.core.files import atomic


def write_table(table: pd.DataFrame, path: str | Path) -> None:
    """Write a tidy table as .parquet or .tsv (by the suffix of `path`), whole or not at all.

    TSV keeps 17 significant digits, so that reading it back gives the same float64.
    """
    with atomic(path) as temporary:
        if temporary.suffix == ".parquet":
            table.to_parquet(temporary, index=False)
        elif temporary.suffix == ".tsv":
            table.to_csv(temporary, sep="\t", index=False, float_format="%.17g")
        else:
            raise ValueError(f"{path}: a table is written as .parquet or .tsv")


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a tidy table written by `write_table` (or any .parquet or .tsv file of one header line)."""
    path = Path(path)
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    if path.suffix == ".tsv":
        return pd.read_csv(path, sep="\t")
    raise ValueError(f"{path}: a table is read from .parquet or .tsv")


def read_tables(paths: Sequence[str | Path]) -> pd.DataFrame:
    """Tables below each other, in the order given; a column that one lacks is empty there."""
    return pd.concat([read_table(path) for path in paths], ignore_index=True)
