"""How fast training is: by the ways of this package, candidates for a GPU among them, and by the field's usual loop."""

import gc
import multiprocessing
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import torch

from scaling.networks.benchmark.measure import Speed, measure
from scaling.networks.data.arrays import ImageArrays
from scaling.networks.training.arithmetic import arithmetic
from scaling.networks.training.engines import make_engine
from scaling.networks.training.examples import device_examples
from scaling.networks.training.graphs import CudaCapture
from scaling.networks.training.lanes import Lane
from scaling.networks.training.spec import TrainingSpec

IMAGES = 2048  # of noise: speed does not depend on what is on them


@dataclass(frozen=True)
class CellCost:
    """What a cell's speed and total work depend on.

    Attributes
    ----------
    spec : the settings of its TrainingSpec.
    trained, scored : images that all its runs train on and score, over all P and epochs.
    training_flops, scoring_flops : operations per image, of the forward and backward pass and of the forward pass.
    """

    name: str
    spec: dict[str, Any]
    image_shape: tuple[int, int, int]
    classes: int
    trained: float
    scored: float
    training_flops: float
    scoring_flops: float

    @property
    def operations(self) -> float:
        """Of all its runs: what no way of training saves."""
        return self.trained * self.training_flops + self.scored * self.scoring_flops

    def hours(self, images_per_second: float) -> float:
        """What all runs will take at a measured speed of training."""
        return self.operations / (images_per_second * self.training_flops) / 3600


COMPILED = {"compile": "reduce-overhead", "autotune": "max-autotune"}  # modes of torch.compile
RECORDED = ("graph", "compiled-graph")  # the latter: of a network compiled by torch.compile


@dataclass(frozen=True)
class Candidate:
    """A way to train `runs` runs at once.

    Attributes
    ----------
    engine : "single", "stacked", "streams" or "lanes" (scaling.networks.training.engines), or "processes": a single run
        in each.
    steps : "eager", kernel by kernel; one of RECORDED, a whole step recorded and replayed; a key of COMPILED, the
        network by torch.compile.
    """

    engine: str
    steps: str
    runs: int

    def __str__(self) -> str:
        return f"{self.engine}-{self.steps}"


def candidates(cuda: bool, runs: Sequence[int]) -> list[Candidate]:
    """What is measured: on a CPU the engines that are for one, on a GPU all ways to keep it busy."""
    if not cuda:
        return [Candidate("single", "eager", 1), *(Candidate("stacked", "eager", count) for count in runs)]
    ways = [Candidate("single", steps, 1) for steps in ("eager", *RECORDED, *COMPILED)]
    together = [("lanes", steps) for steps in RECORDED]
    together += [("streams", "graph"), ("processes", "graph"), ("stacked", "eager"), ("stacked", "graph")]
    for engine, steps in together:
        ways += [Candidate(engine, steps, count) for count in runs if count > 1]
    return [*ways, Candidate("stacked", "compile", runs[len(runs) // 2])]


def attempt(measurement: Callable[[], Speed], cuda: bool) -> Speed | str:
    """The measured speed, or in a few words what went wrong: the other measurements go on."""
    try:
        gc.collect()
        if cuda:
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
        return measurement()
    except torch.OutOfMemoryError:
        return "out of memory"
    except Exception as problem:  # whatever a driver or a compiler makes of it
        return f"{type(problem).__name__}: {' '.join(str(problem).split())[:100]}"


def candidate_speed(cell: CellCost, candidate: Candidate, device: torch.device, seconds: float) -> Speed:
    """Training steps of a candidate."""
    if candidate.engine == "processes":
        return _speed_of_processes(cell, candidate, device, seconds)
    spec = TrainingSpec(**cell.spec)
    with arithmetic(spec, device.type):
        return measure(training_step(cell, candidate, device), seconds, device.type == "cuda")


def training_step(cell: CellCost, candidate: Candidate, device: torch.device) -> Callable[[], int]:
    """A step of all runs of a candidate; it returns how many images it trains on."""
    recorded, compiled = candidate.steps in RECORDED, candidate.steps == "compiled-graph"
    spec, runs = replace(TrainingSpec(**cell.spec), cuda_graphs=recorded, compile=compiled), candidate.runs
    if candidate.steps in COMPILED or compiled:
        torch.compiler.reset()  # or, after some cells, it gives up and runs uncompiled
    if candidate.engine == "lanes":
        return _step_of_lanes(cell, spec, candidate, device)
    # As the workflow has it: images with the channels of a pixel side by side, but not in a stack.
    examples = device_examples(noise(cell), spec, device, device.type == "cuda" and candidate.engine != "stacked")
    engine = make_engine(candidate.engine, spec, examples, cell.classes, range(runs))
    if candidate.steps in COMPILED:
        engine.scores = torch.compile(engine.scores, mode=COMPILED[candidate.steps])
    index = torch.randint(0, IMAGES, (runs, spec.batch_size), device=device)
    draws = torch.rand(runs, spec.batch_size, 3, device=device) if spec.augmentation != "none" else None

    def step() -> int:
        engine.train_step(index, draws)
        return index.numel()

    return step


def _step_of_lanes(cell: CellCost, spec: TrainingSpec, candidate: Candidate, device: torch.device) -> Callable[[], int]:
    """A step of each of some single runs, each on a stream of its own; none waits for another."""
    examples = device_examples(noise(cell), spec, device, device.type == "cuda")
    lanes = [Lane(device) for _ in range(candidate.runs)]
    engines = []
    for seed, lane in enumerate(lanes):
        with lane.current():
            engines.append(make_engine("lanes", spec, examples, cell.classes, [seed], partial(CudaCapture, ahead=256)))
    index = torch.randint(0, IMAGES, (1, spec.batch_size), device=device)
    draws = torch.rand(1, spec.batch_size, 3, device=device) if spec.augmentation != "none" else None

    def step() -> int:
        for lane, engine in zip(lanes, engines, strict=True):
            with lane.current():
                engine.train_step(index, draws)
        return len(lanes) * spec.batch_size

    return step


def _speed_of_processes(cell: CellCost, candidate: Candidate, device: torch.device, seconds: float) -> Speed:
    """A single run in each of some processes, all at the same time; GPU memory is that of all of them."""
    context, alone = multiprocessing.get_context("spawn"), replace(candidate, engine="single", runs=1)
    gate = context.Barrier(candidate.runs, timeout=300)
    with ProcessPoolExecutor(candidate.runs, context, initializer=_pass_gate, initargs=(gate,)) as pool:
        jobs = [pool.submit(_together, cell, alone, device, seconds) for _ in range(candidate.runs)]
        problems = [problem for job in jobs if (problem := job.exception())]
    if problems:  # those who only waited in vain for another say nothing of the cause
        raise min(problems, key=lambda problem: isinstance(problem, threading.BrokenBarrierError))
    speeds = [job.result() for job in jobs]
    cores = sum(speed.per_second / speed.per_core_second for speed in speeds)
    wall = sum(speed.per_second for speed in speeds)
    busy = float(np.mean([speed.utilisation for speed in speeds]))
    return Speed(wall, wall / cores, busy, sum(speed.peak_gb for speed in speeds))


def _pass_gate(gate: Any) -> None:
    """At the start of a process: a barrier can be handed on only then."""
    global _gate
    _gate = gate


def _together(cell: CellCost, candidate: Candidate, device: torch.device, seconds: float) -> Speed:
    spec = TrainingSpec(**cell.spec)
    try:
        with arithmetic(spec, device.type):
            step = training_step(cell, candidate, device)
            step()  # what is recorded or compiled is so before the first is measured
            _gate.wait()
            return measure(step, seconds, device.type == "cuda")
    except BaseException:
        _gate.abort()
        raise


def noise(cell: CellCost) -> ImageArrays:
    """Random images of the cell's shape."""
    random = np.random.default_rng(0)
    channels, height, width = cell.image_shape
    images = random.integers(0, 256, (IMAGES, height, width, channels), dtype=np.uint8)
    labels = random.integers(0, cell.classes, IMAGES)
    return ImageArrays(images, labels, images[:256], labels[:256])
