"""What only a GPU can show: recorded steps are the eager ones, a stack is its runs, TF32 is used where asked for."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from harness.training import CNN, RESNET, SGD, VIT, bits, images, jobs_of, numbers, results, subsets

from scaling.networks.training.arithmetic import arithmetic
from scaling.networks.training.block import train_block
from scaling.networks.training.engines import make_engine
from scaling.networks.training.images import DeviceImages
from scaling.networks.training.lanes import train_lanes
from scaling.networks.training.loop import train_runs
from scaling.networks.training.stop import StopRequest

pytestmark = pytest.mark.skipif(
    not torch.cuda.is_available(), reason="no GPU: CUDA graphs, concurrent streams and TF32 exist on one only"
)
SPECS = [CNN, RESNET, VIT, SGD]
NO_DROPOUT = [replace(CNN, sizes={"stages": [[4]], "fully_connected": [8]}), RESNET, VIT]
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


@pytest.mark.parametrize("spec", NO_DROPOUT, **NAMES)
def test_a_stack_agrees_with_single_runs_and_with_a_cpu_to_rounding(tmp_path, spec):
    reference = numbers(train(replace(spec, engine="single"), tmp_path / "cpu", 1, 2, device="cpu").epochs)
    for engine in ("single", "stacked", "streams"):
        found = numbers(train(replace(spec, engine=engine), tmp_path / engine, 1, 2).epochs)
        np.testing.assert_allclose(found["train_loss"], reference["train_loss"], rtol=2e-3)


@pytest.mark.parametrize("cuda_graphs", [False, True], ids=["eager", "recorded"])
@pytest.mark.parametrize("spec", NO_DROPOUT, **NAMES)
def test_runs_on_streams_are_the_runs_alone_bit_for_bit(tmp_path, spec, cuda_graphs):
    alone = train(replace(spec, engine="single"), tmp_path / "alone", 1, 2, 3)
    streams = replace(spec, engine="streams", cuda_graphs=cuda_graphs)
    assert bits(train(streams, tmp_path / "streams", 1, 2, 3)) == bits(alone)


@pytest.mark.parametrize("cuda_graphs", [False, True], ids=["eager", "recorded"])
@pytest.mark.parametrize("spec", NO_DROPOUT, **NAMES)
def test_runs_on_lanes_are_the_runs_alone_bit_for_bit(tmp_path, spec, cuda_graphs):
    """Of several P: no two of them have the same steps."""
    runs = [(40, 1), (7, 2), (90, 1), (16, 3), (40, 2)]
    spec = replace(spec, engine="single", cuda_graphs=cuda_graphs)
    jobs = jobs_of(spec, tmp_path / "alone", runs, device="cuda")
    for job in jobs:
        train_runs(job, 3, dict.fromkeys(job.subsets), StopRequest())
    shared = DeviceImages(images(), spec, torch.device("cuda"), jobs[0].channels_last)
    on_lanes = jobs_of(spec, tmp_path / "lanes", runs, device="cuda", device_examples=shared)
    with arithmetic(spec, "cuda"):
        outcome = train_lanes(on_lanes, 3, 3, StopRequest())
    assert len(outcome.done) == len(runs) and results(on_lanes) == results(jobs)


@pytest.mark.parametrize("spec", NO_DROPOUT, **NAMES)
def test_a_block_on_lanes_is_its_single_runs_and_goes_on_where_it_was(tmp_path, spec):
    alone = train(replace(spec, engine="single", cuda_graphs=True, log_points=1000), tmp_path / "alone", 1, 2, 3, 4)
    lanes = replace(spec, engine="lanes", cuda_graphs=True, log_points=1000)
    train(replace(lanes, epochs=2), tmp_path / "lanes", 1, 2, 3, 4)
    assert bits(train(lanes, tmp_path / "lanes", 1, 2, 3, 4)) == bits(alone)


@pytest.mark.parametrize("spec", NO_DROPOUT, **NAMES)
def test_channels_last_images_change_rounding_only(tmp_path, spec):
    losses = []
    for channels_last in (False, True):
        with arithmetic(spec, "cuda"):
            shared = DeviceImages(images(), spec, torch.device("cuda"), channels_last)
            made = make_engine("single", spec, shared, 3, [1])
            losses.append(made.evaluate(torch.arange(40, device="cuda")[None]).cpu())
    torch.testing.assert_close(losses[0], losses[1], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("spec", NO_DROPOUT, **NAMES)
def test_processes_on_one_gpu_give_the_runs_alone(tmp_path, spec):
    spec = replace(spec, engine="single", cuda_graphs=True)
    alone = train(spec, tmp_path / "alone", 1, 2)
    found = train_block(images(), subsets(1, 2), spec, tmp_path / "processes", device="cuda", workers=2)
    assert bits(found) == bits(alone)


def test_tf32_is_used_where_it_is_asked_for_and_only_there(tmp_path):
    """TF32 keeps 10 bits of a factor: the losses differ by some 1e-4 at first.

    Three steps of Adam, which makes a whole step of a gradient near zero of either sign, have made 2e-2 of it (seen).
    """
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
    assert 1e-7 < np.abs(losses["tf32"] / losses["float32"] - 1).max() < 0.1
    assert off["float32"] < off["tf32"]
