"""The two files of a queue, and what is common to its steps. Needs NumPy only.

queue.json says which runs are wanted, the most wanted first. records.json.gz holds runs that have ended, whole, each
with the identity of its run and where it was trained. Both are JSON: reading them runs no code.
"""

import gzip
import json
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from scaling.core.errors import BadInput
from scaling.core.files import atomic, write_text
from scaling.networks.training.schedule import log_steps
from scaling.networks.training.spec import TrainingSpec, read_spec

FORMAT = 1
RECORDS = "records.json.gz"
#: What a run in a queue is made of, with the types of its values; so are a group, a record, and a logged point in it.
WANTED: dict[str, type] = {"cell": str, "variant": str, "P": int, "seed": int}
GROUP = {
    "cell": str,
    "variant": str,
    "spec": dict,
    "epochs": dict,
    "dataset": str,
    "images": str,
    "test_images": int,
    "targets": int,
}
GROUP |= {"code": str, "source": str}
RUN = WANTED | {"science": str, "code": str, "step": int, "diverged": bool, "layers": list, "records": list}
RUN |= {"origin": dict}
POINT = {"step": int, "epoch": float, "layers": list}
POINT |= dict.fromkeys(("train_error", "train_loss", "test_error", "test_loss"), float)
Key = tuple[str, str, int, int]  # cell, variant, P, seed


def write_queue(queue: dict[str, Any], path: Path) -> None:
    """Write a queue, whole or not at all."""
    write_text(json.dumps(queue | {"queue": FORMAT}, indent=1) + "\n", path)


def read_queue(path: Path) -> dict[str, Any]:
    """Read a queue; BadInput if it is none."""
    queue = _read(path, path.read_text if path.exists() else None)
    whole = (
        queue.get("queue") == FORMAT and _all_are(GROUP, queue.get("groups")) and _all_are(WANTED, queue.get("runs"))
    )
    if not whole:
        raise BadInput(f"{path}: not a queue of runs (networks/queue_write makes one)")
    return queue


def spec_at(group: dict[str, Any], P: int) -> TrainingSpec:
    """How the runs of a group are trained at P images."""
    return read_spec(group["spec"] | {"epochs": group["epochs"][str(P)]})


def key_of(run: dict[str, Any]) -> Key:
    """Which run it is, in a queue's list or in a file of records."""
    return run["cell"], run["variant"], run["P"], run["seed"]


def cost(spec: TrainingSpec, examples: int, test_examples: int) -> float:
    """Of a run, in examples trained on; one that is scored counts for a third."""
    return spec.epochs * examples + len(log_steps(spec, examples)) * (examples + test_examples) / 3


def write_records(runs: Iterable[str], path: Path) -> None:
    """Write records, each JSON already, whole or not at all."""
    with atomic(path) as temporary, gzip.open(temporary, "wt", compresslevel=5, encoding="utf-8") as stream:
        stream.write(f'{{"records": {FORMAT}, "runs": [\n' + ",\n".join(runs) + "\n]}\n")


def read_records(path: Path) -> list[dict[str, Any]]:
    """The runs of a file of records; BadInput if it is none, or damaged."""

    def read() -> str:
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            return stream.read()

    content = _read(path, read if path.exists() else None)
    runs = content.get("runs")
    whole = content.get("records") == FORMAT and _all_are(RUN, runs)
    if not whole or not all(run["records"] and _all_are(POINT, run["records"]) for run in runs):
        raise BadInput(f"{path}: not a file of records (networks/queue_run writes one)")
    return runs


def _all_are(keys: dict[str, type], items: Any) -> bool:
    """Whether it is a list of objects of these keys and types."""
    return isinstance(items, list) and all(
        isinstance(item, dict) and set(item) == set(keys) and all(_is(kind, item[key]) for key, kind in keys.items())
        for item in items
    )


def _is(kind: type, value: Any) -> bool:
    if kind in (int, float):
        return isinstance(value, (int, kind)) and not isinstance(value, bool)
    return isinstance(value, kind)


def _read(path: Path, read: Any) -> dict[str, Any]:
    if read is None:
        raise BadInput(f"{path}: no such file")
    try:
        content = json.loads(read())
    except (OSError, EOFError, ValueError, zlib.error) as problem:
        raise BadInput(f"{path}: damaged, or not JSON ({problem})") from None
    if not isinstance(content, dict):
        raise BadInput(f"{path}: not a queue of runs, nor a file of records")
    return content
