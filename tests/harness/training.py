"""Tiny runs of every family and optimizer, and what stands in for a GPU's recordings."""

from dataclasses import replace

import numpy as np
import torch
from torch import is_tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from scaling.networks.data.arrays import ImageArrays
from scaling.networks.training import checkpoints, graphs
from scaling.networks.training.block import job_of
from scaling.networks.training.engines import make_engine
from scaling.networks.training.graphs import GraphedSteps
from scaling.networks.training.images import DeviceImages
from scaling.networks.training.spec import TrainingSpec

CNN = TrainingSpec(
    "CNN",
    {"stages": [[4]], "fully_connected": [8], "dropout": 0.2},
    epochs=4,
    log_points=8,
    log_unit="steps",
    learning_rate=5e-3,
    batch_size=16,
)
RESNET = replace(CNN, family="ResNet", sizes={"blocks": [1], "widths": [4]}, augmentation="crop_flip")
VIT = replace(CNN, family="ViT", sizes={"patch": 2, "dim": 8, "depth": 1, "heads": 2}, optimizer="AdamW")
SGD = replace(CNN, optimizer="SGD", momentum=0.9, augmentation="affine")


def images() -> ImageArrays:
    """Three classes: bright squares in three places, under noise."""
    random = np.random.default_rng(0)
    labels = random.integers(0, 3, 130)
    pixels = random.integers(0, 100, (130, 6, 6, 1))
    for image, label in zip(pixels, labels, strict=True):
        image[2 * label : 2 * label + 2, :3] += 120
    pixels = pixels.astype(np.uint8)
    return ImageArrays(pixels[:100], labels[:100], pixels[100:], labels[100:])


def subsets(*seeds, P=40):
    return {seed: np.random.default_rng(seed).permutation(100)[:P] for seed in seeds}


def bits(tables):
    """All that a block gave, so that NaN is equal to NaN: Python writes floats with all their digits."""
    return repr(tables)


def rows(tables, seed):
    """What one run of a block gave."""
    return [
        repr([values[i] for values in columns.values()])
        for columns in (tables.epochs, tables.layers)
        for i, found in enumerate(columns["seed"])
        if found == seed
    ]


def numbers(table):
    return {key: np.array(values) for key, values in table.items() if not isinstance(values[0], str)}


class Recorder:
    """Stands in for a recording: warms up with some steps, and then repeats the step on the same buffers."""

    def __init__(self, warm_up=2):
        self.warm_up, self.recorded, self.replayed = warm_up, 0, 0

    def __call__(self, step):
        for _ in range(self.warm_up):
            step()
        self.recorded += 1

        def replay():
            self.replayed += 1
            step()

        return replay


def recorders(monkeypatch):
    """A list of those that record from now on: a CPU may then train with recorded steps."""
    monkeypatch.setattr("scaling.networks.training.block._refuse_graphs_without_a_gpu", lambda spec, device: None)
    made = []

    def graphed(engine):
        made.append(Recorder())
        return GraphedSteps(engine, made[-1])

    monkeypatch.setattr(graphs, "GraphedSteps", graphed)
    return made


RUNS = [(40, 1), (7, 2), (90, 1), (16, 3), (40, 2)]  # P, seed


def jobs_of(spec, folder, runs=RUNS, device="cpu", **options):
    subsets = {(P, seed): np.random.default_rng([P, seed]).permutation(100)[:P] for P, seed in runs}
    return [
        replace(job_of(images(), {seed: subsets[P, seed]}, spec, folder / f"P{P}", "", device), **options)
        for P, seed in runs
    ]


def results(jobs):
    """Everything that the runs have left, by P and seed."""
    return {
        (job.P, seed): repr(checkpoints.load(job.path(seed), job.identities[seed]))
        for job in jobs
        for seed in job.subsets
    }


def engine_of(spec, runs=2):
    seeds = list(range(runs)) if spec.engine == "stacked" else [0]
    return make_engine(spec.engine, spec, DeviceImages(images(), spec, torch.device("cpu")), 3, seeds)


def batches(spec, runs, steps=6):
    generator = torch.Generator().manual_seed(0)
    for step in range(steps):
        size = 8 if step % 3 == 2 else 16  # the last batch of an epoch is smaller
        draws = torch.rand(runs, size, 3, generator=generator) if spec.augmentation != "none" else None
        yield torch.randint(0, 100, (runs, size), generator=generator), draws


class Watched(TorchDispatchMode):
    """Notes every operation on tensors, those of the backward pass included."""

    def __init__(self):
        super().__init__()
        self.names, self.masks = set(), 0

    def __torch_dispatch__(self, function, types, arguments=(), options=None):
        self.names.add(function.name().split("::")[1].split(".")[0])
        if function.name().startswith("aten::index"):
            self.masks += sum(t.dtype in (torch.bool, torch.uint8) for t in tree_leaves(arguments[1:]) if is_tensor(t))
        return function(*arguments, **(options or {}))
