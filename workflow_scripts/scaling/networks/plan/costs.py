"""From operations to hours: how long a run takes, how many runs make a job, what a job asks a scheduler for.

A run of P images and E epochs costs P E (forward + backward) operations, and forward operations on its P images and on
the test images at every logged point. Its time is that over the device's throughput, but no less than its steps over
the rate at which steps can be launched. All numbers come from the configuration: the same configuration makes the same
jobs on every machine.
"""

from dataclasses import dataclass
from functools import cache
from math import ceil, prod, sqrt

from scaling.core.errors import BadInput
from scaling.networks.data.sizes import TORCHVISION, Sizes, known_sizes
from scaling.networks.plan.counts import Counts
from scaling.networks.plan.flops import FAMILIES as COUNTED
from scaling.networks.plan.operations import count
from scaling.networks.plan.rates import hours
from scaling.networks.settings import Cell, Dataset, Device, Settings
from scaling.networks.shape import Shape
from scaling.networks.training.schedule import log_steps
from scaling.networks.training.spec import TrainingSpec

SAFETY = 1.5  # time asked for over time expected
SHORTEST_REQUEST = 10  # minutes: a slow file system must not cost a job
START_SECONDS = 120  # Snakemake twice, Python's imports, the images to the device
HOST_MB = 6_000  # Python, torch and the driver's share on the host
DEVICE_MB = 6_000  # kernels, and the large batches of an evaluation


@dataclass(frozen=True)
class Job:
    """One job that trains `runs` runs of one (cell, variant, P).

    Attributes
    ----------
    runs : number of seeds.
    flops : floating point operations.
    seconds : expected on the device.
    runtime_minutes, host_mb : what the scheduler is asked for at the first attempt.
    device_mb : memory on the device, all runs at once.
    """

    runs: int
    flops: float
    seconds: float
    runtime_minutes: int
    host_mb: int
    device_mb: int

    def at_attempt(self, attempt: int) -> tuple[int, int]:
        """(runtime_minutes, host_mb) of the attempt 1, 2, ...: more each time, in case it was too little."""
        return self.runtime_minutes * attempt, ceil(self.host_mb * 1.5 ** (attempt - 1))


class Plan:
    """The jobs of a study's training."""

    def __init__(self, study: Settings) -> None:
        self.study = study
        self.training = cache(study.training)  # filling in a variant takes a while, and every job asks
        self.block_size = cache(self._block_size)
        self.job = cache(self._job)
        self.counts = cache(self._counts)
        self.images = cache(lambda name: images_of(study.datasets[name]))

    def check(self) -> None:
        """Refuse sizes that make no network, before any job runs.

        Raises BadInput that names the cell, the key and what is allowed.
        """
        for cell, chosen in self.study.cells.items():
            for variant in ("baseline", *chosen.variants, *chosen.precision_audit):
                training = self.training(cell, variant)
                if self._to_be_seen(training):
                    continue
                try:
                    self.counts(cell, variant)
                except BadInput as problem:
                    raise BadInput(f"cells.{cell}.{problem}") from None

    def _counts(self, cell: str, variant: str) -> Counts:
        training = self.training(cell, variant)
        shape, outputs, *_ = self.images(training.dataset)
        try:
            return count(training.family, training.sizes, shape, outputs, self._assumed(training.dataset))
        except BadInput:
            if not self._to_be_seen(training):
                raise
            return count("ResNet", {}, shape, outputs)  # as good a guess as that of the images

    def _assumed(self, dataset: str) -> bool:
        """Whether nothing is known of its images yet."""
        return known_sizes(self.study.datasets[dataset]) is None

    def _to_be_seen(self, training: Cell) -> bool:
        """Whether the model may be made for images that have not been seen, and only training can say what is wrong."""
        return self._assumed(training.dataset) and training.family.lower() not in COUNTED

    def blocks(self, cell: str, variant: str, P: int) -> list[list[int]]:
        """The seeds of every job, in order: seeds added at the end of the list leave all but the last job alone."""
        training, size = self.training(cell, variant), self.block_size(cell, variant, P)
        seeds = training.seeds_at(P)
        blocks = [seeds[start : start + size] for start in range(0, len(seeds), size)]
        if training.block_size == "auto" and len(blocks) > 1:
            rest = self.job(cell, variant, P, len(blocks[-1]))
            if rest.seconds < self.study.device.min_minutes * 60:  # not worth a job of its own
                blocks[-2:] = [blocks[-2] + blocks[-1]]
        return blocks

    def _block_size(self, cell: str, variant: str, P: int) -> int:
        chosen = self.training(cell, variant).block_size
        if chosen != "auto":
            return chosen
        device = self.study.device
        single, pair = (self.job(cell, variant, P, runs) for runs in (1, 2))
        by_time = round(_target_seconds(device) / (pair.seconds - single.seconds))
        by_memory = (device.memory_mb - single.device_mb) // max(1, pair.device_mb - single.device_mb) + 1
        return max(1, min(by_time, by_memory))

    def _job(self, cell: str, variant: str, P: int, runs: int) -> Job:
        training, device = self.training(cell, variant), self.study.device
        shape, _, train_images, test_images = self.images(training.dataset)
        counts = self.counts(cell, variant)
        flops = runs * run_flops(training, counts, P, test_images, shape.targets)
        examples = P // shape.targets
        steps = runs * training.epochs_at(P) * ceil(examples / training.batch_size)
        seconds = START_SECONDS + max(flops / device.throughput, steps * device.step_seconds)
        images_mb = (train_images + test_images) * prod(shape) / 1e6
        # weights, gradients and the optimizer's two moments; activations and their gradients (float32)
        state_mb = counts.parameters * 4 * 4 / 1e6
        batch_mb = runs * counts.activations * min(training.batch_size, examples) * 2 * 4 / 1e6
        return Job(
            runs=runs,
            flops=flops,
            seconds=seconds,
            runtime_minutes=max(SHORTEST_REQUEST, ceil((START_SECONDS + SAFETY * (seconds - START_SECONDS)) / 60)),
            host_mb=ceil(HOST_MB + 3 * images_mb + (runs / 4 + 2) * state_mb),  # first weights; a checkpoint
            device_mb=ceil(DEVICE_MB + images_mb + runs * state_mb + batch_mb),
        )

    def jobs(self, cell: str, variant: str) -> list[tuple[int, Job]]:
        """(P, job) of every block of one row of the plan."""
        return [
            (P, self.job(cell, variant, P, len(seeds)))
            for P in self.training(cell, variant).P
            for seeds in self.blocks(cell, variant, P)
        ]

    def rows(self) -> list[dict[str, object]]:
        """The plan as a table: a row for each cell and variant, and the total."""
        rows, everything = [], []
        for cell, variant in self.study.ways():
            jobs = [job for _, job in self.jobs(cell, variant)]
            rows.append({"cell": cell, "variant": variant} | _summary(jobs) | self._hours(cell, variant))
            everything += jobs
        if not rows:
            return []
        known = [key for key in rows[0] if key.startswith(("hours_", "floor_"))]
        sums = {key: sum(row[key] for row in rows) for key in known}
        return [*rows, {"cell": "total", "variant": ""} | _summary(everything) | sums | {"rates": ""}]

    def _hours(self, cell: str, variant: str) -> dict[str, float | str]:
        """Of one row, by the rates that were measured (scaling.networks.plan.rates)."""
        training = self.training(cell, variant)
        shape, *_, test_images = self.images(training.dataset)
        trained, scored = images_of_all_runs(training, test_images, shape.targets)
        return hours(training.family, self.counts(cell, variant), training.batch_size, trained, scored)


def run_flops(training: Cell, counts: Counts, P: int, test_images: int, targets: int = 1) -> float:
    """Operations of one run: every epoch trains on P images, every logged point scores P and the test images.

    targets : of an example; P images are so many fewer where it has several.
    """
    trained, scored = images_of_a_run(training, P, test_images, targets)
    return float(trained * (counts.forward + counts.backward) + scored * counts.forward)


def images_of_a_run(training: Cell, P: int, test_images: int, targets: int = 1) -> tuple[int, int]:
    """How many images (or other examples) it trains on, and how many it scores at its logged points."""
    examples = P // targets
    spec = TrainingSpec.of(training, P)
    return spec.epochs * examples, len(log_steps(spec, examples)) * (spec.scored(examples) + test_images)


def images_of_all_runs(training: Cell, test_images: int, targets: int = 1) -> tuple[int, int]:
    """The same of all runs of a cell, or of one variant of it."""
    of_each = [(len(training.seeds_at(P)), images_of_a_run(training, P, test_images, targets)) for P in training.P]
    return sum(runs * trained for runs, (trained, _) in of_each), sum(runs * scored for runs, (_, scored) in of_each)


def images_of(dataset: Dataset) -> Sizes:
    """Shape, outputs and numbers of examples; where they are not there to be looked at, they are taken as CIFAR10's."""
    known = known_sizes(dataset) or TORCHVISION["CIFAR10"]
    shape = Shape.of(known.shape)
    if shape.kind == "images":
        channels, height, width = shape
        shape = Shape((channels, height // dataset.pool, width // dataset.pool))
    return known._replace(shape=shape)


def _target_seconds(device: Device) -> float:
    """Half way, on a log scale, between the shortest and the longest job that is wanted."""
    return sqrt(device.min_minutes * 60 * device.max_hours * 3600)


def _summary(jobs: list[Job]) -> dict[str, object]:
    minutes = [job.seconds / 60 for job in jobs]
    return {
        "runs": sum(job.runs for job in jobs),
        "jobs": len(jobs),
        "gpu_hours": round(sum(minutes) / 60, 1),
        "shortest_job_minutes": round(min(minutes)),
        "longest_job_minutes": round(max(minutes)),
        "mem_mb": max(job.host_mb for job in jobs),
        "gpu_mem_mb": max(job.device_mb for job in jobs),
        "flops": sum(job.flops for job in jobs),
    }
