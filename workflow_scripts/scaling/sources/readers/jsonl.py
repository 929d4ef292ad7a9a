"""JSON: one object a line, a list of objects, one object of columns, or what pandas writes."""

import json
from pathlib import Path

import pandas as pd

from scaling.core.errors import BadInput


def is_json(text: str) -> bool:
    """Whether it begins as one."""
    return text.lstrip()[:1] in ("{", "[")


def read_json(text: str, path: Path) -> pd.DataFrame:
    """The table; a key that an object lacks is missing there."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = _lines(text, path)
    if isinstance(found, dict):
        found = _as_pandas_writes(found)
    if isinstance(found, dict):
        columns = {key: value for key, value in found.items() if isinstance(value, list)}
        if len(columns) == len(found) and len({len(value) for value in columns.values()}) == 1:
            return pd.DataFrame({key: pd.Series(value, dtype=object) for key, value in columns.items()})
        found = [found]
    if not found or not all(isinstance(each, dict) for each in found):
        raise BadInput(f"{path}: cannot be read: JSON, but no object for each point")
    return pd.DataFrame({key: [each.get(key) for each in found] for key in dict.fromkeys(k for e in found for k in e)})


def _as_pandas_writes(found: dict) -> dict | list:
    """pandas' forms "split" and "table", and those of labels, "columns" and "index"; anything else as it is."""
    if isinstance(rows := found.get("data"), list):
        if "schema" in found:
            return rows
        if isinstance(names := found.get("columns"), list) and all(
            isinstance(row, list) and len(row) == len(names) for row in rows
        ):
            return [dict(zip(map(str, names), row, strict=True)) for row in rows]
    if found and all(isinstance(each, dict) for each in found.values()):
        labels = [list(each) for each in found.values()]
        if all(each == labels[0] for each in labels):  # one inside the other: there are more rows than columns
            by_column = len(found) < len(labels[0])
            return {key: list(each.values()) for key, each in found.items()} if by_column else list(found.values())
    return found


def _lines(text: str, path: Path) -> list:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                found.append(json.loads(line))
            except (ValueError, RecursionError) as problem:
                raise BadInput(f"{path}: cannot be read: line {number} is no JSON ({problem})") from None
    return found
