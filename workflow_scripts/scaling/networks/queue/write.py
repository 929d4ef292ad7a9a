"""Which runs of a study are wanted from a borrowed machine. At home: it needs the configuration."""

from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from typing import Any

from scaling.core.errors import BadInput
from scaling.networks.data.arrays import Arrays, read_arrays
from scaling.networks.queue.files import Key, cost, key_of, read_records
from scaling.networks.settings import Settings
from scaling.networks.training.checkpoints import arrays_hash
from scaling.networks.training.code import training_code, training_source
from scaling.networks.training.spec import TrainingSpec


def arrays_of(dataset: str, data: Path) -> Arrays:
    """The data set as the workflow has prepared them; BadInput, which says how, if it has not."""
    file = data / f"{dataset}.npz"
    if not file.exists():
        raise BadInput(f"{file}: no such file; the workflow makes it: snakemake --cores 1 {file}")
    return read_arrays(file)


def queue_of(
    study: Settings,
    names: Sequence[str],
    data: Path,
    P: Sequence[int] | None = None,
    seeds: int | None = None,
    without: Sequence[Path] = (),
) -> dict[str, Any]:
    """The queue of some cells' runs.

    Parameters
    ----------
    names : CELL, or CELL/VARIANT.
    data : folder of the prepared images, NAME.npz.
    P, seeds : only these P, and so many of a P's seeds at most.
    without : files of records whose runs are left out.

    Returns
    -------
    groups (cell, variant, spec, epochs by P, dataset, images: their hash, test_images: how many, targets: of each
    example, code: its fingerprint, source: the hash of its bytes) and runs (cell, variant, P, seed), the most wanted
    first. Every beginning of the list is a balanced study: one run at each P, the longest first, and then seeds in
    proportion to one over the root of a run's cost.

    Raises
    ------
    BadInput for a cell, variant or P that there is not.
    """
    done = {key_of(run) for file in without for run in read_records(file)}
    groups, lists = [], []
    for name in names:
        cell, _, variant = name.partition("/")
        variant = variant or "baseline"
        if cell not in study.cells:
            raise BadInput(f"cell {cell!r} is not one of {', '.join(study.cells)}")
        if variant not in ("baseline", *study.variants):
            raise BadInput(f"variant {variant!r} is not one of baseline, {', '.join(study.variants)}")
        training = study.training(cell, variant)
        chosen = training.P if P is None else list(P)
        if unknown := set(chosen) - set(training.P):
            raise BadInput(f"P: {min(unknown)} is not one of {', '.join(map(str, training.P))} of {name}")
        arrays = arrays_of(training.dataset, data)
        spec = TrainingSpec.of(training, max(chosen))
        groups.append(
            {
                "cell": cell,
                "variant": variant,
                "spec": spec.as_dict(),
                "epochs": {str(p): training.epochs_at(p) for p in chosen},
                "dataset": training.dataset,
                "images": arrays_hash(arrays),
                "test_images": len(arrays.test_targets),
                "targets": arrays.shape.targets,
                "code": training_code(spec),
                "source": training_source(spec),
            }
        )
        for p in chosen:
            price = cost(TrainingSpec.of(training, p), p // arrays.shape.targets, len(arrays.test_targets))
            lists.append((price, [(cell, variant, p, seed) for seed in training.seeds_at(p)[:seeds]]))
    wanted = [key for key in _ordered(lists) if key not in done]
    return {"groups": groups, "runs": [dict(zip(("cell", "variant", "P", "seed"), key, strict=True)) for key in wanted]}


def _ordered(lists: list[tuple[float, list[Key]]]) -> list[Key]:
    """The runs of several (cost, runs), so that every beginning is balanced."""
    first = sorted((pair for pair in lists if pair[1]), key=lambda pair: -pair[0])
    ordered, taken = [runs[0] for _, runs in first], [1] * len(first)
    while any(number < len(runs) for number, (_, runs) in zip(taken, first, strict=True)):
        left = [i for i, (_, runs) in enumerate(first) if taken[i] < len(runs)]
        next_one = min(left, key=lambda i: (taken[i] + 1) * sqrt(first[i][0]))
        ordered.append(first[next_one][1][taken[next_one]])
        taken[next_one] += 1
    return ordered
