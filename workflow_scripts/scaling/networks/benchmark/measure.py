"""Measuring a speed: images per second and per core-second, how busy the GPU is, memory; rates of matrix products."""

import os
import resource
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import torch

from scaling.networks.training.arithmetic import arithmetic
from scaling.networks.training.spec import TrainingSpec


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
