"""Training of the quick study's small CNN, in blocks of 4, beside the field's usual loop; more: `make bench-train`."""

import json
from pathlib import Path

import torch

from scaling.networks.benchmark.benchmark import cells_of
from scaling.networks.benchmark.speed import Candidate, candidate_speed
from scaling.networks.benchmark.usual import usual_speed

CONFIG = Path(__file__).parents[2] / "config.yaml"
SECONDS = 3.0  # of either
#: What the ratio compares with (tests/benchmarks/trends.py).
PEER = "a DataLoader image by image, torch.optim"


def ratio() -> tuple[float, float]:
    """Core-seconds of an image: the usual loop's, ours."""
    cell = next(cell for cell in cells_of("quick", CONFIG) if cell.name == "CNN_digits")
    cpu = torch.device("cpu")
    usual = usual_speed(cell, cpu, SECONDS)
    ours = candidate_speed(cell, Candidate("stacked", "eager", 4), cpu, SECONDS)
    return 1 / usual.per_core_second, 1 / ours.per_core_second


if __name__ == "__main__":
    theirs, ours = ratio()
    print(json.dumps({"usual": 1 / theirs, "ours": 1 / ours, "ratio": theirs / ours}))
