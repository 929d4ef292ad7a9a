"""What a recorder costs: seconds of a point, and their share of a run, of which about 12 points a decade are logged.

PYTHONPATH=workflow_scripts python tests/benchmarks/recorder.py
"""

import time

import torch
from torch import nn

from scaling.networks.build import build_model
from scaling.networks.shape import Shape
from scaling.own import Recorder

NETWORKS = {
    "CNN, MNIST (paper)": ("CNN", {"stages": [[32, 64], [128]], "fully_connected": [512]}, Shape((1, 28, 28)), 128),
    "ResNet, CIFAR10 (paper)": ("ResNet", {}, Shape((3, 32, 32)), 128),
    "gpt, 128 wide, 4 blocks": ("gpt", {"dim": 128, "depth": 4}, Shape((64,), "tokens", 64), 32),
}
EXAMPLES, EPOCHS = 6000, 100  # of the run that is compared with


def seconds(call, least=1.0) -> float:
    """Of one call, the fastest."""
    call()
    best, start = float("inf"), time.perf_counter()
    while time.perf_counter() < start + least:
        before = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - before)
    return best


def main() -> None:
    """A line for each network."""
    for name, (family, sizes, shape, batch) in NETWORKS.items():
        model = build_model(family, sizes, shape, 10, seed=1)
        tokens = shape.kind == "tokens"
        inputs = torch.randint(10, (batch, *shape)) if tokens else torch.randn(batch, *shape)
        targets = torch.randint(10, (batch, shape.targets) if tokens else (batch,))
        optimizer = torch.optim.Adam(model.parameters())

        def step(model=model, optimizer=optimizer, inputs=inputs, targets=targets) -> None:
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(inputs).flatten(0, -2), targets.flatten()).backward()
            optimizer.step()

        recorder = Recorder(model, P=EXAMPLES, example=inputs)
        of_step, of_point = seconds(step), seconds(recorder.log10_norms)
        steps = EPOCHS * EXAMPLES // batch
        points = sum(recorder.due(number) for number in range(1, steps + 1))
        share = points * of_point / (steps * of_step)
        print(
            f"{name}: step {1000 * of_step:.1f} ms, point {1000 * of_point:.1f} ms, {points} points in {steps} steps: "
            f"{100 * share:.2f} % of the run"
        )


if __name__ == "__main__":
    main()
