"""The training loop: runs of one cell, variant and P, from their last checkpoint to the end."""

import hashlib
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from scaling.networks.data.arrays import Arrays
from scaling.networks.layers import say_once
from scaling.networks.norms.layers import STATISTICS, check_layers
from scaling.networks.shape import KINDS
from scaling.networks.training import checkpoints
from scaling.networks.training.arithmetic import arithmetic
from scaling.networks.training.checkpoints import Identity, Saved
from scaling.networks.training.engines import make_engine
from scaling.networks.training.examples import DeviceExamples, device_examples
from scaling.networks.training.graphs import Capture
from scaling.networks.training.memory import keep_freed_memory
from scaling.networks.training.origin import origin
from scaling.networks.training.schedule import log_steps, steps_per_epoch
from scaling.networks.training.spec import TrainingSpec
from scaling.networks.training.stop import Stopped, StopRequest


@dataclass(frozen=True)
class Job:
    """All that a process needs to train some runs.

    Attributes
    ----------
    spec, arrays : what is trained, and on what.
    subsets : for each seed the int64 indices of its training examples.
    identities : for each seed the identity of its checkpoint.
    folder : of the checkpoints, one file seed{seed}.pt for each run.
    device, engine : "cpu" or "cuda"; as scaling.networks.training.engines.make_engine has it.
    keep_weights : keep the last weights of finished runs, so that they can be continued to more epochs.
    checkpoint_seconds : how often a run's state is saved.
    device_examples : `arrays` where they are trained on, if several jobs share them.
    capture : how steps are recorded, as scaling.networks.training.engines.make_engine has it.
    lanes : how many runs share the device, for their records.
    channels_last : as scaling.networks.training.images.DeviceImages has it, where `device_examples` are not given.
    """

    spec: TrainingSpec
    arrays: Arrays
    subsets: dict[int, np.ndarray]
    identities: dict[int, Identity]
    folder: Path
    device: str
    engine: str
    keep_weights: bool = False
    checkpoint_seconds: float = 60.0
    device_examples: DeviceExamples | None = None
    capture: Callable[[], Capture] | None = None
    lanes: int = 1
    channels_last: bool = False

    @property
    def P(self) -> int:
        """Number of training targets of each run."""
        return self.examples * self.arrays.shape.targets

    @property
    def examples(self) -> int:
        """Number of training examples of each run: P, where each has one target."""
        return len(next(iter(self.subsets.values())))

    @property
    def steps(self) -> list[int]:
        """The steps at which runs are logged; the last is their end."""
        return log_steps(self.spec, self.examples)

    def path(self, seed: int) -> Path:
        """The checkpoint of a run."""
        return self.folder / f"seed{seed}.pt"

    def alone(self, seed: int) -> "Job":
        """The job of one run, with no more examples than it needs (to be sent to another process)."""
        subset = self.subsets[seed]
        arrays = self.arrays.with_training(subset)
        return replace(self, arrays=arrays, subsets={seed: np.arange(len(subset))}, device_examples=None)


def train_runs(job: Job, outputs: int, saved: dict[int, Saved | None], stop: StopRequest) -> None:
    """Train the runs of `saved` together, from its checkpoints (all of the same step) or afresh (None).

    Every run ends in a sealed checkpoint.

    Raises
    ------
    Stopped when `stop` was set; by then every run's state is in its checkpoint.
    """
    with arithmetic(job.spec, job.device):
        _train(job, outputs, saved, stop)


def _train(job: Job, outputs: int, saved: dict[int, Saved | None], stop: StopRequest) -> None:
    runs = begin(job, outputs, saved)
    last_saved = time.monotonic()
    for waits in runs.steps():
        if waits is not None:
            waits.synchronize()
            continue
        if stop.number or time.monotonic() - last_saved >= job.checkpoint_seconds:
            runs.save()
            last_saved = time.monotonic()
        if stop.number:
            raise Stopped(stop.number)


def begin(job: Job, outputs: int, saved: dict[int, Saved | None]) -> "RunsInStep":
    """The runs of `saved` together, from its checkpoints (all of the same step) or afresh (None)."""
    if job.device == "cpu":
        keep_freed_memory()
    torch.manual_seed(_stream_seed("dropout", min(saved)))
    return RunsInStep(job, outputs, saved)


class RunsInStep:
    """Runs that are trained in step: the engine, the order of the examples, and what was logged.

    Attributes
    ----------
    step : optimizer steps done, the same number for each run.
    records, diverged : of each run, as in scaling.networks.training.checkpoints.Saved.
    """

    def __init__(self, job: Job, outputs: int, saved: dict[int, Saved | None]) -> None:
        self.job, self.seeds = job, list(saved)
        self.device = torch.device(job.device)
        self.logged_steps = set(job.steps)
        self.per_epoch = steps_per_epoch(job.spec, job.examples)
        examples = job.device_examples or device_examples(job.arrays, job.spec, self.device, job.channels_last)
        self.channels_last = examples.channels_last
        self.engine = make_engine(job.engine, job.spec, examples, outputs, self.seeds, job.capture)
        self.layers = [[layer.name, layer.kind, *layer.matrix.shape] for layer in self.engine.layers]
        check_layers(self.engine.layers, job.examples, job.spec.batch_size, job.spec.operator_norm)
        say_once(self.engine.layers.in_words())
        subsets = np.stack([np.asarray(job.subsets[seed], np.int64) for seed in self.seeds])
        self.subset = torch.from_numpy(subsets).to(self.device)
        self.scored = self.subset[:, : job.spec.scored(job.examples)]  # a subset's order is random
        self.generators = [torch.Generator().manual_seed(_stream_seed("order", seed)) for seed in self.seeds]
        self.records: list[list[dict[str, Any]]] = [[] for _ in self.seeds]
        self.diverged = [False] * len(self.seeds)
        self.step = 0
        self.start, self.seconds_before = time.monotonic(), [0.0] * len(self.seeds)
        self.epoch_start: list[Tensor] = []
        self.order, self.draws = None, None
        self.progress = Progress(job)
        for run, found in enumerate(saved.values()):
            if found is not None:
                self._restore(run, found)
        if self.step % self.per_epoch:
            self._start_epoch()

    def _restore(self, run: int, found: Saved) -> None:
        self.step = found.step
        self.records[run] = found.records_at(self.job.steps)
        self.seconds_before[run] = found.origin.get("seconds", 0.0)
        self.generators[run].set_state(found.state["generator"])
        self.engine.load_state(run, found.state["engine"])

    def _start_epoch(self) -> None:
        """Draw the order of the examples, and the numbers that augment them, for one epoch of every run.

        Each run has a generator of its own, on the CPU: its draws depend on its seed alone, on any device.
        """
        self.epoch_start = [generator.get_state() for generator in self.generators]
        n = self.job.examples
        order = torch.stack([torch.randperm(n, generator=generator) for generator in self.generators])
        self.order = self.subset.gather(1, self._sent(order))
        if self.job.spec.augmentation != "none":
            draws = torch.stack([torch.rand(n, 3, generator=generator) for generator in self.generators])
            self.draws = self._sent(draws)

    def _sent(self, drawn: Tensor) -> Tensor:
        """On the device, without waiting until it has done what was launched before."""
        if self.device.type == "cuda":
            drawn = drawn.pin_memory()
        return drawn.to(self.device, non_blocking=True)

    def steps(self) -> Iterator["torch.cuda.Event | None"]:
        """Train to the end and seal: one item for each optimizer step, None.

        On a GPU there is an event before the None of a logged step: go on when it has happened, and do other things
        until then. A run's state is whole at each None. Several of these can be interleaved, each on a stream of its
        own that is the current one whenever it goes on.
        """
        last = self.job.steps[-1]
        while self.step < last and not all(self.diverged):
            self.train_step()
            if self.step in self.logged_steps:
                scores = self.engine.evaluate(self.scored)
                if self.device.type == "cuda":
                    yield torch.cuda.current_stream().record_event()
                self.log(scores)
            yield None
        self.seal()

    def train_step(self) -> None:
        """One optimizer step of every run."""
        place = self.step % self.per_epoch
        if place == 0:
            self._start_epoch()
        batch = slice(place * self.job.spec.batch_size, (place + 1) * self.job.spec.batch_size)
        self.engine.train_step(self.order[:, batch], None if self.draws is None else self.draws[:, batch])
        self.step += 1

    def log(self, scores: Tensor) -> None:
        """Record errors and losses `scores` [R, 4] and layer statistics of every run that has not diverged."""
        layers = [torch.stack([layer[name] for name in STATISTICS]) for layer in self.engine.statistics()]
        statistics = torch.stack(layers).tolist()  # one read; [layer][statistic][run]
        for run, values in enumerate(scores.tolist()):
            if self.diverged[run]:
                continue
            self.diverged[run] = not all(math.isfinite(value) for value in values)
            if self.diverged[run]:
                values = [math.nan] * 4
            record = {"step": self.step, "epoch": self.step / self.per_epoch}
            record |= dict(zip(("train_error", "train_loss", "test_error", "test_loss"), values, strict=True))
            record["layers"] = [
                {name: found[run] for name, found in zip(STATISTICS, layer, strict=True)} for layer in statistics
            ]
            self.records[run].append(record)
            self.progress.report(self.seeds[run], record, self.diverged[run], len(self.seeds))

    def save(self) -> None:
        """Write every run's checkpoint."""
        boundary = self.step % self.per_epoch == 0
        for run in range(len(self.seeds)):
            generator = self.generators[run].get_state() if boundary else self.epoch_start[run]
            self._write(run, {"generator": generator, "engine": self.engine.state(run)})

    def seal(self) -> None:
        """Write every run's last checkpoint; without the weights unless they are to be kept."""
        for run in range(len(self.seeds)):
            keep = self.job.keep_weights and not self.diverged[run]
            state = {"generator": self.generators[run].get_state(), "engine": self.engine.state(run)} if keep else None
            self._write(run, state)

    def _write(self, run: int, state: dict[str, Any] | None) -> None:
        step = self.records[run][-1]["step"] if self.diverged[run] else self.step
        if self.diverged[run]:
            state = None
        seed = self.seeds[run]
        job, identity = self.job, self.job.identities[seed]
        seconds = self.seconds_before[run] + time.monotonic() - self.start
        way = job.engine, job.lanes, job.spec.cuda_graphs, job.spec.compile, self.channels_last
        where = origin(job.spec.precision, job.device, *way, identity.code, seconds)
        saved = Saved(step, self.records[run], self.layers, self.diverged[run], state, where)
        checkpoints.save(saved, identity, job.path(seed))


class Progress:
    """One line for each logged point, but not more than one every few seconds for each run; its last always."""

    def __init__(self, job: Job, seconds: float = 5.0) -> None:
        self.job, self.seconds = job, seconds
        self.shown: dict[int, float] = {}
        self.start, self.first_step = time.monotonic(), None

    def report(self, seed: int, record: dict[str, Any], diverged: bool, runs: int) -> None:
        """Print where a run is."""
        now = time.monotonic()
        last = diverged or record["step"] == self.job.steps[-1]
        if not last and now - self.shown.get(seed, -math.inf) < self.seconds:
            return
        self.shown[seed] = now
        rate = ""
        if self.first_step is None:
            self.first_step, self.start = record["step"], now
        elif now > self.start and record["step"] > self.first_step:
            epochs = record["epoch"] * (1 - self.first_step / record["step"])
            what = KINDS[self.job.arrays.KIND]
            rate = f"  {runs * epochs * self.job.P / (now - self.start):,.0f} {what}/s"
        norm = sum(layer["log10_spectral"] for layer in record["layers"])
        end = "  DIVERGED: the loss is not finite" if diverged else rate
        print(
            f"P {self.job.P}  seed {seed}  epoch {record['epoch']:.4g}/{self.job.spec.epochs}  "
            f"train {record['train_error']:.4f}  test {record['test_error']:.4f}  "
            f"log10 product of spectral norms {norm:.3f}{end}",
            flush=True,
        )


def _stream_seed(purpose: str, seed: int) -> int:
    """A seed for one of a run's random streams, unrelated to the others and to the initial weights'."""
    return int.from_bytes(hashlib.sha256(f"{purpose} {seed}".encode()).digest()[:8], "little") >> 1
