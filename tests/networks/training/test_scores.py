"""Errors and losses over many examples, and what a small run does not wait for."""

import ctypes
import subprocess
import sys
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pytest
import torch
from harness.training import CNN, RESNET, VIT, images

from scaling.networks.shape import Shape
from scaling.networks.tasks import TASKS
from scaling.networks.training import memory, scores
from scaling.networks.training.engines import make_engine
from scaling.networks.training.examples import device_examples
from scaling.networks.training.scores import at_once, mean_scores

CPU = torch.device("cpu")


@pytest.mark.parametrize("index", [None, torch.arange(0, 100, 3)], ids=["test", "train"])
@pytest.mark.parametrize("size", [1, 7, 30, 1000])
def test_means_are_those_of_all_examples_whatever_is_scored_at_once(monkeypatch, index, size):
    monkeypatch.setattr(scores, "at_once", lambda shape, device: size)
    data, task = device_examples(images(), CNN, CPU), TASKS.load("classification")
    weights = torch.randn(36, 3, generator=torch.Generator().manual_seed(0))
    found = mean_scores(lambda examples: examples.flatten(1) @ weights, task, data, index)
    examples, targets = (data.test_examples, data.test_targets)
    if index is not None:
        examples, targets = data.train_examples[index], data.train_targets[index]
    given = (data.seen(examples).flatten(1) @ weights).double()
    error = (given.argmax(1) != targets).double().mean()
    loss = torch.nn.functional.cross_entropy(given, targets)
    torch.testing.assert_close(found, torch.stack([error, loss]), rtol=1e-5, atol=0)


@pytest.mark.parametrize("spec", [CNN, RESNET, VIT], ids=lambda spec: spec.family)
def test_a_stack_on_a_cpu_scores_each_run_to_the_bits_of_the_run_alone(spec):
    spec = replace(spec, augmentation="none")
    data, subset = device_examples(images(), spec, CPU), torch.arange(80).view(2, 40)
    stacked = make_engine("stacked", spec, data, 3, [1, 2]).evaluate(subset)
    alone = [make_engine("single", spec, data, 3, [seed]).evaluate(subset[seed - 1 : seed]) for seed in (1, 2)]
    assert torch.equal(stacked, torch.cat(alone))


@pytest.mark.parametrize("spec", [CNN, RESNET, VIT], ids=lambda spec: spec.family)
def test_runs_scored_together_as_on_a_gpu_agree_to_rounding(spec):
    data, subset = device_examples(images(), replace(spec, augmentation="none"), CPU), torch.arange(80).view(2, 40)
    engine = make_engine("stacked", spec, data, 3, [1, 2])
    engine.model.eval()
    with torch.no_grad():
        torch.testing.assert_close(engine._together(subset), engine._one_by_one(subset), rtol=1e-5, atol=0)


def test_what_lies_between_layers_fits_a_cpus_cache():
    of = partial(at_once, device=CPU)
    assert [of(Shape(shape)) for shape in ((1, 8, 8), (1, 14, 14), (1, 28, 28), (3, 32, 32), (3, 224, 224))] == [
        2048,
        512,
        128,
        64,
        64,
    ]
    assert [of(Shape((length,), "tokens")) for length in (8, 16, 32, 5000)] == [512, 256, 128, 64]
    assert of(Shape((1,), "vectors")) == 2048
    assert at_once(Shape((3, 32, 32)), torch.device("cuda")) == 4096


def test_freed_memory_is_kept_where_the_c_library_can(monkeypatch):
    """Whether it saves page faults depends on what else lies on the heap: only that glibc takes both is shown."""
    if hasattr(ctypes.CDLL(None), "mallopt"):
        asked = ctypes.CDLL(None).mallopt
        answers = []
        library = SimpleNamespace(mallopt=lambda *given: answers.append(asked(*given)))
        monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: library)
        memory.keep_freed_memory()
        assert answers == [1, 1]
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: SimpleNamespace())
    memory.keep_freed_memory()


WATCHED = """
from torch import nn
from scaling.networks.layers import weight_layers
weight_layers(nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(2 * 36, 3)), (1, 8, 8), 3)
print("torch._dynamo" in sys.modules)
"""


def test_the_compiler_is_not_imported_to_look_at_a_network():
    """It takes most of a second, as long as many a run of the quick preset."""
    script = f"import sys\nsys.path[:0] = {sys.path!r}\n{WATCHED}"
    assert subprocess.check_output([sys.executable, "-c", script], text=True).strip() == "False"
