"""A block of runs: the same cell, variant and P, different seeds; what one job trains."""

import multiprocessing
import multiprocessing.connection
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from scaling.core.errors import BadInput
from scaling.networks.data.arrays import Arrays
from scaling.networks.norms.layers import STATISTICS
from scaling.networks.tasks import check_task
from scaling.networks.training import checkpoints
from scaling.networks.training.arithmetic import arithmetic
from scaling.networks.training.automatic import chosen, device_named, lanes_of
from scaling.networks.training.checkpoints import Saved
from scaling.networks.training.examples import check_settings, device_examples
from scaling.networks.training.lanes import train_lanes
from scaling.networks.training.loop import Job, train_runs
from scaling.networks.training.spec import TrainingSpec
from scaling.networks.training.stop import Stopped, StopRequest


@dataclass(frozen=True)
class BlockTables:
    """What a block of runs gives, as columns of two tidy tables.

    Attributes
    ----------
    epochs : P, seed, epoch (passes over the images), train_error, train_loss, test_error, test_loss, diverged.
    layers : P, seed, epoch, layer (index in forward order), name, kind, rows, columns, STATISTICS of norms.layers.
    origins : P, seed, and where each run was trained (scaling.networks.training.origin).
    """

    epochs: dict[str, list[Any]]
    layers: dict[str, list[Any]]
    origins: dict[str, list[Any]] = field(default_factory=dict, repr=False, compare=False)


def train_block(
    arrays: Arrays,
    subsets: Mapping[int, np.ndarray],
    spec: TrainingSpec,
    checkpoint_folder: str | Path,
    *,
    code: str = "",
    device: str = "auto",
    workers: int = 1,
    keep_weights: bool = False,
    checkpoint_seconds: float = 60.0,
) -> BlockTables:
    """Train one run for each seed, or continue those that were interrupted, or read those that are done.

    Parameters
    ----------
    subsets : for each seed the indices of its training examples.
    checkpoint_folder : holds one file seed{seed}.pt for each run; of a finished run only its records stay there.
    code : fingerprint of the code: a checkpoint of another one is refused.
    device : "cpu", "cuda", or "auto": CUDA where there is a visible device.
    workers : how many runs are trained at once on a CPU, each in a process of one thread.
    keep_weights, checkpoint_seconds : see `Job`.

    Raises
    ------
    BadInput for subsets, a task or settings that do not fit the arrays, and for CUDA graphs on a CPU; Stopped
    after SIGTERM or SIGINT; OSError if a checkpoint cannot be written; RuntimeError if a process was killed. After the
    last three the next call continues.
    """
    job = job_of(arrays, subsets, spec, Path(checkpoint_folder), code, device)
    job = replace(job, keep_weights=keep_weights, checkpoint_seconds=checkpoint_seconds)
    found = {seed: checkpoints.load(job.path(seed), job.identities[seed], job.steps) for seed in subsets}
    done = {seed: saved for seed, saved in found.items() if saved is not None and saved.ends_at(job.steps)}
    waiting = {seed: _to_continue(seed, saved, job) for seed, saved in found.items() if seed not in done}
    with StopRequest() as stop:
        if job.engine == "single" and workers > 1 and len(waiting) > 1:
            _train_in_processes(job, arrays.outputs, waiting, workers, stop)
        else:
            device = torch.device(job.device)
            shared = device_examples(arrays, job.spec, device, job.channels_last) if waiting else None
            job = replace(job, device_examples=shared)
            if job.engine == "lanes":
                _train_on_lanes(job, arrays.outputs, waiting, stop)
            else:
                for group in _one_by_one(waiting) if job.engine == "single" else _group_by_step(waiting):
                    train_runs(job, arrays.outputs, group, stop)
    done |= {seed: checkpoints.load(job.path(seed), job.identities[seed]) for seed in waiting}
    return _tables(job, {seed: done[seed] for seed in subsets})


def job_of(
    arrays: Arrays,
    subsets: Mapping[int, np.ndarray],
    spec: TrainingSpec,
    folder: Path,
    code: str,
    device: str,
    hashed: str | None = None,
) -> Job:
    """What `train_block` trains; `hashed` is the hash of the arrays, if it is known."""
    check_task(spec.task, arrays.KIND, arrays.of_classes)
    check_settings(spec, arrays)
    sizes = {len(subset) for subset in subsets.values()}
    if len(sizes) != 1 or 0 in sizes:
        raise BadInput(f"subsets: {sorted(sizes)} {arrays.KIND}; one number for all seeds, 1 or more, is allowed")
    for seed, subset in subsets.items():
        if subset.min() < 0 or subset.max() >= len(arrays.train_examples):
            raise BadInput(f"subset of seed {seed}: indices must be 0 to {len(arrays.train_examples) - 1}")
    device = device_named(device)
    _refuse_graphs_without_a_gpu(spec, device)
    spec = chosen(spec, arrays, device)
    _refuse_compiling(spec, device)
    channels_last = arrays.KIND == "images" and device == "cuda" and spec.engine != "stacked"
    identities = checkpoints.identities(
        spec,
        hashed or checkpoints.arrays_hash(arrays),
        dict(subsets),
        code,
        environment(spec, device, channels_last),
    )
    job = Job(spec, arrays, dict(subsets), identities, folder, device, spec.engine, channels_last=channels_last)
    return replace(job, lanes=lanes_of(job, arrays.outputs)) if spec.engine == "lanes" else job


def environment(spec: TrainingSpec, device: str, channels_last: bool) -> dict[str, Any]:
    """What else changes a run's bits. (On a CPU every run has one thread: another number would give other bits.)"""
    name = torch.cuda.get_device_name() if device == "cuda" else device
    return {"engine": spec.engine, "device": name, "channels_last": channels_last}


def _train_on_lanes(job: Job, outputs: int, waiting: dict[int, Saved | None], stop: StopRequest) -> None:
    jobs = [
        replace(job, subsets={seed: job.subsets[seed]}, identities={seed: job.identities[seed]}) for seed in waiting
    ]
    with arithmetic(job.spec, job.device):
        train_lanes(jobs, outputs, job.lanes, stop, saved=list(waiting.values()))
    if stop.number:
        raise Stopped(stop.number)


def _refuse_graphs_without_a_gpu(spec: TrainingSpec, device: str) -> None:
    """Doing something else in silence would put a wrong label on the runs."""
    if spec.cuda_graphs and device != "cuda":
        raise BadInput("cuda_graphs: true needs a GPU, and this trains on a CPU; allowed: false")


def _refuse_compiling(spec: TrainingSpec, device: str) -> None:
    if spec.compile and spec.engine == "stacked":
        raise BadInput("compile: true does not go with engine stacked; allowed with it: false")
    if spec.compile and spec.precision == "tf32" and device == "cpu":
        raise BadInput("compile: true does not go with precision tf32, which is imitated on a CPU; allowed: false")


def _to_continue(seed: int, saved: Saved | None, job: Job) -> Saved | None:
    if saved is None:
        return None
    if not saved.continues_to(job.steps):
        why = "holds no weights" if saved.state is None else "was logged at other points"
        print(f"{job.path(seed)}: of another schedule and {why}; starting afresh", flush=True)
        return None
    print(f"{job.path(seed)}: continuing at step {saved.step} of {job.steps[-1]}", flush=True)
    return saved


def _group_by_step(saved: dict[int, Saved | None]) -> list[dict[int, Saved | None]]:
    """Runs that can be trained in step: those with the same number of steps done."""
    groups: dict[int, dict[int, Saved | None]] = {}
    for seed, found in saved.items():
        groups.setdefault(0 if found is None else found.step, {})[seed] = found
    return [groups[step] for step in sorted(groups)]


def _one_by_one(saved: dict[int, Saved | None]) -> Sequence[dict[int, Saved | None]]:
    """Every run for itself."""
    return [{seed: found} for seed, found in saved.items()]


# ------------------------------------------------------------------------------------------- processes


def _train_in_processes(
    job: Job, outputs: int, waiting: dict[int, Saved | None], workers: int, stop: StopRequest
) -> None:
    """Train each run in a process of its own, `workers` at once; results come back as sealed checkpoints.

    The processes come from a clean server process that has imported torch once: forking this one would break
    autograd if it has already been used here.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["torch"])
    queue, running, failed = list(waiting), {}, {}
    while queue or running:
        while queue and len(running) < workers and not stop.number and not failed:
            seed = queue.pop(0)
            process = context.Process(target=_train_alone, args=(job.alone(seed), outputs), name=f"seed {seed}")
            process.start()
            running[seed] = process
        if not running:
            break
        multiprocessing.connection.wait([process.sentinel for process in running.values()], timeout=0.5)
        for seed, process in list(running.items()):
            if process.exitcode is not None:
                process.join()
                del running[seed]
                if process.exitcode:
                    failed[seed] = process.exitcode
        if stop.number or failed:  # the others save their state and stop
            for process in running.values():
                process.terminate()
    if stop.number:
        raise Stopped(stop.number)
    if failed:
        codes = ", ".join(f"seed {seed} (exit status {code})" for seed, code in failed.items())
        raise RuntimeError(f"training stopped: {codes}; runs continue from their checkpoints")


def _train_alone(job: Job, outputs: int) -> None:
    (seed,) = job.subsets
    saved = checkpoints.load(job.path(seed), job.identities[seed], job.steps)
    if saved is not None and not saved.continues_to(job.steps):
        saved = None
    with StopRequest(child=True) as stop:
        train_runs(job, outputs, {seed: saved}, stop)


# ---------------------------------------------------------------------------------------------- tables


def _tables(job: Job, runs: dict[int, Saved]) -> BlockTables:
    scores = ("train_error", "train_loss", "test_error", "test_loss")
    epochs: dict[str, list[Any]] = {key: [] for key in ("P", "seed", "epoch", *scores, "diverged")}
    shape = ("layer", "name", "kind", "rows", "columns")
    layers: dict[str, list[Any]] = {key: [] for key in ("P", "seed", "epoch", *shape, *STATISTICS)}
    for seed, run in runs.items():
        for record in run.records_at(job.steps):
            where = {"P": job.P, "seed": seed, "epoch": record["epoch"]}
            _append(epochs, where | {key: record[key] for key in scores} | {"diverged": run.diverged})
            for index, (described, statistics) in enumerate(zip(run.layers, record["layers"], strict=True)):
                _append(layers, where | dict(zip(shape, (index, *described), strict=True)) | statistics)
    origins: dict[str, list[Any]] = {"P": [job.P] * len(runs), "seed": list(runs)}
    for key in dict.fromkeys(key for run in runs.values() for key in run.origin):
        origins[key] = [run.origin.get(key) for run in runs.values()]
    return BlockTables(epochs, layers, origins)


def _append(columns: dict[str, list[Any]], row: dict[str, Any]) -> None:
    for key, values in columns.items():
        values.append(row[key])
