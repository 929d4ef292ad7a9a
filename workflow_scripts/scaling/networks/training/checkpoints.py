"""Checkpoints: what a killed run continues from, and the small sealed record that a finished run leaves.

One file per run. It holds tensors, numbers and text only, and is read as such: loading one never runs code. Each
carries the identity of its run; one of another identity, or one cut short, is refused with a line that says so. A run
goes on where everything is the same; a finished run counts wherever it was trained, if it is the same run by the same
code.
"""

import hashlib
import io
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from scaling.core.files import atomic
from scaling.networks.data.arrays import Arrays
from scaling.networks.training.spec import TrainingSpec

#: Keys of a spec that say how long a run is and when it is logged: they do not change what happens until then.
SCHEDULE = ("epochs", "log_points", "log_unit")
#: Keys of a spec that say how the same run is computed: they change its rounding.
WAYS = ("engine", "cuda_graphs", "compile")


@dataclass(frozen=True)
class Identity:
    """Which run it is.

    Attributes
    ----------
    science : hash of the settings (but for how long the run is and when it is logged), the images and the subset.
    code : fingerprint of the code that trains.
    environment : hash of what else changes a run's bits: engine, device, version of torch.
    """

    science: str
    code: str
    environment: str


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
    origin : where it was trained (scaling.networks.training.origin).
    """

    step: int
    records: list[dict[str, Any]]
    layers: list[list[Any]]
    diverged: bool
    state: dict[str, Any] | None
    origin: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def ends_at(self, steps: list[int]) -> bool:
        """Whether everything that a run logged at `steps` would record is here."""
        if not self.records:
            return False
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


def arrays_hash(arrays: Arrays) -> str:
    """Of all examples and targets, with their types and shapes."""
    digest = hashlib.sha256()
    for array in (arrays.train_examples, arrays.train_targets, arrays.test_examples, arrays.test_targets):
        digest.update(str((array.dtype, array.shape)).encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def science(spec: TrainingSpec, images: str, seed: int, subset: np.ndarray) -> str:
    """What a run is, wherever and however it is computed; `images` is the hash of all its examples and targets."""
    chosen = {key: value for key, value in asdict(spec).items() if key not in SCHEDULE + WAYS}
    if not spec.train_scored:  # identities are older than this setting
        del chosen["train_scored"]
    text = json.dumps(chosen | {"images": images}, sort_keys=True)
    return hashlib.sha256(f"{text} {seed} ".encode() + np.asarray(subset, np.int64).tobytes()).hexdigest()


def identities(
    spec: TrainingSpec, images: str, subsets: dict[int, np.ndarray], code: str, environment: dict[str, Any]
) -> dict[int, Identity]:
    """For each seed the identity of its run.

    images : their hash. environment : engine, device and whatever else changes a run's bits; the version of torch and
    whether steps are recorded or compiled are added.
    """
    ways = {"torch": torch.__version__, "cuda_graphs": spec.cuda_graphs} | environment
    ways |= {"compile": True} if spec.compile is True else {}
    where = hashlib.sha256(json.dumps(ways, sort_keys=True).encode()).hexdigest()
    return {seed: Identity(science(spec, images, seed, subset), code, where) for seed, subset in subsets.items()}


def save(saved: Saved, identity: Identity, path: Path) -> None:
    """Write a checkpoint, whole or not at all.

    Raises OSError naming the file if it cannot be written (a full disk).
    """
    buffer = io.BytesIO()  # torch.save to a full disk may end the process; a plain write raises
    torch.save({"identity": vars(identity), **vars(saved)}, buffer)
    try:
        with atomic(path) as temporary:
            temporary.write_bytes(buffer.getbuffer())
    except OSError as problem:
        raise OSError(f"{path}: the checkpoint cannot be written: {problem.strerror}") from None


def load(path: Path, identity: Identity, steps: list[int] | None = None) -> Saved | None:
    """Read a checkpoint; None, after a printed line, if it is not this run's or cannot be read.

    One of another environment is given as a record only, without a state to continue from, and if it is finished for
    a run that is logged at `steps` (if they are given).
    """
    for leftover in path.parent.glob(f".{path.name}.*"):  # of a run that was killed while it wrote
        leftover.unlink(missing_ok=True)
    if not path.exists():
        return None
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        found = Identity(**content.pop("identity"))
        saved = Saved(**content)
    except Exception as problem:  # whatever a file cut short or not written by us makes torch raise
        print(f"{path}: refused, cannot be read ({type(problem).__name__}); starting afresh", flush=True)
        return None
    elsewhere = found.environment != identity.environment
    if elsewhere:
        saved.state = None
    unfinished = elsewhere and steps is not None and not saved.ends_at(steps)
    if (found.science, found.code) != (identity.science, identity.code) or unfinished:
        print(f"{path}: refused, of other settings, data, code or versions; starting afresh", flush=True)
        return None
    return saved
