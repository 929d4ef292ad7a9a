"""Runs trained in one stack against the same runs trained alone."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from harness.training import numbers
from torch.func import functional_call, stack_module_state, vmap
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from scaling.networks.data.arrays import ImageArrays
from scaling.networks.training.block import train_block
from scaling.networks.training.engines.stacked import StackedRuns, batch_norms_in_float32
from scaling.networks.training.spec import TrainingSpec

CNN = TrainingSpec(
    "CNN", {"stages": [[4], [4]], "fully_connected": [8]}, epochs=3, log_points=9, log_unit="steps", batch_size=16
)
SPECS = [
    CNN,
    replace(CNN, family="ResNet", sizes={"blocks": [1, 1], "widths": [4, 8]}, augmentation="crop_flip"),
    replace(CNN, family="ViT", sizes={"patch": 2, "dim": 8, "depth": 1, "heads": 2}, optimizer="AdamW"),
    replace(CNN, optimizer="SGD", learning_rate=0.05, momentum=0.9, augmentation="affine", operator_norm=True),
]


def images():
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (130, 6, 6, 1)).astype(np.uint8)
    labels = random.integers(0, 3, 130)
    return ImageArrays(pixels[:100], labels[:100], pixels[100:], labels[100:])


def train(spec, folder, *seeds, **options):
    subsets = {seed: np.random.default_rng(seed).permutation(100)[:40] for seed in seeds}
    return train_block(images(), subsets, spec, folder, device="cpu", **options)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: f"{spec.family}-{spec.optimizer}")
def test_a_stack_agrees_with_single_runs_to_rounding(tmp_path, spec):
    single = train(replace(spec, engine="single"), tmp_path / "single", 1, 2, 3)
    stacked = train(replace(spec, engine="stacked"), tmp_path / "stacked", 1, 2, 3)
    for mine, reference in ((stacked.epochs, single.epochs), (stacked.layers, single.layers)):
        mine, reference = numbers(mine), numbers(reference)
        for key in reference:
            np.testing.assert_allclose(mine[key], reference[key], rtol=2e-4, atol=2e-5, err_msg=key)


@pytest.mark.parametrize("spec", SPECS[:3], ids=lambda spec: spec.family)
def test_a_stack_agrees_with_single_runs_to_the_rounding_of_bf16(tmp_path, spec):
    spec = replace(spec, precision="bf16", log_points=3)
    single, stacked = (
        numbers(train(replace(spec, engine=engine), tmp_path / engine, 1, 2).epochs) for engine in ("single", "stacked")
    )
    np.testing.assert_allclose(stacked["train_loss"], single["train_loss"], rtol=0.02)


class Precisions(TorchDispatchMode):
    """Notes the precisions of what batch norms are given, forward and backward."""

    def __init__(self):
        super().__init__()
        self.seen = set()

    def __torch_dispatch__(self, function, types, arguments=(), options=None):
        if "batch_norm" in function.name():
            self.seen |= {given.dtype for given in tree_leaves(arguments) if torch.is_tensor(given)}
        return function(*arguments, **(options or {}))


def stacked_norm(images, in_float32):
    """Two batch norms in a stack, forward and backward: the output, its gradient, the precisions that were met."""
    norms = [torch.nn.BatchNorm2d(3) for _ in range(2)]
    parameters, buffers = stack_module_state(norms)
    if in_float32:
        batch_norms_in_float32(norms[0])
    given = images.clone().requires_grad_()
    with Precisions() as precisions:
        out = vmap(lambda p, b, x: functional_call(norms[0], (p, b), (x,)))(parameters, buffers, given)
        (gradient,) = torch.autograd.grad(out.float().square().sum() + out.float().sum(), given)
    return out, gradient, precisions.seen


def test_batch_norms_in_a_stack_meet_one_precision_only():
    """Two are refused, on a GPU in the gradient. A CPU's autocast never gets there: it gives them float32 by itself."""
    images = torch.randn(2, 8, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    exact, exact_gradient, _ = stacked_norm(images, in_float32=False)
    same, same_gradient, _ = stacked_norm(images, in_float32=True)
    assert torch.equal(same, exact) and torch.equal(same_gradient, exact_gradient)
    with pytest.raises(RuntimeError, match="BFloat16 but found Float"):
        stacked_norm(images.bfloat16(), in_float32=False)
    rough, gradient, precisions = stacked_norm(images.bfloat16(), in_float32=True)
    assert precisions == {torch.float32} and rough.dtype == gradient.dtype == torch.bfloat16
    torch.testing.assert_close(rough.float(), exact, rtol=0.02, atol=0.02)


@pytest.mark.parametrize("spec", SPECS[1:3], ids=lambda spec: spec.family)
def test_a_stack_continues_with_the_same_bits(tmp_path, spec):
    spec = replace(spec, engine="stacked", log_points=1000)
    whole = train(spec, tmp_path / "whole", 1, 2)
    train(replace(spec, epochs=1), tmp_path / "parts", 1, 2, keep_weights=True)
    assert repr(train(spec, tmp_path / "parts", 1, 2)) == repr(whole)


def test_a_diverged_run_leaves_the_rest_of_its_stack_alone(tmp_path, monkeypatch):
    spec = replace(SPECS[1], engine="stacked")
    expected = train(spec, tmp_path / "expected", 1, 2)
    original = StackedRuns.train_step

    def explode(self, index, draws):
        original(self, index, draws)
        with torch.no_grad():
            next(iter(self.parameters.values()))[0].fill_(torch.nan)

    monkeypatch.setattr(StackedRuns, "train_step", explode)
    found = train(spec, tmp_path / "found", 1, 2)
    assert found.epochs["seed"].count(1) == 1 and found.epochs["diverged"][0] is True
    points = expected.epochs["seed"].count(2)
    assert found.epochs["test_loss"][-points:] == expected.epochs["test_loss"][-points:]
