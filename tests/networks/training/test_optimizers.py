"""The optimizers are torch.optim's, bit for bit."""

import pytest
import torch

from scaling.networks.training.fused import FusedOptimizer
from scaling.networks.training.spec import TrainingSpec

SETTINGS = [
    {"optimizer": "Adam"},
    {"optimizer": "Adam", "weight_decay": 0.1},
    {"optimizer": "AdamW", "weight_decay": 0.1},
    {"optimizer": "SGD"},
    {"optimizer": "SGD", "momentum": 0.9, "weight_decay": 0.1},
]


def parameters():
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(*shape, generator=generator).requires_grad_() for shape in ((5, 3), (5,), (2, 5), (7,))]


def loss_of(weights, target):
    """Does not depend on the last parameter; the gradient of weights[0] comes transposed."""
    return (weights[2] @ torch.tanh(target @ weights[0].mT + weights[1])).square().sum()


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_steps_are_those_of_torch(settings):
    spec = TrainingSpec("CNN", {}, epochs=1, learning_rate=0.01, **settings)
    mine, theirs = parameters(), parameters()
    chosen = {"lr": 0.01, "weight_decay": spec.weight_decay, "fused": True}
    if spec.optimizer == "SGD":
        reference = torch.optim.SGD(theirs, momentum=spec.momentum, **chosen)
    else:
        reference = getattr(torch.optim, spec.optimizer)(theirs, **chosen)
    optimizer = FusedOptimizer(spec, mine)
    for _ in range(20):
        target = torch.randn(3)
        optimizer.step(loss_of(mine, target))
        reference.zero_grad()
        (loss_of(theirs, target) + 0 * theirs[3].sum()).backward()
        reference.step()
        for here, there in zip(mine, theirs, strict=True):
            assert torch.equal(here, there)
    assert optimizer.steps == 20


def test_adamw_shrinks_the_weights_and_adam_the_gradient():
    """At zero gradient of the loss: AdamW w <- (1 - lr decay) w; Adam takes decay w as a gradient, a step of lr."""
    moved = {}
    for name in ("Adam", "AdamW"):
        weight = torch.tensor([2.0], requires_grad=True)
        spec = TrainingSpec("CNN", {}, epochs=1, optimizer=name, learning_rate=0.01, weight_decay=0.1)
        FusedOptimizer(spec, [weight]).step((0 * weight).sum())
        moved[name] = weight.item()
    assert moved["AdamW"] == pytest.approx(2 * (1 - 0.01 * 0.1))
    assert moved["Adam"] == pytest.approx(2 - 0.01)
