"""Tables of curves from any of the usual files, each told by its content and not by its ending.

Columns come as they are; whether they are curves is checked in scaling.sources.external.
"""

from pathlib import Path

import pandas as pd

from scaling.core.errors import BadInput
from scaling.sources.readers import tensorboard, wandb
from scaling.sources.readers.jsonl import is_json, read_json
from scaling.sources.readers.parquet import is_parquet, read_parquet
from scaling.sources.readers.text import as_text, read_text, unpacked


def read_any(path: Path) -> pd.DataFrame:
    """CSV, TSV, semicolons, JSON, JSON lines, Parquet, each also packed; exports of wandb; TensorBoard's event files.

    Returns
    -------
    the table, its rows numbered from 0; text stays text.

    Raises
    ------
    BadInput in one line that names the file and what it is instead.
    """
    if path.is_dir() or tensorboard.is_event_file(path):
        return tensorboard.read_events(path)
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise BadInput(f"{path}: cannot be read ({problem.strerror})") from None
    content = unpacked(content, path)
    if not content.strip():
        raise BadInput(f"{path}: cannot be read: it is empty")
    if is_parquet(content):
        return read_parquet(content, path)
    text = as_text(content, path)
    table = read_json(text, path) if is_json(text) else read_text(text, path)
    table.columns = [str(name).strip() for name in table.columns]
    if repeated := [name for name in table.columns if list(table.columns).count(name) > 1]:
        raise BadInput(f"{path}: two columns of the name {repeated[0]!r}")
    return wandb.in_rows(table, path) if wandb.is_export(table) else table
