"""Training by torch.compile, on a CPU: the same runs but for rounding."""

import sys
from dataclasses import replace

import pytest
import torch
from harness.training import CNN, VIT, batches, bits, engine_of, images, jobs_of, results, subsets
from torch import nn

from scaling.core.errors import BadInput
from scaling.networks.training import automatic, checkpoints
from scaling.networks.training.arithmetic import arithmetic
from scaling.networks.training.block import train_block
from scaling.networks.training.compiled import compiled, compiling_works
from scaling.networks.training.lanes import train_lanes
from scaling.networks.training.stop import StopRequest

PLAIN = replace(CNN, engine="single", sizes={"stages": [[4]], "fully_connected": [8]}, augmentation="none")


@pytest.fixture(scope="module")
def compiler():
    """PyTorch needs a C++ compiler, and links nothing below a path with a space."""
    try:
        torch.compile(lambda x: (x + 1).sin())(torch.zeros(64))
    except Exception as problem:
        pytest.skip(f"torch.compile does not work here: {type(problem).__name__}")


@pytest.fixture(autouse=True)
def fresh():
    """Each test compiles for itself."""
    torch.compiler.reset()
    yield
    torch.compiler.reset()


def test_a_compiled_run_is_the_run_but_for_rounding(compiler):
    plain, fused = engine_of(PLAIN), engine_of(replace(PLAIN, compile=True))
    for index, draws in batches(PLAIN, 1):
        plain.train_step(index, draws)
        fused.train_step(index, draws)
    for name, tensor in plain.model.state_dict().items():
        torch.testing.assert_close(fused.model.state_dict()[name], tensor, rtol=1e-3, atol=1e-4)
    scored = [engine.evaluate(torch.arange(40)[None]) for engine in (fused, plain)]
    torch.testing.assert_close(*scored, rtol=1e-2, atol=0.05)


def test_runs_of_all_seeds_and_P_share_what_was_compiled(tmp_path, monkeypatch):
    """Whole batches alone are compiled, once: else P with last batches of many sizes would compile for minutes."""
    graphs = []

    def counted(graph, inputs):
        graphs.append(inputs)
        return graph.forward

    real = torch.compile
    monkeypatch.setattr(torch, "compile", lambda model, **options: real(model, backend=counted, **options))
    spec = replace(PLAIN, compile=True, epochs=2)
    jobs = jobs_of(spec, tmp_path)
    with arithmetic(spec, "cpu"):
        train_lanes(jobs, 3, 2, StopRequest())
    assert len(jobs) > 2 and len(graphs) == 1
    assert len(results(jobs)) == len(jobs)


def test_an_interrupted_compiled_run_ends_with_the_same_bytes(compiler, tmp_path):
    spec = replace(PLAIN, compile=True, epochs=3)

    def train(folder, epochs):
        return train_block(images(), subsets(1), replace(spec, epochs=epochs), tmp_path / folder, keep_weights=True)

    whole = train("whole", 3)
    train("parts", 2)
    assert bits(train("parts", 3)) == bits(whole)
    assert whole.origins["compiled"] == [True]


def test_compiling_is_a_way_of_training_and_no_other_run():
    specs = [replace(PLAIN, compile=value) for value in (False, True)]
    both = [checkpoints.identities(spec, "images", subsets(1), "code", {})[1] for spec in specs]
    assert both[0].science == both[1].science and both[0].environment != both[1].environment


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"engine": "stacked"}, "engine stacked; allowed with it: false"),
        ({"precision": "tf32"}, "precision tf32, which is imitated on a CPU; allowed: false"),
    ],
)
def test_what_cannot_be_compiled_is_refused(tmp_path, changes, line):
    spec = replace(VIT, **{"compile": True, "engine": "single", **changes})
    with pytest.raises(BadInput) as refused:
        train_block(images(), subsets(1), spec, tmp_path)
    assert str(refused.value) == f"compile: true does not go with {line}"


def test_a_network_that_the_compiler_rejects_is_refused_in_a_line(monkeypatch):
    def broken(graph, inputs):
        raise RuntimeError("no such\nkernel")

    real = torch.compile
    monkeypatch.setattr(torch, "compile", lambda model, **options: real(model, backend=broken, **options))
    with pytest.raises(BadInput) as refused:
        compiled(nn.Linear(2, 2))(torch.zeros(1, 2))
    line = str(refused.value)
    assert line.startswith("compile: this network cannot be compiled here (") and line.endswith("); allowed: false")
    assert "no such kernel" in line and "\n" not in line


def test_below_a_path_with_a_space_the_line_says_so(monkeypatch):
    def broken(graph, inputs):
        raise RuntimeError("CppCompileError: C++ compile error")

    real = torch.compile
    monkeypatch.setattr(torch, "compile", lambda model, **options: real(model, backend=broken, **options))
    monkeypatch.setattr(sys, "prefix", "/my studies/.venv")
    with pytest.raises(
        BadInput, match=r"cannot link C\+\+ below a path with a space, /my studies/.venv\); allowed: false"
    ):
        compiled(nn.Linear(2, 2))(torch.zeros(1, 2))


@pytest.mark.parametrize(
    ("changes", "device", "compiles"),
    [
        ({"precision": "tf32"}, "cuda", True),
        ({"precision": "bf16"}, "cuda", True),
        ({"precision": "float32"}, "cuda", False),
        ({"precision": "bf16"}, "cpu", False),
        ({"precision": "tf32", "engine": "stacked"}, "cuda", False),
        ({"precision": "tf32", "engine": "lanes"}, "cuda", True),
        ({"precision": "float32", "compile": True}, "cuda", True),
        ({"precision": "tf32", "compile": False}, "cuda", False),
    ],
)
def test_auto_compiles_where_it_was_faster(monkeypatch, changes, device, compiles):
    monkeypatch.setattr(automatic, "compiling_works", lambda device: True)
    spec = replace(PLAIN, **{"engine": "auto", **changes})
    assert spec.compile == changes.get("compile", "auto")
    assert automatic.chosen(spec, images(), device).compile is compiles


def test_a_small_vit_is_compiled_in_bf16_and_in_a_stack_otherwise(monkeypatch):
    monkeypatch.setattr(automatic, "compiling_works", lambda device: True)
    ways = {}
    for precision in ("float32", "tf32", "bf16"):
        spec = automatic.chosen(replace(VIT, engine="auto", precision=precision), images(), "cuda")
        ways[precision] = spec.engine, spec.compile
    assert ways == {"float32": ("stacked", False), "tf32": ("stacked", False), "bf16": ("lanes", True)}


def test_auto_goes_on_without_a_compiler_and_says_so(monkeypatch, capsys):
    def broken(function):
        raise RuntimeError("no C++\ncompiler")

    monkeypatch.setattr(torch, "compile", broken)
    compiling_works.cache_clear()
    spec = replace(PLAIN, engine="auto", precision="bf16")
    monkeypatch.setattr(automatic, "_compiling_pays", lambda *given: True)
    assert automatic.chosen(spec, images(), "cpu").compile is False
    assert capsys.readouterr().out == (
        "compile: auto: networks are not compiled, torch.compile does not work here (no C++ compiler)\n"
    )
    compiling_works.cache_clear()
