"""Parquet; levels of an index that have names are columns, and other labels of rows mean nothing."""

import io
from pathlib import Path

import pandas as pd

from scaling.core.errors import BadInput


def is_parquet(content: bytes) -> bool:
    """Whether it begins as one."""
    return content.startswith(b"PAR1")


def read_parquet(content: bytes, path: Path) -> pd.DataFrame:
    """The table, rows numbered from 0."""
    try:
        table = pd.read_parquet(io.BytesIO(content))
    except Exception as problem:  # a damaged file makes the reader raise errors of many kinds
        raise BadInput(f"{path}: cannot be read: Parquet, but damaged ({str(problem).splitlines()[0]})") from None
    named = [level for level, name in enumerate(table.index.names) if name is not None and name not in table.columns]
    unnamed = [level for level in range(table.index.nlevels) if level not in named]
    table = table.reset_index(level=unnamed, drop=True) if named and unnamed else table
    return table.reset_index() if named else table.reset_index(drop=True)
