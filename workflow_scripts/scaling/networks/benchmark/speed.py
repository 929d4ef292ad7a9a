"""How fast training is: by the ways of this package, candidates for a GPU among them, and by the field's usual loop."""

import gc
import multiprocessing
import os
import resource
import shutil
import subprocess
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset

from scaling.networks.build import build_model
from scaling.networks.data.arrays import ImageArrays
from scaling.networks.training.arithmetic import arithmetic, autocast
from scaling.networks.training.engines import make_engine
from scaling.networks.training.images import AUGMENTATIONS, DeviceImages
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


@dataclass(frozen=True)
class Candidate:
    """A way to train `runs` runs at once.

    Attributes
    ----------
    engine : "single", "stacked" or "streams" (scaling.networks.training.engines), or "processes": a single run in each.
    steps : "eager", kernel by kernel; "graph", a whole step recorded and replayed; a key of COMPILED, the network by
        torch.compile.
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
    ways = [Candidate("single", steps, 1) for steps in ("eager", "graph", *COMPILED)]
    for engine, steps in (("streams", "graph"), ("processes", "graph"), ("stacked", "eager"), ("stacked", "graph")):
        ways += [Candidate(engine, steps, count) for count in runs if count > 1]
    return [*ways, Candidate("stacked", "compile", runs[len(runs) // 2])]


@dataclass(frozen=True)
class Speed:
    """Images per second of wall time and of processor time (all processes), busy percentage and memory of the GPU.

    The memory is what PyTorch has reserved at most: what a graph's steps need counts, though nothing is allocated
    while it is replayed.
    """

    per_second: float
    per_core_second: float
    utilisation: float
    peak_gb: float


def measure(step: Callable[[], int], seconds: float, cuda: bool, warm_up: int = 5) -> Speed:
    """Repeat `step`, which returns how many images it trained on, after some that warm up and one that is timed.

    So many steps are launched as take about `seconds`: a loop that looks at the clock would run ahead of a GPU, which
    does not keep it waiting, by thousands of recorded steps.
    """
    synchronize = torch.cuda.synchronize if cuda else lambda: None
    for _ in range(warm_up):
        step()
    synchronize()
    start = time.perf_counter()
    step()
    synchronize()
    steps = max(1, round(seconds / (time.perf_counter() - start)))
    start, cores = time.perf_counter(), _core_seconds()
    with _Utilisation(cuda) as utilisation:
        images = sum(step() for _ in range(steps))
        synchronize()
    wall, used = time.perf_counter() - start, _core_seconds() - cores
    memory = torch.cuda.max_memory_reserved() / 1e9 if cuda else float("nan")
    return Speed(images / wall, images / used, utilisation.mean(), memory)


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
    spec, runs = replace(TrainingSpec(**cell.spec), cuda_graphs=candidate.steps == "graph"), candidate.runs
    images = DeviceImages(_noise(cell), spec, device)
    engine = make_engine(candidate.engine, spec, images, cell.classes, range(runs))
    if candidate.steps in COMPILED:
        torch.compiler.reset()  # or, after some cells, it gives up and runs uncompiled
        engine.scores = torch.compile(engine.scores, mode=COMPILED[candidate.steps])
    index = torch.randint(0, IMAGES, (runs, spec.batch_size), device=device)
    draws = torch.rand(runs, spec.batch_size, 3, device=device) if spec.augmentation != "none" else None

    def step() -> int:
        engine.train_step(index, draws)
        return index.numel()

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


class _ImageByImage(Dataset):
    def __init__(self, arrays: ImageArrays, spec: TrainingSpec) -> None:
        self.arrays, self.spec = arrays, spec
        self.mean = torch.tensor(spec.normalization_mean).view(-1, 1, 1)
        self.std = torch.tensor(spec.normalization_std).view(-1, 1, 1)

    def __len__(self) -> int:
        return len(self.arrays.train_images)

    def __getitem__(self, i: int) -> tuple[torch.Tensor, int]:
        image = torch.from_numpy(self.arrays.train_images[i]).permute(2, 0, 1)
        if self.spec.augmentation != "none":
            image = AUGMENTATIONS[self.spec.augmentation](image[None], torch.rand(1, 3))[0]
        return (image.float().div(255) - self.mean) / self.std, int(self.arrays.train_labels[i])


def usual_speed(cell: CellCost, device: torch.device, seconds: float) -> Speed:
    """One run by the loop that most papers' code has: a DataLoader of 4 workers, image by image, torch.optim.

    The network, batches, optimizer and arithmetic are the cell's own.
    """
    spec = TrainingSpec(**cell.spec)
    with arithmetic(spec, device.type, deterministic=False):
        warnings.filterwarnings("ignore", message="This DataLoader will create")  # on fewer than 4 cores
        loader = DataLoader(
            _ImageByImage(_noise(cell), spec),
            batch_size=spec.batch_size,
            shuffle=True,
            num_workers=4,
            # An epoch here is short, so starting workers would weigh too much beside a GPU. On a CPU their time
            # is counted when they end, and the quick preset's epochs are as short.
            persistent_workers=device.type == "cuda",
        )
        model = build_model(spec.family, spec.sizes, cell.image_shape, cell.classes, spec.init_scale, seed=0)
        model.to(device)
        optimizer = _torch_optimizer(spec, model)

        def epoch() -> int:
            for images, labels in loader:
                optimizer.zero_grad()
                with autocast(spec, device):
                    loss = F.cross_entropy(model(images.to(device)), labels.to(device))
                loss.backward()
                optimizer.step()
            return len(loader.dataset)

        return measure(epoch, seconds, device.type == "cuda", warm_up=1)


def _torch_optimizer(spec: TrainingSpec, model: torch.nn.Module) -> torch.optim.Optimizer:
    chosen = {"lr": spec.learning_rate, "weight_decay": spec.weight_decay}
    if spec.optimizer == "SGD":
        chosen["momentum"] = spec.momentum
    return getattr(torch.optim, spec.optimizer)(model.parameters(), **chosen)


def matrix_rates(device: torch.device, precisions: Iterable[str]) -> dict[str, float]:
    """Measured rates of large square matrix products, operations per second, by precision (on a CPU: of one core)."""
    cuda, rates = device.type == "cuda", {}
    size = 8192 if cuda else 1024
    for name in precisions:
        with arithmetic(TrainingSpec("", {}, 1, precision=name), device.type):
            a = torch.randn(size, size, device=device).to(torch.bfloat16 if name == "bf16" else torch.float32)

            def step(a: torch.Tensor = a) -> int:
                a @ a
                return 1

            speed = measure(step, 2.0 if cuda else 0.2, cuda)
        rates[name] = 2 * size**3 * (speed.per_second if cuda else speed.per_core_second)
    return rates


class _Utilisation:
    """The GPU's busy percentage by nvidia-smi, twice a second while entered."""

    def __init__(self, cuda: bool) -> None:
        self.wanted = cuda and shutil.which("nvidia-smi") is not None
        self.seen: list[float] = []
        self.over = threading.Event()

    def __enter__(self) -> "_Utilisation":
        if self.wanted:
            self.thread = threading.Thread(target=self._watch)
            self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        if self.wanted:
            self.thread.join()

    def _watch(self) -> None:
        visible = os.environ.get("CUDA_VISIBLE_DEVICES", "0").split(",")[0]
        command = ["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits", f"--id={visible}"]
        while not self.over.wait(0.5):
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode == 0:
                self.seen.append(float(done.stdout.split()[0]))

    def mean(self) -> float:
        """Mean percentage; NaN if nothing was seen."""
        return float(np.mean(self.seen)) if self.seen else float("nan")


def _core_seconds() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def _noise(cell: CellCost) -> ImageArrays:
    random = np.random.default_rng(0)
    channels, height, width = cell.image_shape
    images = random.integers(0, 256, (IMAGES, height, width, channels), dtype=np.uint8)
    labels = random.integers(0, cell.classes, IMAGES)
    return ImageArrays(images, labels, images[:256], labels[:256])
