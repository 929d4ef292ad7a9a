"""TensorBoard's event files, one folder for each run, by the package tensorboard (a requirement of the tests only)."""

from pathlib import Path
from typing import Any

import pandas as pd

from scaling.core.errors import BadInput
from scaling.sources.readers.runs import of_name, of_runs


def is_event_file(path: Path) -> bool:
    """By its name: its content has no mark."""
    return "tfevents" in path.name


def read_events(path: Path) -> pd.DataFrame:
    """A row for each run and step: P and seed from the name of the run's folder, epoch (the step), and all scalars.

    As TensorBoard has it, a step that was written twice has the later value, and what a writer took back (`purge_step`)
    is gone. A last record that is cut, as a kill leaves it, is left out, and a printed line says so.

    Raises
    ------
    BadInput without the package, without event files, for a damaged one, or for a run without scalars or whose folder's
    name says no P.
    """
    files = [file for file in path.rglob("*tfevents*") if not _hidden(file.relative_to(path))]
    folders = sorted({file.parent for file in files}) if path.is_dir() else [path.parent]
    if not folders:
        raise BadInput(f"{path}: a folder without TensorBoard's event files; curves are read from a file")
    try:
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    except ImportError:
        raise BadInput(
            f"{path}: TensorBoard's event files need the package tensorboard, which is not installed here "
            "(pip install tensorboard)"
        ) from None
    parts = []
    for folder in folders:
        inside = str(folder.relative_to(path)) if folder != path and path.is_dir() else folder.name
        found = of_name(inside)
        if found is None:
            raise BadInput(f"{path}: the name of the folder {inside} says no P; names like P500_s1 do")
        for file in sorted(folder.glob("*tfevents*")):
            _check(file, path)
        part = _run(EventAccumulator(str(folder), size_guidance={"scalars": 0, "tensors": 0}), *found)
        if part.empty:
            raise BadInput(f"{path}: no scalars in the event files of {inside}")
        parts.append(part)
    return of_runs(pd.concat(parts, ignore_index=True))


def _hidden(file: Path) -> bool:
    return any(part.startswith(".") for part in file.parts)


def _run(events: Any, P: int, seed: int | None) -> pd.DataFrame:
    from tensorboard.util.tensor_util import make_ndarray

    events.Reload()
    tags = events.Tags()
    scalars = {tag: {event.step: event.value for event in events.Scalars(tag)} for tag in tags["scalars"]}
    for tag in tags["tensors"]:  # how TensorFlow 2, and torch with new_style, write a scalar
        if events.SummaryMetadata(tag).plugin_data.plugin_name == "scalars":
            scalars[tag] = {event.step: make_ndarray(event.tensor_proto).item() for event in events.Tensors(tag)}
    columns = {tag: pd.Series(values, dtype=float) for tag, values in scalars.items()}
    table = pd.DataFrame(columns).sort_index().rename_axis("epoch").reset_index()
    return table.assign(P=P, **({} if seed is None else {"seed": seed}))


# ----------------------------------------------------------------------------------------- whole records

# A file is records: 8 bytes with the length of the data, their checksum, the data, their checksum (TFRecord). Where one
# is wrong the package stops in silence.
_TABLE = []
for _byte in range(256):
    for _ in range(8):
        _byte = _byte >> 1 ^ (0x82F63B78 if _byte & 1 else 0)
    _TABLE.append(_byte)


def masked_crc32c(data: bytes) -> int:
    """The checksum of a record: CRC-32C, turned by 15 bits, plus a constant."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return (crc >> 15 | crc << 17) + 0xA282EAD8 & 0xFFFFFFFF


def _check(file: Path, path: Path) -> None:
    """BadInput unless all records are whole, but for the last, which may be cut."""
    content, start = file.read_bytes(), 0
    while start < len(content):
        header, data = content[start : start + 12], b""
        whole = len(header) == 12
        if whole and _is_wrong(header[:8], header[8:]):
            raise BadInput(f"{path}: {file.name}: no event file, or damaged, at byte {start}")
        if whole:
            end = start + 12 + int.from_bytes(header[:8], "little")
            data, checksum = content[start + 12 : end], content[end : end + 4]
            whole = len(checksum) == 4
            if whole and _is_wrong(data, checksum):
                raise BadInput(f"{path}: {file.name}: damaged at byte {start}")
        if not whole:
            print(f"{path}: {file.name}: its last record is cut and left out", flush=True)
            return
        start = end + 4


def _is_wrong(data: bytes, checksum: bytes) -> bool:
    return masked_crc32c(data) != int.from_bytes(checksum, "little")
