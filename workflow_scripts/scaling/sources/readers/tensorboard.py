"""TensorBoard's event files, one folder for each run, by the package tensorboard (not among the requirements)."""

from pathlib import Path
from typing import Any

import pandas as pd

from scaling.core.errors import BadInput
from scaling.sources.readers.runs import of_name


def is_event_file(path: Path) -> bool:
    """By its name: its content has no mark."""
    return "tfevents" in path.name


def read_events(path: Path) -> pd.DataFrame:
    """A row for each run and step: P and seed from the name of the run's folder, epoch (the step), and all scalars.

    Raises
    ------
    BadInput without the package, without event files, or for a run whose folder's name says no P.
    """
    folders = sorted({file.parent for file in path.rglob("*tfevents*")}) if path.is_dir() else [path.parent]
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
        found = of_name(folder.name)
        if found is None:
            raise BadInput(f"{path}: the name of the folder {folder.name} says no P; names like P500_s1 do")
        parts.append(_run(EventAccumulator(str(folder), size_guidance={"scalars": 0}), *found))
    return pd.concat(parts, ignore_index=True)


def _run(events: Any, P: int, seed: int | None) -> pd.DataFrame:
    events.Reload()
    scalars = {
        tag: pd.Series({event.step: event.value for event in events.Scalars(tag)}, dtype=float)
        for tag in events.Tags()["scalars"]
    }
    table = pd.DataFrame(scalars).rename_axis("epoch").reset_index()
    return table.assign(P=P, **({} if seed is None else {"seed": seed}))
