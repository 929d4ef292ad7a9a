"""Tables as text: separated by tabs, commas, semicolons, bars or spaces; packed or not, in UTF-8 or UTF-16."""

import bz2
import csv
import gzip
import io
import lzma
import re
import zlib
from pathlib import Path

import pandas as pd

from scaling.core.errors import BadInput

MAX_BYTES = 2**31  # of an unpacked file: a small one may hold anything
_PACKED = {b"\x1f\x8b": gzip.open, b"\xfd7zXZ": lzma.open, b"BZh": bz2.open}
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_OTHERS = {b"PK": "a zip archive (or an Excel file)", b"\xd0\xcf\x11\xe0": "an Excel file", b"\x89HDF": "an HDF5 file"}
_OTHERS |= {b"\x80" + bytes([protocol]): "a pickle" for protocol in range(2, 6)}
_OTHERS |= {b"\x93NUMPY": "a NumPy array", b"SQLite": "a database", b"MATLAB": "a file of MATLAB"}
_OTHERS |= {b"ARROW1": "a Feather file", b"ORC": "an ORC file", b"\x28\xb5\x2f\xfd": "packed with zstd"}
_OTHERS |= {b"<": "HTML or XML", b"version https://git-lfs": "a pointer of Git LFS, and the file is not there"}
_SEPARATORS = ("\t", ";", ",", "|")


def unpacked(content: bytes, path: Path) -> bytes:
    """The content of a .gz, .xz or .bz2; BadInput if it is damaged."""
    for first, opened in _PACKED.items():
        if content.startswith(first):
            try:
                with opened(io.BytesIO(content)) as stream:
                    content = stream.read(MAX_BYTES)
            except (OSError, EOFError, zlib.error, lzma.LZMAError) as problem:
                raise BadInput(f"{path}: cannot be read: packed and truncated or damaged ({problem})") from None
    return content


def as_text(content: bytes, path: Path) -> str:
    """Text without marks of its encoding; BadInput for what is no text."""
    for first, name in _OTHERS.items():
        if content.startswith(first):
            raise BadInput(f"{path}: cannot be read: {name}; write it as CSV or Parquet")
    encoding = next((encoding for mark, encoding in _MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise BadInput(f"{path}: cannot be read: not text in UTF-8; save it as UTF-8") from None
    if "\0" in text:
        raise BadInput(f"{path}: cannot be read: not text, and not a Parquet file")
    return text


def read_text(text: str, path: Path) -> pd.DataFrame:
    """The table; every value stays text, a missing one is missing. A header may begin with #, as comments do."""
    lines = [line for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
    if not lines:
        raise BadInput(f"{path}: cannot be read: it is empty")
    named = re.fullmatch("sep=(.)", lines[0].strip(" ")) if len(lines) > 1 else None  # Excel's own line
    header, body = _header(lines[1:] if named else lines)
    separator = named[1] if named else _separator(header)
    try:
        rows = list(csv.reader([header, *body], delimiter=separator or ",", skipinitialspace=True))
    except csv.Error as problem:
        raise BadInput(f"{path}: cannot be read: {problem}") from None
    if separator is None:
        rows = [line.split() for line in (header, *body)]
    names = [name.strip() for name in rows[0]]
    while names and not names[-1]:  # a separator at the end of each line
        names.pop()
    for number, row in enumerate(rows[1:], 1):
        while len(row) > len(names) and not row[-1].strip():
            row.pop()
        if len(row) != len(names):
            raise BadInput(
                f"{path}: cannot be read: row {number} below the header has {len(row)} values, the header {len(names)}"
            )
    values = [[value.strip() or None for value in row] for row in rows[1:]]
    return pd.DataFrame(values, columns=names, dtype=object)


def _header(lines: list[str]) -> tuple[str, list[str]]:
    """The line of names, and those below: lines with # above are comments, unless names stand nowhere else."""
    start = next((i for i, line in enumerate(lines) if not line.lstrip().startswith("#")), len(lines))
    if start and (start == len(lines) or _all_numbers(lines[start])):
        start -= 1
    body = [line for line in lines[start + 1 :] if not line.lstrip().startswith("#")]
    names = lines[start]
    return (names.lstrip()[1:].lstrip(" ") if names.lstrip().startswith("#") else names), body


def _all_numbers(line: str) -> bool:
    words = re.split(r"[\s,;|]+", line.strip())
    try:
        for word in words:
            float(word)
    except ValueError:
        return False
    return True


def _separator(header: str) -> str | None:
    """The one that stands in the header; None where only spaces do."""
    for separator in _SEPARATORS:
        if separator in header:
            return separator
    return None if " " in header.strip() else ","
