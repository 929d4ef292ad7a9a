"""Single runs side by side: they have the bits of the runs alone, and on a GPU wait for each other where they must."""

from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from harness.training import CNN, RESNET, SGD, VIT, bits, images, recorders, rows, subsets

from scaling.core.errors import BadInput
from scaling.networks.training.block import train_block
from scaling.networks.training.engines.streams import SideBySide

NO_DROPOUT = {"stages": [[4]], "fully_connected": [8]}
SPECS = [replace(CNN, sizes=NO_DROPOUT), RESNET, VIT, replace(SGD, sizes=NO_DROPOUT, operator_norm=True)]
NAMES = {"ids": lambda spec: f"{spec.family}-{spec.optimizer}"}


def train(spec, folder, *seeds):
    return train_block(images(), subsets(*seeds), spec, folder, device="cpu", keep_weights=True)


@pytest.mark.parametrize("spec", SPECS, **NAMES)
def test_runs_side_by_side_have_the_bits_of_the_runs_alone(tmp_path, spec):
    alone = train(replace(spec, engine="single"), tmp_path / "alone", 1, 2, 3)
    together = train(replace(spec, engine="streams"), tmp_path / "together", 1, 2, 3)
    assert bits(together) == bits(alone)
    assert rows(together, 1) != rows(together, 2)


@pytest.mark.parametrize("spec", [CNN, RESNET], **NAMES)
def test_runs_side_by_side_continue_with_the_same_bits(tmp_path, spec):
    """Dropout included: its generator's state is in every checkpoint."""
    spec = replace(spec, engine="streams", log_points=1000)
    whole = train(spec, tmp_path / "whole", 1, 2)
    train(replace(spec, epochs=2), tmp_path / "parts", 1, 2)
    assert bits(train(spec, tmp_path / "parts", 1, 2)) == bits(whole)


def test_every_run_has_recordings_of_its_own_with_the_same_bits(tmp_path, monkeypatch):
    made = recorders(monkeypatch)
    spec = replace(SPECS[1], engine="streams")
    plain = train(spec, tmp_path / "plain", 1, 2)
    assert made == []
    assert bits(train(replace(spec, cuda_graphs=True), tmp_path / "recorded", 1, 2)) == bits(plain)
    assert [recorder.recorded for recorder in made] == [2, 2]


def test_recorded_steps_with_dropout_are_refused(tmp_path, monkeypatch):
    recorders(monkeypatch)
    spec = replace(CNN, engine="streams", cuda_graphs=True)
    with pytest.raises(BadInput, match=r"streams .* dropout; allowed for it: engine stacked"):
        train(spec, tmp_path, 1, 2)
    train(replace(spec, sizes=NO_DROPOUT | {"dropout": 0.0}), tmp_path, 1, 2)


class Card:
    """The streams of a GPU: what is done on which, in order."""

    def __init__(self):
        self.done, self.count, self.now = [], 0, self.stream("main")

    def stream(self, name):
        return SimpleNamespace(name=name, wait_stream=lambda other: self.done.append(f"{name} waits for {other.name}"))

    def Stream(self):
        self.count += 1
        return self.stream(f"stream {self.count}")

    def current_stream(self):
        return self.now

    @contextmanager
    def use(self, stream):
        before, self.now = self.now, stream
        yield
        self.now = before


def test_a_step_waits_for_its_images_and_the_rest_waits_for_the_step(monkeypatch):
    card = Card()
    for name in ("Stream", "current_stream"):
        monkeypatch.setattr(torch.cuda, name, getattr(card, name))
    monkeypatch.setattr(torch.cuda, "stream", card.use)

    def run(name):
        def train_step(index, draws):
            card.done.append(f"run {name} trains on {index.tolist()}, {draws.tolist()} in {card.now.name}")

        return SimpleNamespace(device=torch.device("cuda"), layers=[], train_step=train_step)

    SideBySide([run(1), run(2)]).train_step(torch.tensor([[10], [20]]), torch.tensor([[1], [2]]))
    assert card.done == [
        "stream 1 waits for main",
        "stream 2 waits for main",
        "run 1 trains on [[10]], [[1]] in stream 1",
        "run 2 trains on [[20]], [[2]] in stream 2",
        "main waits for stream 1",
        "main waits for stream 2",
    ]
