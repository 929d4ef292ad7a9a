"""Recorded training steps. What records on a GPU is replaced here by what repeats the step in Python."""

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from harness.training import (
    CNN,
    RESNET,
    SGD,
    VIT,
    Recorder,
    Watched,
    batches,
    bits,
    engine_of,
    images,
    recorders,
    subsets,
)
from torch.utils._pytree import tree_leaves

from scaling.networks.training import graphs
from scaling.networks.training.block import train_block
from scaling.networks.training.graphs import CudaCapture, GraphedSteps

SPECS = [replace(spec, engine=engine) for spec in (CNN, RESNET, VIT, SGD) for engine in ("single", "stacked")]


def state(engine):
    """All tensors of all runs' checkpoints: weights, statistics, moments, step counts, random states."""
    return [tensor.clone() for tensor in tree_leaves([engine.state(run) for run in range(engine.runs)])]


def equal(some, others):
    return all(torch.equal(a, b) for a, b in zip(some, others, strict=True))


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: f"{spec.family}-{spec.optimizer}-{spec.engine}")
def test_replayed_steps_are_the_steps_bit_for_bit(spec):
    torch.manual_seed(5)
    plain = engine_of(spec)
    for index, draws in batches(spec, plain.runs):
        plain.train_step(index, draws)
    torch.manual_seed(5)  # dropout draws the same masks only if warming up has not used any
    recorder = Recorder()
    graphed = GraphedSteps(engine_of(spec), recorder)
    for index, draws in batches(spec, graphed.runs):
        graphed.train_step(index, draws)
    assert equal(state(graphed), state(plain))
    assert (recorder.recorded, recorder.replayed) == (2, 6)  # one for each size of batch


@pytest.mark.parametrize("precision", ["float32", "bf16"])
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: f"{spec.family}-{spec.optimizer}-{spec.engine}")
def test_nothing_in_a_step_waits_for_the_device_or_depends_on_its_numbers(spec, precision):
    """Reading a number, finding where a mask is true, or sending a constant: none can be recorded on a GPU."""
    engine = engine_of(replace(spec, precision=precision))
    first, second, *_ = batches(spec, engine.runs)
    engine.train_step(*first)
    with Watched() as watched:
        engine.train_step(*second)
    forbidden = {"_local_scalar_dense", "item", "equal", "is_nonzero", "nonzero", "masked_select", "unique", "_unique2"}
    assert not watched.names & (forbidden | {"lift_fresh", "bincount", "repeat_interleave", "index_put_"})
    assert watched.masks == 0
    assert {"convolution", "convolution_backward", "_log_softmax_backward_data"} <= watched.names
    assert any(name.startswith("_fused_") for name in watched.names)


def test_a_step_reads_the_new_images_from_the_old_buffers():
    graphed, seen = GraphedSteps(engine_of(SPECS[3]), Recorder()), []
    graphed.engine.train_step = lambda index, draws: seen.append((index.data_ptr(), index.tolist()))
    given = [index for index, _ in batches(SPECS[3], 2) if index.shape[1] == 16]
    for index in given:
        graphed.train_step(index, torch.zeros(2, 16, 3))
    assert [numbers for _, numbers in seen[2:]] == [index.tolist() for index in given]  # after two to warm up
    assert len({place for place, _ in seen}) == 1
    assert not {place for place, _ in seen} & {index.data_ptr() for index in given}


def test_a_recording_that_fails_is_an_error_and_leaves_training_where_it_was():
    def fails(step):
        step()
        raise RuntimeError("operation not permitted when stream is capturing")

    graphed = GraphedSteps(engine_of(SPECS[1]), fails)
    before = state(graphed)
    with pytest.raises(RuntimeError, match="not permitted"):
        graphed.train_step(*next(batches(SPECS[1], 2)))
    assert equal(state(graphed), before)
    assert graphed.graphs == {}


@pytest.mark.parametrize("engine", ["single", "stacked"])
def test_blocks_train_with_the_same_bits_and_continue_with_them(tmp_path, monkeypatch, engine):
    """A whole block through the loop, as a GPU would train it: logs, checkpoints and all."""
    made = recorders(monkeypatch)

    def train(folder: str, **changes):
        spec = replace(CNN, engine=engine, log_points=1000, **changes)
        return train_block(images(), subsets(1, 2), spec, Path(tmp_path / folder), device="cpu", keep_weights=True)

    expected = bits(train("plain"))
    assert made == []
    assert bits(train("graphed", cuda_graphs=True)) == expected
    train("parts", cuda_graphs=True, epochs=2)
    assert bits(train("parts", cuda_graphs=True)) == expected
    assert all(recorder.recorded == 2 and recorder.replayed for recorder in made)


def test_a_checkpoint_of_plain_steps_is_not_continued_by_recorded_ones(tmp_path, monkeypatch, capsys):
    """Equal bits are what is hoped for of a GPU's kernels, and not known."""
    recorders(monkeypatch)
    half = replace(CNN, epochs=2, log_points=1000)
    train_block(images(), subsets(1), half, tmp_path, device="cpu", keep_weights=True)
    recorded = replace(CNN, log_points=1000, cuda_graphs=True)
    train_block(images(), subsets(1), recorded, tmp_path, device="cpu")
    assert "seed1.pt: refused, of other settings" in capsys.readouterr().out


class Card:
    """The few calls of torch.cuda that a recording makes, noted in order."""

    def __init__(self, current="main"):
        self.done, self.waited, self.streams = [], 0, {name: self.stream(name) for name in ("main", "side", "lane")}
        self.current = self.streams[current]

    def stream(self, name):
        def wait_stream(other):
            self.done.append(f"{name} waits for {other.name}")

        event = SimpleNamespace(synchronize=lambda: setattr(self, "waited", self.waited + 1))
        return SimpleNamespace(name=name, wait_stream=wait_stream, record_event=lambda: event)

    def graph_pool_handle(self):
        return "pool"

    def Stream(self):
        return self.streams["side"]

    def current_stream(self):
        return self.current

    def default_stream(self):
        return self.streams["main"]

    def CUDAGraph(self):
        return SimpleNamespace(replay=lambda: self.done.append("replay"))

    @contextmanager
    def use(self, stream, note=""):
        before, self.current = self.current, SimpleNamespace(name=note + stream.name)
        yield
        self.current = before

    def graph(self, graph, pool, stream, capture_error_mode):
        assert (pool, capture_error_mode) == ("pool", "thread_local")
        return self.use(stream, "recording on ")

    def step(self):
        self.done.append(f"step on {self.current.name}")


@pytest.fixture
def card(monkeypatch):
    def make(current="main"):
        made = Card(current)
        for name in ("graph_pool_handle", "Stream", "current_stream", "default_stream", "CUDAGraph", "graph"):
            monkeypatch.setattr(torch.cuda, name, getattr(made, name))
        monkeypatch.setattr(torch.cuda, "stream", made.use)
        return made

    return make


def test_a_recording_warms_up_beside_the_main_stream_and_does_not_run_far_ahead(card):
    card = card()
    replay = CudaCapture(ahead=4)(card.step)
    warm_up = ["side waits for main", *["step on side"] * 3, "main waits for side"]
    assert card.done == [*warm_up, "step on recording on side"]
    for _ in range(10):
        replay()
    assert card.done[6:] == ["replay"] * 10 and card.waited == 6


def test_on_another_stream_a_recording_is_made_there(card):
    """The workspaces of its matrix products are then those of this stream and of no other recording."""
    card = card("lane")
    CudaCapture()(card.step)
    assert card.done == [*["step on lane"] * 3, "step on recording on lane"]


@pytest.mark.parametrize("free", [10**12, 1000])
def test_a_state_is_copied_where_it_is_or_to_the_host_where_memory_is_scarce(monkeypatch, free):
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (free, 0))
    given = [{"model": {"weight": torch.ones(100)}, "steps": torch.zeros(()), "note": "x"}]
    copies = []
    monkeypatch.setattr(torch.Tensor, "to", lambda tensor, where, copy: copies.append(where) or tensor.clone())
    found = graphs._copied(given, torch.device("cuda"))
    assert copies == ([] if free > 10**6 else ["cpu", "cpu"])
    given[0]["model"]["weight"].zero_()
    assert found[0]["model"]["weight"].sum() == 100 and found[0]["note"] == "x"
