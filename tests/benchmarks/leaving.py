"""How many runs of the paper's CNN on MNIST leave guessing, in four arithmetics.

    PYTHONPATH=workflow_scripts python tests/benchmarks/leaving.py results/data/MNIST.npz leaving.tsv --device cuda

Each run has the initial weights, the images and their order that the workflow gives its seed. It is trained until the
mean loss of ten batches is below 2.2 (guessing: 2.30), or for --steps steps. A line is added to the table for each run;
runs that are in it already are left out. Seed by seed, so that whatever is there compares the same runs.
"""

import argparse
import time
from collections import deque
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from scaling.networks.data.arrays import read_arrays
from scaling.networks.data.subsets import draw_subset
from scaling.networks.training.arithmetic import arithmetic
from scaling.networks.training.engines.single import SingleRun
from scaling.networks.training.fused import FusedOptimizer
from scaling.networks.training.images import DeviceImages
from scaling.networks.training.loop import Job, begin
from scaling.networks.training.spec import TrainingSpec

SIZES = {"stages": [[32, 64], [128]], "fully_connected": [512]}
ARITHMETICS = ("float32", "tf32", "bf16", "float64")
LEFT = 2.2  # cross-entropy; guessing among ten classes has 2.303


class Watched(SingleRun):
    """A single run that remembers its batches' losses, in float64 if that is asked for."""

    def __init__(self, double: bool, *arguments) -> None:
        super().__init__(*arguments)
        self.double, self.losses = double, deque(maxlen=10)
        if double:
            self.model.double()
            self.optimizer = FusedOptimizer(self.spec, self.model.parameters())

    def train_step(self, index: Tensor, draws: Tensor | None) -> None:
        """As SingleRun's."""
        batch = self.examples.training_batch(index[0], draws)
        labels = self.examples.train_targets.index_select(0, index[0])
        scores = self.model(batch.double()) if self.double else self.scores(batch)
        loss = F.cross_entropy(scores, labels)
        self.losses.append(loss.item())
        self.optimizer.step(loss)

    def has_left(self) -> bool:
        """Whether the last ten batches' mean loss is below that of guessing."""
        return len(self.losses) == 10 and sum(self.losses) / 10 < LEFT


def leaving(images, name: str, P: int, seed: int, steps: int, device: str) -> int | None:
    """The step at which a run has left guessing; None if it has not after `steps`. TF32 is imitated on a CPU."""
    precision = "float32" if name == "float64" else name
    spec = TrainingSpec("CNN", SIZES, epochs=steps, init_scale=0.05, precision=precision)
    subset = draw_subset(len(images.train_examples), P, seed, "MNIST")
    examples = DeviceImages(images, spec, torch.device(device), channels_last=device == "cuda")
    job = Job(spec, images, {seed: subset}, {seed: ""}, Path(), device, "single", device_examples=examples)
    with arithmetic(spec, device):
        runs = begin(job, images.outputs, {seed: None})
        runs.engine = engine = Watched(name == "float64", spec, examples, images.outputs, [seed])
        while runs.step < steps:
            runs.train_step()
            if engine.has_left():
                return runs.step
    return None


def main() -> None:
    """Train until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images", type=Path)
    parser.add_argument("table", type=Path)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--steps", type=int, default=250)
    parser.add_argument("--arithmetics", nargs="+", default=list(ARITHMETICS), choices=ARITHMETICS)
    parser.add_argument("--P", type=int, nargs="+", default=[375, 750, 1500])
    parser.add_argument("--seeds", type=int, nargs="+", default=range(1, 1000))
    asked = parser.parse_args()
    end = time.monotonic() + 60 * asked.minutes
    images = read_arrays(asked.images)
    done = (
        {tuple(line.split("\t")[:3]) for line in asked.table.read_text().splitlines()}
        if asked.table.exists()
        else set()
    )
    for seed in asked.seeds:
        for P in asked.P:
            for name in asked.arithmetics:
                if (name, str(P), str(seed)) in done:
                    continue
                if time.monotonic() > end:
                    return
                start = time.monotonic()
                left = leaving(images, name, P, seed, asked.steps, asked.device)
                row = (name, P, seed, "" if left is None else left, asked.steps, f"{time.monotonic() - start:.0f}")
                with asked.table.open("a") as stream:
                    print(*row, sep="\t", file=stream, flush=True)


if __name__ == "__main__":
    main()
