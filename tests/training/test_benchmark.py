from dataclasses import asdict
from pathlib import Path

import torch

from scaling.training.benchmark import cells_of, engine_speed, usual_speed

CONFIG = Path(__file__).parents[2] / "config.yaml"


def test_the_work_of_a_cell_is_counted_over_all_runs():
    cells = {cell.name: cell for cell in cells_of("paper", CONFIG)}
    mnist = cells["CNN_MNIST"]
    P = [89, 188, 375, 750, 1500, 3000, 6000, 12000, 24000, 30000, 36000, 42000, 48000]
    assert mnist.trained == 31 * 500 * sum(P)
    assert mnist.scored == 31 * 50 * sum(size + 10_000 for size in P)
    assert len(cells) == 9


def test_every_loop_runs_and_is_counted():
    cell = cells_of("quick", CONFIG)[0]
    assert asdict(cell)["image_shape"] == (1, 8, 8)
    device = torch.device("cpu")
    speeds = [engine_speed(cell, "single", 1, device, 0.01), engine_speed(cell, "stacked", 2, device, 0.01)]
    for speed in [*speeds, usual_speed(cell, device, 0.01)]:
        assert speed.per_second > 0 and speed.per_core_second > 0
