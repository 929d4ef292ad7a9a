"""What only a GPU can show: recorded steps are the eager ones, a stack is its runs, TF32 is used where asked for."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from test_block import CNN, RESNET, SGD, VIT, bits, images, subsets
from test_stacked import numbers

from scaling.training.block import train_block
from scaling.training.graphs import GraphedSteps, GraphsOnStreams
from scaling.training.images import DeviceImages
from scaling.training.single import SingleRun

pytestmark = pytest.mark.skipif(
    not torch.cuda.is_available(), reason="no GPU: CUDA graphs, concurrent streams and TF32 exist on one only"
)
SPECS = [CNN, RESNET, VIT, SGD]
NAMES = {"ids": lambda spec: f"{spec.family}-{spec.optimizer}"}


def train(spec, folder, *seeds, device="cuda"):
    return train_block(images(), subsets(*seeds), spec, folder, device=device, keep_weights=True)


@pytest.mark.parametrize("precision", ["float32", "bf16"])
@pytest.mark.parametrize("engine", ["single", "stacked"])
@pytest.mark.parametrize("spec", SPECS, **NAMES)
def test_recorded_steps_are_the_eager_ones_bit_for_bit(tmp_path, spec, engine, precision):
    """40 images in batches of 16: the last batch of an epoch has a recording of its own. CNN has dropout."""
    spec = replace(spec, engine=engine, precision=precision)
    eager = train(spec, tmp_path / "eager", 1, 2)
    assert bits(train(spec, tmp_path / "again", 1, 2)) == bits(eager)  # or the next line says nothing
    assert bits(train(replace(spec, cuda_graphs=True), tmp_path / "graphs", 1, 2)) == bits(eager)


@pytest.mark.parametrize("spec", SPECS[:3], **NAMES)
def test_recorded_runs_continue_with_the_same_bits(tmp_path, spec):
    spec = replace(spec, engine="stacked", cuda_graphs=True, log_points=1000)
    whole = train(spec, tmp_path / "whole", 1, 2)
    train(replace(spec, epochs=1), tmp_path / "parts", 1, 2)
    assert bits(train(spec, tmp_path / "parts", 1, 2)) == bits(whole)


@pytest.mark.parametrize("spec", [replace(CNN, sizes={"stages": [[4]], "fully_connected": [8]}), *SPECS[1:3]], **NAMES)
def test_a_stack_agrees_with_single_runs_and_with_a_cpu_to_rounding(tmp_path, spec):
    reference = numbers(train(replace(spec, engine="single"), tmp_path / "cpu", 1, 2, device="cpu").epochs)
    for engine in ("single", "stacked"):
        found = numbers(train(replace(spec, engine=engine), tmp_path / engine, 1, 2).epochs)
        np.testing.assert_allclose(found["train_loss"], reference["train_loss"], rtol=2e-3)


def test_recordings_on_streams_are_the_runs_alone():
    spec, device = replace(CNN, sizes={"stages": [[4]], "fully_connected": [8]}), torch.device("cuda")
    data = DeviceImages(images(), spec, device)

    def runs():
        return [SingleRun(spec, data, (1, 6, 6), 3, [seed], device) for seed in (1, 2, 3)]

    alone, together = runs(), runs()
    side_by_side = GraphsOnStreams([GraphedSteps(run) for run in together])
    for _ in range(10):
        index = torch.randint(0, 100, (3, 16), device=device)
        side_by_side.train_step(index, None)
        for run, engine in enumerate(alone):
            engine.train_step(index[run : run + 1], None)
    for one, other in zip(alone, together, strict=True):
        for weight, its in zip(one.model.parameters(), other.model.parameters(), strict=True):
            assert torch.equal(weight, its)


def test_tf32_is_used_where_it_is_asked_for_and_only_there(tmp_path):
    """TF32 keeps 10 bits of a factor: the losses differ by some 1e-4 at first, and by less than bf16's."""
    spec = replace(
        CNN, sizes={"stages": [[64, 64]], "fully_connected": [256]}, engine="single", log_points=1000, epochs=1
    )
    losses = {
        precision: np.array(train(replace(spec, precision=precision), tmp_path / precision, 1).epochs["train_loss"])
        for precision in ("float32", "tf32", "bf16")
    }
    exact = np.array(train(spec, tmp_path / "cpu", 1, device="cpu").epochs["train_loss"])
    off = {precision: np.abs(found / exact - 1).max() for precision, found in losses.items()}
    assert off["float32"] < 1e-4
    assert 1e-7 < np.abs(losses["tf32"] / losses["float32"] - 1).max() < 0.02
    assert off["float32"] < off["tf32"]
