"""The library by itself: a recorder in a loop of one's own, its files, and the exponents in them."""

import doctest
import subprocess
import sys
from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
import torch
from harness.paths import SCRIPTS
from harness.training import CNN, images, subsets
from torch import nn

from scaling.core.errors import BadInput
from scaling.networks.norms.trajectories import trajectories
from scaling.networks.training.block import train_block
from scaling.own import Fit, Recorder, fit, plot, predict, read_curves
from scaling.own import recorder as recorder_module
from scaling.sources.external import read_external_curves
from scaling.validation.synthetic import Noise, Truth, synthetic_study


def model():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(32, 3))


def test_the_example_in_the_words():
    found = doctest.testmod(recorder_module, extraglobs={"torch": torch, "nn": nn})
    assert found.attempted > 2 and not found.failed


@pytest.mark.parametrize("seen", ["example", "first pass"])
def test_its_norms_are_those_of_the_workflow(seen, tmp_path):
    """The same weights, whoever trains them."""
    spec = CNN.__class__(**CNN.as_dict() | {"sizes": {"stages": [[4]], "fully_connected": [8]}, "init_scale": 1.0})
    arrays, subset = images(), subsets(1)
    tables = train_block(arrays, subset, spec, tmp_path, device="cpu", keep_weights=True)
    state = torch.load(tmp_path / "seed1.pt", weights_only=True)["state"]["engine"]["model"]
    from scaling.networks.build import build_model

    network = build_model("CNN", spec.sizes, arrays.shape, 3, seed=5)
    network.load_state_dict(state)
    given = torch.zeros(2, *arrays.shape)
    found = Recorder(network, P=40, example=given if seen == "example" else None)
    if seen != "example":
        with pytest.raises(BadInput, match="no forward pass has been seen yet"):
            found.log(step=1, test_error=0.5)
        network(given)
    norms = found.log10_norms()
    for name in ("spectral_complexity", "l1", "l2", "g21", "spectral"):
        along = trajectories(pd.DataFrame(tables.epochs), pd.DataFrame(tables.layers), name, "CNN")
        assert norms[name] == pytest.approx(along["log10_norm"].iloc[-1], abs=1e-12)


def test_a_loop_is_not_disturbed():
    """Weights, statistics and random numbers are those of the same loop without a recorder."""

    def train(recorded):
        network = model()
        network.insert(3, nn.Dropout(0.5))
        optimizer = torch.optim.Adam(network.parameters(), 1e-2)
        recorder = Recorder(network, P=16) if recorded else None
        for step in range(1, 6):
            batch = torch.randn(8, 1, 6, 6)
            loss = network(batch).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if recorder:
                recorder.log(step=step, test_error=0.5, test_loss=loss)
                assert network.training
        return network.state_dict()

    with_it, without = train(True), train(False)
    assert all(torch.equal(with_it[name], without[name]) for name in without)


def test_points_at_equal_distances_on_a_log_scale():
    recorder = Recorder(model(), P=8)
    due = [step for step in range(1, 10_001) if recorder.due(step, per_decade=5)]
    assert due[:3] == [1, 2, 4] and due[-1] > 6000
    ratios = np.array(due[6:]) / np.array(due[5:-1])
    assert 1.5 < ratios.min() < ratios.max() < 1.7  # 10^(1/5) = 1.58
    with pytest.raises(BadInput):
        recorder.log(step=1, test_error=0.5)


@pytest.mark.parametrize("name", ["run.tsv", "deep/run.csv"])
def test_what_was_saved_is_read_as_it_was(name, tmp_path):
    recorder = Recorder(model(), P=8, seed=3, example=(torch.zeros(2, 1, 6, 6),))
    rows = [
        recorder.log(step=step, epoch=step / 4, test_error=1 / step, test_loss=torch.tensor(2.0)) for step in (3, 7)
    ]
    curves = read_curves(recorder.save(tmp_path / name))
    assert list(curves["log10_norm"]) == [row["log10_spectral_complexity"] for row in rows]
    assert list(curves["test_error"]) == [1 / 3, 1 / 7] and list(curves["epoch"]) == [0.75, 1.75]
    assert set(curves["seed"]) == {3} and set(curves["P"]) == {8} and not curves["diverged"].any()
    losses = read_curves(tmp_path / name, norm="l2", measure="loss", floor=0.5)
    assert set(losses["test_error"]) == {1.5} and list(losses["log10_norm"]) == [row["log10_l2"] for row in rows]
    assert set(losses["measure"]) == {"test loss - 0.5"}


def test_what_was_not_measured_is_no_divergence(tmp_path):
    """The loss at each point, the error at the end of each epoch; one run ends in no number, one in infinity."""
    example = torch.zeros(2, 1, 6, 6)
    for seed, last in ((1, 0.5), (2, float("nan")), (3, float("inf"))):
        recorder = Recorder(model(), P=8, seed=seed, example=example)
        for step in (1, 2, 3, 4):
            recorder.log(step=step, test_loss=1 / step if step < 4 else last)
            if step % 2 == 0:
                recorder.log(step=step, test_error=0.5 / step)
        recorder.save(tmp_path / f"{seed}.tsv")
    losses, errors = read_curves(tmp_path, measure="loss"), read_curves(tmp_path)
    assert losses.groupby("seed")["diverged"].all().tolist() == [False, True, True]
    assert len(losses) == 12 and len(errors) == 6 and not errors["diverged"].any()
    assert list(errors["step"]) == 3 * [2, 4] and list(errors["test_error"]) == 3 * [0.25, 0.125]


def test_what_is_measured_at_one_step_is_one_point():
    recorder = Recorder(model(), P=8, example=torch.zeros(2, 1, 6, 6))
    recorder.log(step=5, epoch=1.0, test_loss=2.0, train_loss=1.0)
    recorder.log(step=5, epoch=1.5, test_error=0.25, test_loss=1.5)
    (row,) = recorder.rows
    assert (row["epoch"], row["test_loss"], row["train_loss"], row["test_error"]) == (1.0, 1.5, 1.0, 0.25)


@pytest.mark.parametrize("name", ["run.tsv", "run.csv"])
def test_a_run_goes_on_from_a_checkpoint(name, tmp_path):
    """The same file as without the interruption, though points after the checkpoint were logged before it."""

    def train(first, last, state=None, resumed=None):
        network = model()
        optimizer = torch.optim.Adam(network.parameters(), 1e-2)
        recorder = Recorder(network, P=8, seed=4, example=torch.zeros(2, 1, 6, 6))
        if state:
            network.load_state_dict(state[0])
            optimizer.load_state_dict(state[1])
            recorder.resume(tmp_path / name, step=first - 1)
        for step in range(first, last + 1):
            loss = network(torch.ones(4, 1, 6, 6) * step).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if step == 20:
                resumed = deepcopy((network.state_dict(), optimizer.state_dict()))
            if recorder.due(step):
                recorder.log(step=step, epoch=step / 4, test_loss=loss)
        return recorder.save(tmp_path / name).read_bytes(), resumed

    whole, _ = train(1, 60)
    _, checkpoint = train(1, 33)
    assert train(21, 60, checkpoint)[0] == whole


@pytest.fixture
def saved(tmp_path):
    """Files of runs as a recorder writes them, of curves with known exponents."""
    P = np.array([500, 1000, 2000, 4000, 8000, 16000])
    table = synthetic_study(Truth(), Noise(), P, 4, np.random.default_rng(0))
    folder = tmp_path / "runs"
    for (P, seed), run in table.groupby(["P", "seed"]):
        recorder = Recorder.__new__(Recorder)
        recorder.rows = [
            {"P": P, "seed": seed, "step": epoch, "epoch": epoch, "log10_norm": norm, "test_error": error,
             "test_loss": 3 * error, "train_error": None, "train_loss": None}
            for epoch, norm, error in run[["epoch", "log10_norm", "test_error"]].itertuples(index=False)
        ]  # fmt: skip
        recorder.save(folder / f"P{P}_{seed}.tsv")
    return folder


def test_exponents_of_a_folder_of_runs(saved):
    curves = read_curves(saved)
    found = fit(curves, resamples=40)
    assert isinstance(found, Fit) and not found.note.startswith("all")
    for number, true in ((found.gamma_1, 0.4), (found.gamma_2, 0.7), (found.gamma_pred, 0.28)):
        assert number.low < true < number.high and str(number) in str(found)
    assert plot(curves, found).axes[0].get_ylabel() == r"test error $\epsilon$"
    losses = read_curves(saved, measure="loss", counted="words")
    figure = plot(losses, fit(losses, resamples=20))
    assert figure.axes[0].get_ylabel() == r"test loss $\epsilon$" and figure.axes[2].get_xlabel() == "words $P$"


def test_the_workflow_reads_the_same_files(saved):
    file = next(iter(sorted(saved.iterdir())))
    whole = pd.concat([pd.read_csv(path, sep="\t") for path in saved.iterdir()])
    whole.to_csv(file.with_name("all.tsv"), sep="\t", index=False)
    external = read_external_curves(file.with_name("all.tsv"))
    file.with_name("all.tsv").unlink()
    key = ["P", "seed", "epoch"]
    mine = read_curves(saved).sort_values(key)
    np.testing.assert_array_equal(external.sort_values(key)["test_error"], mine["test_error"])
    np.testing.assert_array_equal(external.sort_values(key)["log10_norm"], mine["log10_norm"])


def test_mistakes_are_one_line(tmp_path):
    recorder = Recorder(model(), P=8, example={"input": torch.zeros(2, 1, 6, 6)})
    (tmp_path / "bad.tsv").write_text("P\tseed\n1\t1\n")
    for call, line in [
        (lambda: Recorder(model(), P=0), "P: 0; a whole number"),
        (lambda: Recorder(model(), P=8, norms=["l3"]), "norm 'l3' is not one of"),
        (lambda: Recorder(nn.ReLU(), P=8, example=torch.zeros(1)), "no weight matrix"),
        (lambda: recorder.log(test_error=0.5), "step or epoch is needed"),
        (lambda: recorder.log(step=1), "test_error or test_loss is needed"),
        (lambda: recorder.save(tmp_path / "x.tsv"), "nothing has been logged yet"),
        (lambda: recorder.save(tmp_path / "x.txt"), "saved as .tsv or .csv"),
        (lambda: read_curves(tmp_path / "none.tsv"), "none.tsv: no such file"),
        (lambda: read_curves(tmp_path / "bad.tsv"), "bad.tsv: no column epoch; there are P, seed"),
        (lambda: read_curves(tmp_path, measure="accuracy"), "measure: 'accuracy' is not one of error, loss"),
    ]:
        with pytest.raises(BadInput, match=line) as problem:
            call()
        assert "\n" not in str(problem.value)
    recorder.log(step=1, test_error=0.5)
    files = [recorder.save(tmp_path / name) for name in ("a.tsv", "b.tsv")]
    for call, line in [
        (
            lambda: recorder.log(step=2, epoch=1, test_error=0.5),
            "log: step and epoch here, and step at the points before",
        ),
        (lambda: recorder.log(step=0, test_error=0.5), "log: step 0 after 1; another run needs a recorder of its own"),
        (lambda: recorder.resume(tmp_path / "none.tsv"), "none.tsv: no such file"),
        (lambda: recorder.resume(tmp_path / "bad.tsv"), "bad.tsv: not a run that was saved with the norms"),
        (lambda: Recorder(model(), P=9).resume(files[0]), "a.tsv: of P = 8, seed = 1; not P = 9, seed = 1"),
    ]:
        with pytest.raises(BadInput, match=line):
            call()
    (tmp_path / "words.tsv").write_text(files[0].read_text().replace("\t0.5\t", "\tmany\t"))
    with pytest.raises(
        BadInput, match=r"words.tsv: test_error: could not convert string to float: 'many'; allowed: num"
    ):
        read_curves(tmp_path / "words.tsv")
    with pytest.raises(BadInput, match="two rows for P = 8, seed = 1, epoch = 1; each run needs a seed of its own"):
        read_curves(files)


def test_reading_curves_needs_no_torch():
    program = "import sys; from scaling.own import read_curves, fit; print('torch' in sys.modules)"
    run = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(SCRIPTS)!r}); {program}"]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout == "False\n"


def test_the_largest_P_are_predicted_from_the_smaller_ones():
    sizes = np.array([500, 1000, 2000, 4000, 8000])
    runs = synthetic_study(Truth(), Noise(), sizes, 4, np.random.default_rng(3))
    table = predict(runs, resamples=40)
    best = table[(table["quantity"] == "error_opt") & (table["P"] == 8000)].iloc[0]
    assert best.fitted_to == 4000 and best.low < best.measured < best.high
