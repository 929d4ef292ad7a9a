"""Runs from a borrowed machine become finished runs of the study. At home: it needs the configuration."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from scaling.core.errors import BadInput
from scaling.networks.data.subsets import draw_subset
from scaling.networks.queue.files import Key, key_of, read_records
from scaling.networks.queue.write import arrays_of
from scaling.networks.settings import Settings
from scaling.networks.training import checkpoints
from scaling.networks.training.checkpoints import Identity, Saved
from scaling.networks.training.code import training_code
from scaling.networks.training.schedule import log_steps
from scaling.networks.training.spec import TrainingSpec


@dataclass
class Adopted:
    """What became of the records: adopted, there already, and not wanted by the configuration."""

    adopted: list[Key] = field(default_factory=list)
    there: list[Key] = field(default_factory=list)
    unwanted: list[Key] = field(default_factory=list)


def adopt(study: Settings, files: Sequence[Path], data: Path, folder: Path, adopt_code: bool = False) -> Adopted:
    """Write the runs of `files` as sealed checkpoints into `folder`, CELL/VARIANT/P*/seed*.pt.

    Nothing is written unless every run can be: a run is adopted if it is the study's own (settings, images and subset),
    whole, and of the code that trains here, or of any other with `adopt_code`. Its record keeps its own code.

    Raises
    ------
    BadInput in one line that names the file and the run.
    """

    @cache
    def known(dataset: str) -> tuple[str, int, int]:
        arrays = arrays_of(dataset, data)
        return checkpoints.arrays_hash(arrays), len(arrays.train_examples), arrays.shape.targets

    found, writes = Adopted(), {}
    for file in files:
        for run in read_records(file):
            cell, variant, P, seed = key = key_of(run)
            if not _wanted(study, key):
                found.unwanted.append(key)
                continue
            where = f"{file}: {cell} {variant} P = {P}, seed = {seed}"
            training = study.training(cell, variant)
            spec = TrainingSpec.of(training, P)
            hashed, number, targets = known(training.dataset)
            subset = draw_subset(number, P, seed, training.dataset, targets)
            own = Identity(checkpoints.science(spec, hashed, seed, subset), training_code(spec), "")
            if run["science"] != own.science:
                raise BadInput(f"{where}: of other settings or images than this configuration's")
            if run["code"] != own.code and not adopt_code:
                raise BadInput(
                    f"{where}: trained by other code ({run['code']}, here {own.code}); allowed with --adopt-code true"
                )
            saved = Saved(*(run[name] for name in ("step", "records", "layers", "diverged")), None, run["origin"])
            steps = log_steps(spec, len(subset))
            if not saved.ends_at(steps):
                raise BadInput(f"{where}: not a whole run of {spec.epochs} epochs")
            path = folder / cell / variant / f"P{P}" / f"seed{seed}.pt"
            here = checkpoints.load(path, own, steps) if path.exists() else None
            if key in writes or (here is not None and here.ends_at(steps)):
                found.there.append(key)
            else:
                writes[key] = (saved, own, path)
    for key, (saved, own, path) in writes.items():
        checkpoints.save(saved, own, path)
        found.adopted.append(key)
    return found


def _wanted(study: Settings, key: Key) -> bool:
    cell, variant, P, seed = key
    if cell not in study.cells or variant not in ("baseline", *study.variants):
        return False
    training = study.training(cell, variant)
    return P in training.P and seed in training.seeds_at(P)
