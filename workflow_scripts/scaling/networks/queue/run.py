"""Train the runs of a queue for so many minutes, on a machine that has only torch and NumPy."""

import json
import math
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from scaling.core.errors import BadInput
from scaling.networks.data.arrays import read_arrays
from scaling.networks.data.subsets import draw_subset
from scaling.networks.queue.files import RECORDS, Key, key_of, read_records, spec_at, write_records
from scaling.networks.training import checkpoints
from scaling.networks.training.arithmetic import arithmetic
from scaling.networks.training.automatic import device_named
from scaling.networks.training.block import job_of
from scaling.networks.training.code import training_source
from scaling.networks.training.examples import device_examples
from scaling.networks.training.lanes import Budget, Lane, train_lanes
from scaling.networks.training.loop import Job, begin
from scaling.networks.training.stop import StopRequest


@dataclass
class Records:
    """The runs that have ended, in one small file that is written again every so many seconds.

    Attributes
    ----------
    path : of the file. every : seconds. runs : the records as JSON, by run.
    """

    path: Path
    every: float = 30.0
    runs: dict[Key, str] = field(default_factory=dict)
    written: float = -math.inf
    changed: bool = False

    @classmethod
    def of(cls, path: Path, every: float) -> "Records":
        """With what is there already; BadInput if that is damaged."""
        known = read_records(path) if path.exists() else []
        return cls(path, every, {key_of(run): json.dumps(run) for run in known})

    def add(self, key: Key, job: Job) -> None:
        """A run that has ended and is sealed."""
        (seed,) = job.subsets
        saved = checkpoints.load(job.path(seed), job.identities[seed], job.steps)
        run = dict(zip(("cell", "variant", "P", "seed"), key, strict=True))
        run |= {name: getattr(job.identities[seed], name) for name in ("science", "code")}
        run |= {name: getattr(saved, name) for name in ("step", "diverged", "layers", "records", "origin")}
        self.runs[key], self.changed = json.dumps(run), True

    def now_and_then(self) -> None:
        """Write, if there is something new and it is time."""
        if self.changed and time.monotonic() > self.written + self.every:
            self.write()

    def write(self) -> None:
        """Write the file, whole or not at all."""
        write_records(self.runs.values(), self.path)
        self.written, self.changed = time.monotonic(), False


def run_queue(
    queue: dict[str, Any],
    data: Path,
    out: Path,
    minutes: float,
    *,
    device: str = "auto",
    lanes: int | None = None,
    checkpoint_minutes: float = math.inf,
    other_code: bool = False,
    every: float = 30.0,
) -> tuple[int, int]:
    """Train runs of `queue` until `minutes` have passed.

    A run is begun only if it will end in time, by the speed that is measured at first and again and again.

    Parameters
    ----------
    data : folder of the images, NAME.npz. out : folder for RECORDS and for the runs' own files; what is there counts.
    lanes : runs at a time; by the network's size if it is not given.
    checkpoint_minutes : how often unfinished runs are saved, on a machine that keeps its disk.
    other_code : train although the code is not that which the queue was written with; the records say so.
    every : seconds between two writings of the records.

    Returns
    -------
    how many runs of the queue are done, and how many are left.

    Raises
    ------
    BadInput for other images, or other code, than those that the queue was written for.
    """
    deadline = time.monotonic() + 60 * minutes - min(5.0, 3 * minutes)
    records = Records.of(out / RECORDS, every)
    try:
        with StopRequest() as stop:
            for group in queue["groups"]:
                jobs = _jobs(queue, group, data, out, device, other_code)
                _take_up(jobs, records)
                jobs = {key: replace(job, checkpoint_seconds=60 * checkpoint_minutes) for key, job in jobs.items()}
                left = {key: job for key, job in jobs.items() if key not in records.runs}
                if left and not stop.number and time.monotonic() < deadline:
                    _train(left, lanes, deadline, records, stop)
    finally:
        if records.changed or not records.path.exists():
            records.write()
    wanted = {key_of(run) for run in queue["runs"]}
    return len(wanted & set(records.runs)), len(wanted - set(records.runs))


def _jobs(
    queue: dict[str, Any], group: dict[str, Any], data: Path, out: Path, device: str, other_code: bool
) -> dict[Key, Job]:
    """The group's runs in the queue's order."""
    file = data / f"{group['dataset']}.npz"
    arrays = read_arrays(file)
    found = checkpoints.arrays_hash(arrays)
    if found != group["images"]:
        raise BadInput(f"{file}: not the images that the queue was written for (SHA-256 {found[:8]})")
    written, here = group["source"], training_source(spec_at(group, _first_P(group)))
    if written != here and not other_code:
        raise BadInput(
            f"code: not that which the queue was written with ({written} there, {here} here); allowed: the same "
            "checkout, or --other-code"
        )
    code = group["code"] if written == here else f"other {here}"
    jobs, shared, device = {}, None, device_named(device)
    for run in queue["runs"]:
        if (run["cell"], run["variant"]) != (group["cell"], group["variant"]):
            continue
        P, seed = run["P"], run["seed"]
        # As the engine `auto` has it on a GPU; there is no other way to train runs of several P at once.
        spec = replace(spec_at(group, P), engine="lanes", cuda_graphs=device == "cuda")
        subset = {seed: draw_subset(len(arrays.train_examples), P, seed, group["dataset"], arrays.shape.targets)}
        folder = out / "checkpoints" / group["cell"] / group["variant"] / f"P{P}"
        job = job_of(arrays, subset, spec, folder, code, device, hashed=found)
        shared = shared or device_examples(arrays, job.spec, torch.device(job.device), job.channels_last)
        jobs[key_of(run)] = replace(job, device_examples=shared)
    return jobs


def _first_P(group: dict[str, Any]) -> int:
    return int(next(iter(group["epochs"])))


def _take_up(jobs: dict[Key, Job], records: Records) -> None:
    """Runs that have ended but were not written before the last start was killed."""
    for key, job in jobs.items():
        (seed,) = job.subsets
        if key not in records.runs and job.path(seed).exists():
            saved = checkpoints.load(job.path(seed), job.identities[seed], job.steps)
            if saved is not None and saved.ends_at(job.steps):
                records.add(key, job)


def _train(jobs: dict[Key, Job], lanes: int | None, deadline: float, records: Records, stop: StopRequest) -> None:
    some = next(iter(jobs.values()))
    classes, lanes = some.arrays.outputs, lanes or some.lanes
    ordered = [replace(job, lanes=lanes) for job in jobs.values()]
    keys = {id(job): key for key, job in zip(jobs, ordered, strict=True)}
    saved = [_unfinished(job) for job in ordered]
    with arithmetic(some.spec, some.device):
        budget = measured(min(ordered, key=lambda job: job.P), classes, lanes, deadline)
        print(
            f"{lanes} at a time on {some.device}: {budget.rate:,.0f} examples/s, a scored one counts "
            f"{budget.scored:.2f}, {deadline - time.monotonic():.0f} s left for {len(ordered)} runs",
            flush=True,
        )
        train_lanes(
            ordered,
            classes,
            lanes,
            stop,
            saved=saved,
            budget=budget,
            ahead=128,
            now_and_then=records.now_and_then,
            ended=lambda job, seconds: records.add(keys[id(job)], job),
        )


def _unfinished(job: Job) -> checkpoints.Saved | None:
    (seed,) = job.subsets
    saved = checkpoints.load(job.path(seed), job.identities[seed], job.steps)
    return saved if saved is not None and saved.continues_to(job.steps) else None


def measured(job: Job, classes: int, lanes: int, deadline: float, seconds: float = 3.0) -> Budget:
    """How fast runs train here, `lanes` at a time, what a scored example and a logged point cost.

    The runs that are measured are thrown away.
    """
    seconds = min(seconds, 0.05 * max(0.0, deadline - time.monotonic()))
    wait = torch.cuda.synchronize if job.device == "cuda" else lambda: None
    trials = [_Trial(replace(job, capture=None), classes) for _ in range(lanes)]
    some = trials[0].runs
    for _ in range(1 + some.per_epoch if some.per_epoch < 4 else 2):  # recordings of both sizes of batch
        for trial in trials:
            trial.step()
    wait()

    def speed(beside: list["_Trial"], seconds: float) -> float:
        start, steps = time.monotonic(), 0
        while steps == 0 or time.monotonic() < start + seconds:
            for trial in beside:
                trial.step()
            steps += 1
            if steps % 8 == 0:
                wait()
        wait()
        return len(beside) * steps * job.examples / some.per_epoch / (time.monotonic() - start)

    alone = speed(trials[:1], seconds / 3)
    rate = speed(trials, 2 * seconds / 3)
    for _ in range(1 if job.device == "cpu" else 2):  # a GPU's libraries are loaded at the first
        start = time.monotonic()
        some.engine.evaluate(some.scored).tolist()
        scored = (time.monotonic() - start) * rate / (some.scored.shape[1] + len(job.arrays.test_targets))
        start = time.monotonic()
        some.engine.statistics()
        wait()
        logged = (time.monotonic() - start) * rate
    return Budget(deadline, 0.95 * rate, scored, logged, alone=0.95 * alone)


class _Trial:
    """A run on a stream of its own, as lanes have it."""

    def __init__(self, job: Job, classes: int) -> None:
        self.lane = Lane(torch.device(job.device))
        with self.lane.current():
            self.runs = begin(job, classes, dict.fromkeys(job.subsets))

    def step(self) -> None:
        with self.lane.current():
            self.runs.train_step()
