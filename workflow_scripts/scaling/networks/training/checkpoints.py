"""Checkpoints: what a killed run continues from, and the small sealed record that a finished run leaves.

One file per run. It holds tensors, numbers and text only, and is read as such: loading one never runs code. Each
carries the identity of its run; one of another identity, or one cut short, is refused with a line that says so.
"""

import hashlib
import io
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from scaling.core.files import atomic
from scaling.networks.data.arrays import ImageArrays
from scaling.networks.training.spec import TrainingSpec

#: Keys of a spec that say how long a run is and when it is logged: they do not change what happens until then.
SCHEDULE = ("epochs", "log_points", "log_unit")


@dataclass
class Saved:
    """A run as a checkpoint holds it.

    Attributes
    ----------
    step : optimizer steps done.
    records : one dictionary for each logged point, in order; its key "step" tells them apart.
    layers : name, kind, rows and columns of each layer.
    diverged : whether the run ended at its last record because its loss was not finite.
    state : engine state and random states to continue from; None in a sealed record.
    """

    step: int
    records: list[dict[str, Any]]
    layers: list[list[Any]]
    diverged: bool
    state: dict[str, Any] | None

    def ends_at(self, steps: list[int]) -> bool:
        """Whether everything that a run logged at `steps` would record is here."""
        last = self.records[-1]["step"] if self.diverged else steps[-1]
        return self.step >= last and last in steps and self._covers(steps, last)

    def continues_to(self, steps: list[int]) -> bool:
        """Whether a run logged at `steps` may continue from here."""
        return self.state is not None and not self.diverged and self._covers(steps, self.step)

    def records_at(self, steps: list[int]) -> list[dict[str, Any]]:
        """The records of those points that a run logged at `steps` has."""
        return [record for record in self.records if record["step"] in set(steps)]

    def _covers(self, steps: list[int], last: int) -> bool:
        recorded = {record["step"] for record in self.records}
        return all(step in recorded for step in steps if step <= last)


def identities(
    spec: TrainingSpec, arrays: ImageArrays, subsets: dict[int, np.ndarray], environment: dict[str, Any]
) -> dict[int, str]:
    """For each seed the hash of all that its run depends on, except for how long it is and when it is logged.

    environment : code fingerprint, engine, device and whatever else changes a run's bits.
    """
    digest = hashlib.sha256()
    for array in (arrays.train_images, arrays.train_labels, arrays.test_images, arrays.test_labels):
        digest.update(str((array.dtype, array.shape)).encode())
        digest.update(np.ascontiguousarray(array).data)
    common = {key: value for key, value in asdict(spec).items() if key not in SCHEDULE}
    common |= {"images": digest.hexdigest(), "torch": torch.__version__} | environment
    text = json.dumps(common, sort_keys=True)
    return {
        seed: hashlib.sha256(f"{text} {seed} ".encode() + np.asarray(subset, np.int64).tobytes()).hexdigest()
        for seed, subset in subsets.items()
    }


def save(saved: Saved, identity: str, path: Path) -> None:
    """Write a checkpoint, whole or not at all.

    Raises OSError naming the file if it cannot be written (a full disk).
    """
    buffer = io.BytesIO()  # torch.save to a full disk may end the process; a plain write raises
    torch.save({"identity": identity, **vars(saved)}, buffer)
    try:
        with atomic(path) as temporary:
            temporary.write_bytes(buffer.getbuffer())
    except OSError as problem:
        raise OSError(f"{path}: the checkpoint cannot be written: {problem.strerror}") from None


def load(path: Path, identity: str) -> Saved | None:
    """Read a checkpoint; None, after a printed line, if it is not this run's or cannot be read."""
    for leftover in path.parent.glob(f".{path.name}.*"):  # of a run that was killed while it wrote
        leftover.unlink(missing_ok=True)
    if not path.exists():
        return None
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        found = content.pop("identity")
        saved = Saved(**content)
    except Exception as problem:  # whatever a file cut short or not written by us makes torch raise
        print(f"{path}: refused, cannot be read ({type(problem).__name__}); starting afresh", flush=True)
        return None
    if found != identity:
        print(f"{path}: refused, of other settings, data, code or versions; starting afresh", flush=True)
        return None
    return saved
