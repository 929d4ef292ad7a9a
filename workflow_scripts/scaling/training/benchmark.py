"""How fast runs train here: the engines of this package beside the field's usual loop, for each cell of a preset.

    make bench-train                                     (cells of config.yaml: paper on a GPU, quick on a CPU)
    python -m scaling.training.benchmark --save cells.json       where the workflow is installed
    python -m scaling.training.benchmark --cells cells.json      on a machine that has only torch and numpy

The images are noise: speed does not depend on what is on them.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset

from scaling.data.arrays import ImageArrays
from scaling.models.build import build_model
from scaling.training.block import float32_as_said, one_thread
from scaling.training.images import AUGMENTATIONS, DeviceImages
from scaling.training.loop import ENGINES
from scaling.training.spec import TrainingSpec, read_spec


@dataclass(frozen=True)
class CellCost:
    """What a cell's speed and total work depend on: its spec, images, and images trained on and scored in all runs."""

    name: str
    spec: dict[str, Any]
    image_shape: tuple[int, int, int]
    classes: int
    trained: float
    scored: float


@dataclass(frozen=True)
class Speed:
    """Images per second of wall time and of processor time (all processes), busy fraction and memory of the GPU."""

    per_second: float
    per_core_second: float
    utilisation: float
    peak_gb: float


def measure(step: Callable[[], int], seconds: float, cuda: bool) -> Speed:
    """Repeat `step`, which returns how many images it trained on, after two that warm up."""
    for _ in range(2):
        step()
    if cuda:
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
    images, start, cores = 0, time.perf_counter(), _core_seconds()
    with _Utilisation(cuda) as utilisation:
        while not images or time.perf_counter() - start < seconds:
            images += step()
        if cuda:
            torch.cuda.synchronize()
    wall, used = time.perf_counter() - start, _core_seconds() - cores
    memory = torch.cuda.max_memory_allocated() / 1e9 if cuda else float("nan")
    return Speed(images / wall, images / used, utilisation.mean(), memory)


def engine_speed(cell: CellCost, engine: str, runs: int, device: torch.device, seconds: float) -> Speed:
    """Training steps of `runs` runs at once by one of this package's engines."""
    spec, size = TrainingSpec(**cell.spec), 2048
    arrays = _noise(cell, size)
    with one_thread(device.type), float32_as_said(spec):
        images = DeviceImages(arrays, spec, device)
        block = ENGINES[engine](spec, images, cell.image_shape, cell.classes, list(range(runs)), device)
        index = torch.randint(0, size, (runs, spec.batch_size), device=device)
        draws = torch.rand(runs, spec.batch_size, 3, device=device) if spec.augmentation != "none" else None

        def step() -> int:
            block.train_step(index, draws)
            return index.numel()

        return measure(step, seconds, device.type == "cuda")


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
    """One run by the loop that most papers' code has: a DataLoader of 4 workers, image by image, torch.optim.Adam."""
    spec = TrainingSpec(**cell.spec)
    with one_thread(device.type):
        warnings.filterwarnings("ignore", message="This DataLoader will create")  # on fewer than 4 cores
        loader = DataLoader(
            _ImageByImage(_noise(cell, 2048), spec),
            batch_size=spec.batch_size,
            shuffle=True,
            num_workers=4,
            # An epoch here is short, so starting workers would weigh too much beside a GPU. On a CPU their time
            # is counted when they end, and the quick preset's epochs are as short.
            persistent_workers=device.type == "cuda",
        )
        model = build_model(spec.family, spec.sizes, cell.image_shape, cell.classes, seed=0).to(device)
        optimizer = torch.optim.Adam(model.parameters(), lr=spec.learning_rate)

        def epoch() -> int:
            for images, labels in loader:
                optimizer.zero_grad()
                F.cross_entropy(model(images.to(device)), labels.to(device)).backward()
                optimizer.step()
            return len(loader.dataset)

        return measure(epoch, seconds, device.type == "cuda")


def matrix_rates(size: int = 8192) -> dict[str, float]:
    """Measured rates of square matrix products on the GPU, operations per second."""
    rates = {}
    for name, kind, tf32 in (
        ("bf16", torch.bfloat16, False),
        ("TF32", torch.float32, True),
        ("fp32", torch.float32, False),
    ):
        torch.backends.cuda.matmul.allow_tf32 = tf32
        a = torch.randn(size, size, device="cuda", dtype=kind)

        def step(a: torch.Tensor = a) -> int:
            a @ a
            torch.cuda.synchronize()
            return 1

        rates[name] = 2 * size**3 * measure(step, 2.0, True).per_second
    torch.backends.cuda.matmul.allow_tf32 = False
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
        command = ["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits", "--id=0"]
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


def _noise(cell: CellCost, count: int) -> ImageArrays:
    random = np.random.default_rng(0)
    channels, height, width = cell.image_shape
    images = random.integers(0, 256, (count, height, width, channels), dtype=np.uint8)
    labels = random.integers(0, cell.classes, count)
    return ImageArrays(images, labels, images[:256], labels[:256])


def cells_of(preset: str, config: Path) -> list[CellCost]:
    """The cells of a preset of config.yaml (needs the workflow's packages)."""
    import yaml

    from scaling.config import read_study
    from scaling.plan.costs import images_of

    study = read_study(yaml.safe_load(config.read_text(encoding="utf-8")) | {"preset": preset})
    cells = []
    for name, cell in study.cells.items():
        shape, classes, _, test = images_of(study.datasets[cell.dataset])
        runs = len(cell.seed_list())
        trained = runs * sum(P * cell.epochs_at(P) for P in cell.P)
        scored = runs * cell.log_points * sum(P + test for P in cell.P)
        spec = TrainingSpec.of(cell, max(cell.P)).as_dict()
        cells.append(CellCost(name, spec, shape, classes, trained, scored))
    return cells


def main() -> None:
    """Print the table of speeds, and on a GPU the hours that every cell will take."""
    parser = argparse.ArgumentParser(
        "python -m scaling.training.benchmark",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    cuda = torch.cuda.is_available()
    parser.add_argument("--config", type=Path, default=Path("config.yaml"))
    parser.add_argument("--preset", default="paper" if cuda else "quick")
    parser.add_argument("--cells", type=Path, help="a file that --save wrote, instead of config and preset")
    parser.add_argument("--save", type=Path, help="only write the cells to this file")
    parser.add_argument("--runs", type=int, nargs="+", default=[1, 4, 8, 16, 32] if cuda else [1, 8])
    parser.add_argument("--seconds", type=float, default=5.0 if cuda else 2.0, help="of each measurement")
    arguments = parser.parse_args()
    if arguments.cells:
        cells = [CellCost(**cell) for cell in json.loads(arguments.cells.read_text(encoding="utf-8"))]
        cells = [CellCost(**vars(cell) | {"image_shape": tuple(cell.image_shape)}) for cell in cells]
        for cell in cells:
            read_spec(cell.spec)
    else:
        cells = cells_of(arguments.preset, arguments.config)
    if arguments.save:
        arguments.save.write_text(json.dumps([asdict(cell) for cell in cells], indent=1), encoding="utf-8")
        return
    _print_table(cells, torch.device("cuda" if cuda else "cpu"), arguments.runs, arguments.seconds)


def _print_table(cells: list[CellCost], device: torch.device, runs: list[int], seconds: float) -> None:
    cuda = device.type == "cuda"
    print(f"{torch.cuda.get_device_name() if cuda else 'CPU'}, {os.cpu_count()} cores, torch {torch.__version__}")
    for name, rate in (matrix_rates() if cuda else {}).items():
        print(f"  {name} matrix products: {rate / 1e12:.1f} TFLOP/s")
    unit = "images/s" if cuda else "images per core-second"
    print(f"{'cell':<18}{'engine':<9}{'runs':>5}  {unit:>22}  {'x usual':>8}  {'GPU %':>6}  {'peak GB':>8}")
    total = 0.0
    for cell in cells:
        rows = [("usual", 1, usual_speed(cell, device, seconds))]
        for engine, count in [("single", 1), *(("stacked", count) for count in runs)]:
            try:
                rows.append((engine, count, engine_speed(cell, engine, count, device, seconds)))
            except torch.cuda.OutOfMemoryError:
                print(f"{cell.name:<18}{engine:<9}{count:>5}  out of memory")
        rates = [row[2].per_second if cuda else row[2].per_core_second for row in rows]
        for (engine, count, speed), rate in zip(rows, rates, strict=True):
            print(
                f"{cell.name:<18}{engine:<9}{count:>5}  {rate:>22,.0f}  {rate / rates[0]:>8.1f}"
                f"  {speed.utilisation:>6.0f}  {speed.peak_gb:>8.2f}",
                flush=True,
            )
        # scoring an image is the forward pass alone, about a third of training on it
        hours = (cell.trained + cell.scored / 3) / max(rates[1:]) / 3600
        total += hours
        print(f"{cell.name:<18}whole, at its best: {hours:.2f} {'GPU' if cuda else 'core'} hours", flush=True)
    print(f"all cells: {total:.2f} {'GPU' if cuda else 'core'} hours")


if __name__ == "__main__":
    main()
