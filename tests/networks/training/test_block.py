"""Blocks of runs: the same bits however they are cut short, split over processes or put together."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from harness.study import wait_for
from harness.training import CNN, RESNET, SGD, VIT, bits, images, rows, subsets

from scaling.core.errors import BadInput
from scaling.networks.training import automatic, block, checkpoints
from scaling.networks.training.block import train_block
from scaling.networks.training.engines import single
from scaling.networks.training.engines.single import SingleRun
from scaling.networks.training.loop import RunsInStep


@pytest.fixture
def train(tmp_path):
    def call(spec, seeds, folder="checkpoints", **options):
        return train_block(images(), subsets(*seeds), spec, tmp_path / folder, device="cpu", **options)

    return call


@pytest.mark.parametrize("spec", [CNN, RESNET, VIT, SGD], ids=lambda spec: f"{spec.family}-{spec.optimizer}")
def test_a_run_in_a_block_has_the_bits_of_the_run_alone_and_learns(train, spec):
    together = train(spec, [3, 1], "together")
    alone = train(spec, [1], "alone")
    assert rows(together, 1) == rows(alone, 1)
    assert rows(together, 1) != rows(together, 3)
    assert alone.epochs["train_loss"][-1] < alone.epochs["train_loss"][0]


def interrupted_after(steps):
    """Let training be stopped after so many steps, as by SIGTERM."""

    class Interrupted(SingleRun):
        done = 0

        def train_step(self, index, draws):
            super().train_step(index, draws)
            Interrupted.done += 1
            if Interrupted.done == steps:
                os.kill(os.getpid(), signal.SIGTERM)

    return Interrupted


@pytest.mark.parametrize("spec", [CNN, RESNET, VIT, SGD], ids=lambda spec: f"{spec.family}-{spec.optimizer}")
def test_a_run_stopped_inside_an_epoch_ends_with_the_same_bits(train, spec, monkeypatch, capsys):
    expected = train(spec, [1, 2], "undisturbed")
    monkeypatch.setattr(single, "SingleRun", interrupted_after(7))
    with pytest.raises(SystemExit) as stopped:
        train(spec, [1, 2])
    assert stopped.value.code == 128 + signal.SIGTERM
    monkeypatch.undo()
    torch.rand(3)  # whatever else draws from the global generator meanwhile
    assert bits(train(spec, [1, 2])) == bits(expected)
    assert "continuing at step 7 of 12" in capsys.readouterr().out


def test_finished_runs_are_not_trained_again_when_a_seed_is_added(train, monkeypatch, tmp_path):
    first = train(CNN, [1, 2])
    assert max(file.stat().st_size for file in (tmp_path / "checkpoints").iterdir()) < 20_000  # records, no weights
    trained = []
    original = SingleRun.__init__
    monkeypatch.setattr(SingleRun, "__init__", lambda self, *a: (trained.append(a[3]), original(self, *a))[1])
    more = train(CNN, [1, 2, 3])
    assert trained == [[3]]
    assert [rows(more, seed) for seed in (1, 2)] == [rows(first, seed) for seed in (1, 2)]


def test_more_epochs_continue_from_kept_weights_where_every_point_was_logged(train, capsys):
    every_step = replace(CNN, log_points=1000)
    train(replace(every_step, epochs=2), [1], keep_weights=True)
    longer = train(every_step, [1])
    assert "continuing at step 6 of 12" in capsys.readouterr().out
    assert bits(longer) == bits(train(every_step, [1], "fresh"))


def test_more_epochs_start_afresh_where_points_would_be_missing(train, capsys):
    train(replace(CNN, epochs=2, log_points=2), [1], keep_weights=True)
    assert bits(train(CNN, [1])) == bits(train(CNN, [1], "fresh"))
    assert "was logged at other points; starting afresh" in capsys.readouterr().out


@pytest.mark.parametrize(
    "changes",
    [{"code": "other"}, {"spec": replace(CNN, learning_rate=1e-3)}],
    ids=["code", "settings"],
)
def test_a_record_of_another_code_or_of_other_settings_is_refused(train, capsys, changes):
    train(CNN, [1])
    spec = changes.pop("spec", CNN)
    again = train(spec, [1], **changes)
    assert "seed1.pt: refused, of other settings, data, code or versions; starting afresh" in capsys.readouterr().out
    assert bits(again) == bits(train(spec, [1], "fresh"))


@pytest.mark.parametrize("change", ["engine", "torch"])
def test_a_finished_run_counts_wherever_it_was_trained(train, monkeypatch, capsys, change):
    """It is the same run, by the same code; its record says where. One that is not finished starts afresh."""
    first = train(CNN, [1, 2])
    every_step = replace(CNN, log_points=1000)
    train(replace(every_step, epochs=2), [1], "half", keep_weights=True)
    if change == "torch":
        monkeypatch.setattr(torch, "__version__", "2.11.0")
    spec = replace(CNN, engine="stacked") if change == "engine" else CNN
    monkeypatch.setattr("scaling.networks.training.block.train_runs", None)  # nothing is trained
    found = train(spec, [1, 2])
    assert bits(found) == bits(first)
    assert found.origins["engine"] == ["single"] * 2 and found.origins["torch"] != ["2.11.0"] * 2
    monkeypatch.undo()
    capsys.readouterr()
    if change == "torch":
        monkeypatch.setattr(torch, "__version__", "2.11.0")
    again = train(replace(every_step, engine=spec.engine), [1], "half")
    assert "seed1.pt: refused, of other settings, data, code or versions" in capsys.readouterr().out
    assert len(again.epochs["seed"]) == 12


def test_a_run_says_where_it_was_trained(train):
    tables = train(CNN, [3, 1])
    origins = {key: set(values) for key, values in tables.origins.items()}
    assert tables.origins["seed"] == [3, 1] and origins["P"] == {40} and origins["engine"] == {"single"}
    assert origins["torch"] == {torch.__version__} and origins["recorded"] == {False} and origins["lanes"] == {1}
    assert all(seconds > 0 for seconds in origins["seconds"])


# ----------------------------------------------------------------------------------------------- lanes


PLAIN = replace(CNN, sizes={"stages": [[4]], "fully_connected": [8]})


@pytest.mark.parametrize("spec", [PLAIN, RESNET, VIT], ids=lambda spec: spec.family)
def test_a_block_on_lanes_has_the_bits_of_single_runs(train, spec):
    assert bits(train(replace(spec, engine="lanes"), [3, 1, 2, 5], "lanes")) == bits(
        train(spec, [3, 1, 2, 5], "single")
    )


@pytest.mark.parametrize("spec", [PLAIN, RESNET], ids=lambda spec: spec.family)
def test_lanes_that_are_stopped_go_on_with_the_same_bits(train, spec, monkeypatch, capsys):
    spec = replace(spec, engine="lanes")
    expected = train(spec, [1, 2, 3, 4], "undisturbed")
    monkeypatch.setattr(single, "SingleRun", interrupted_after(19))
    with pytest.raises(SystemExit) as stopped:
        train(spec, [1, 2, 3, 4])
    assert stopped.value.code == 128 + signal.SIGTERM
    monkeypatch.undo()
    assert bits(train(spec, [1, 2, 3, 4])) == bits(expected)
    said = capsys.readouterr().out
    assert said.count("continuing at step") >= 3 and "starting afresh" not in said


def test_lanes_are_checkpointed_on_their_way(train, tmp_path, monkeypatch):
    """So that a run that is killed has lost no more than that."""
    saved = []
    original = RunsInStep.save
    monkeypatch.setattr(RunsInStep, "save", lambda self: (saved.append(self.step), original(self)))
    train(replace(PLAIN, engine="lanes"), [1, 2], checkpoint_seconds=0.0)
    assert sorted(saved) == sorted([*range(1, 13)] * 2)


def test_a_gpu_gets_lanes_with_recorded_steps_and_a_small_vit_a_stack(monkeypatch):
    assert automatic.chosen(CNN, images(), "cpu").engine == "single"
    assert not automatic.chosen(CNN, images(), "cpu").cuda_graphs
    for spec, engine in ((CNN, "lanes"), (RESNET, "lanes"), (VIT, "stacked")):
        found = automatic.chosen(spec, images(), "cuda")
        assert (found.engine, found.cuda_graphs) == (engine, True)
    large = replace(VIT, sizes={"patch": 2, "dim": 192, "depth": 6, "heads": 3})
    assert automatic.number_of_parameters(large, images()) > 2_000_000
    assert automatic.chosen(large, images(), "cuda").engine == "lanes"
    single = replace(CNN, engine="single", compile=False)
    assert automatic.chosen(single, images(), "cuda") == single


@pytest.mark.parametrize("engine", ["single", "stacked"])
def test_the_training_error_may_be_that_of_the_first_examples(train, tmp_path, engine):
    """Nothing else changes: the subset's first seven are another run's only ones, before anything is learned."""
    spec = replace(PLAIN, engine=engine, log_points=1000, learning_rate=1e-12)
    whole, some = (train(replace(spec, train_scored=number), [1, 2], str(number)).epochs for number in (0, 7))
    assert some["test_loss"] == whole["test_loss"] and some["train_loss"] != whole["train_loss"]
    first = {seed: subset[:7] for seed, subset in subsets(1, 2).items()}
    alone = train_block(images(), first, spec, tmp_path, device="cpu").epochs
    assert some["train_error"][0] == alone["train_error"][0]
    assert some["train_loss"][0] == pytest.approx(alone["train_loss"][0], rel=1e-5)


def test_a_run_of_which_all_is_scored_is_the_one_that_it_was_before_there_was_a_choice():
    (subset,) = subsets(1).values()
    known = "fda49caa37435f5351d3ed25227eefd163b0ac277c81331f51717cc87e0a3203"  # by the code of before
    none, seven = (checkpoints.science(replace(PLAIN, train_scored=number), "", 1, subset) for number in (0, 7))
    assert none == known != seven
    assert [replace(PLAIN, train_scored=7).scored(examples) for examples in (5, 40)] == [5, 7]


def test_channels_last_is_part_of_what_an_unfinished_run_goes_on_from():
    apart, last = (block.environment(PLAIN, "cpu", channels_last) for channels_last in (False, True))
    one, other = (checkpoints.identities(PLAIN, "x", subsets(1), "", where)[1] for where in (apart, last))
    assert one.science == other.science and one.environment != other.environment


def test_other_images_are_other_runs(tmp_path, capsys):
    train_block(images(), subsets(1), CNN, tmp_path, device="cpu")
    other = images()
    other.test_images[0] += 1
    train_block(other, subsets(1), CNN, tmp_path, device="cpu")
    assert "refused, of other settings, data" in capsys.readouterr().out


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b"no checkpoint"])
def test_a_damaged_checkpoint_is_refused(train, tmp_path, capsys, damage):
    expected = train(CNN, [1])
    file = tmp_path / "checkpoints" / "seed1.pt"
    file.write_bytes(damage(file.read_bytes()))
    assert bits(train(CNN, [1])) == bits(expected)
    assert "seed1.pt: refused, cannot be read" in capsys.readouterr().out


def test_a_checkpoint_without_records_is_no_finished_run(train, tmp_path, capsys):
    """Also where it says that the run has diverged, at its last record."""
    expected = train(CNN, [1])
    file = tmp_path / "checkpoints" / "seed1.pt"
    content = torch.load(file, weights_only=True)
    torch.save(content | {"records": [], "diverged": True}, file)
    assert bits(train(CNN, [1])) == bits(expected)
    assert "starting afresh" in capsys.readouterr().out


def test_reading_a_checkpoint_runs_no_code(train, tmp_path, capsys):
    class Malicious:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "ran",))

    (tmp_path / "checkpoints").mkdir()
    torch.save({"identity": Malicious()}, tmp_path / "checkpoints" / "seed1.pt")
    train(CNN, [1])
    assert "refused, cannot be read" in capsys.readouterr().out
    assert not (tmp_path / "ran").exists()


def test_a_full_disk_names_the_file_and_leaves_nothing_half(train, tmp_path, monkeypatch):
    def full(self, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match=r"seed1.pt: the checkpoint cannot be written: No space left on device"):
        train(CNN, [1])
    assert list((tmp_path / "checkpoints").iterdir()) == []


def test_a_diverged_run_ends_and_the_others_go_on(train, monkeypatch, capsys):
    original = SingleRun.train_step

    def explode(self, index, draws):
        original(self, index, draws)
        if self.seed == 2:
            next(self.model.parameters()).data.fill_(torch.inf)

    expected = train(CNN, [1], "alone")
    monkeypatch.setattr(SingleRun, "train_step", explode)
    found = train(CNN, [2, 1])
    assert rows(found, 1) == rows(expected, 1)
    assert [d for seed, d in zip(found.epochs["seed"], found.epochs["diverged"], strict=True) if seed == 2] == [True]
    assert np.isnan(found.epochs["test_error"][0])
    assert "seed 2  epoch 0.3333/4" in capsys.readouterr().out
    monkeypatch.undo()
    again = train(CNN, [2, 1])  # from the records
    assert bits(again) == bits(found)


def test_adams_weight_decay_is_not_adamws(train):
    decayed = {
        name: train(replace(CNN, optimizer=name, weight_decay=0.1), [1], name).epochs["train_loss"][-1]
        for name in ("Adam", "AdamW")
    }
    plain = {name: train(replace(CNN, optimizer=name), [1], f"{name}0").epochs["train_loss"][-1] for name in decayed}
    assert plain["Adam"] == pytest.approx(plain["AdamW"], rel=1e-4)
    assert abs(decayed["Adam"] - decayed["AdamW"]) > 1e-2


def test_processes_side_by_side_give_the_same_bits(train):
    assert bits(train(CNN, [1, 2], "side by side", workers=2)) == bits(train(CNN, [1, 2], "in turn"))


SCRIPT = """
import sys
sys.path[:0] = {path!r}
from pathlib import Path
from dataclasses import replace
from harness.training import CNN, images, subsets
from scaling.networks.training import block, checkpoints
from scaling.networks.training.block import train_block
if __name__ == "__main__":
    spec = replace(CNN, epochs=100000)
    train_block(
        images(), subsets(1, 2), spec, Path({folder!r}), device="cpu", workers={workers},
        checkpoint_seconds=0.2,
    )
"""


@pytest.mark.parametrize("number, workers", [(signal.SIGKILL, 1), (signal.SIGTERM, 2)], ids=["kill -9", "SIGTERM"])
def test_a_killed_process_leaves_checkpoints_that_continue_with_the_same_bits(train, tmp_path, number, workers):
    folder = tmp_path / "checkpoints"
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(path=sys.path, folder=str(folder), workers=workers))
    process = subprocess.Popen([sys.executable, script], stdout=subprocess.DEVNULL)
    try:
        begun = [folder / f"seed{seed}.pt" for seed in range(1, workers + 1)]  # processes start in any order
        wait_for(lambda: process.poll() is not None or all(map(Path.exists, begun)), "the first checkpoints")
        process.send_signal(number)
        code = process.wait()
    finally:
        process.kill()
    assert code == (-number if number == signal.SIGKILL else 128 + number)
    step = torch.load(folder / "seed1.pt", weights_only=True)["step"]
    assert 0 < step < 300_000
    # the shortest run that is logged at the same points as far as that, and goes on a little
    content = torch.load(folder / "seed1.pt", weights_only=True)
    epochs = step // 3 + 2
    spec = replace(CNN, epochs=epochs, log_points=1)
    content["records"] = []
    torch.save(content, folder / "seed1.pt")
    assert bits(train(spec, [1])) == bits(train(spec, [1], "fresh"))


def test_impossible_input_is_one_line(tmp_path):
    with pytest.raises(BadInput, match="subset of seed 1: indices must be 0 to 99"):
        train_block(images(), {1: np.array([5, 100])}, CNN, tmp_path)
    with pytest.raises(BadInput, match="one number for all seeds"):
        train_block(images(), {1: np.arange(5), 2: np.arange(6)}, CNN, tmp_path)
    with pytest.raises(BadInput, match="device: 'tpu' is not one of"):
        train_block(images(), subsets(1), CNN, tmp_path, device="tpu")
    with pytest.raises(BadInput, match=r"^normalization_mean: 3 numbers for images of 1 channel\(s\); allowed: 1$"):
        train_block(images(), subsets(1), replace(CNN, normalization_mean=[0.5] * 3), tmp_path)


def test_recorded_steps_are_refused_on_a_cpu(train, tmp_path):
    with pytest.raises(BadInput, match=r"cuda_graphs: true needs a GPU.*; allowed: false"):
        train(replace(CNN, cuda_graphs=True), [1])
    assert not (tmp_path / "checkpoints").exists()
