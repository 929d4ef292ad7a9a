"""Error or loss, less a floor: a choice that trains nothing, and that says what it is wherever it goes."""

from math import inf, isnan, log

import numpy as np
import pandas as pd
import pytest
from harness.training import CNN, images, subsets

from scaling.core.errors import BadInput
from scaling.networks.data.arrays import describe
from scaling.networks.facts import facts_of_runs
from scaling.networks.measures import guessed_class, guessed_shares
from scaling.networks.norms.trajectories import trajectories
from scaling.networks.settings import Settings
from scaling.networks.training.block import train_block
from scaling.paper.figures.learning_curves import draw_learning_curves
from scaling.plotting.panels import Panel


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    spec = CNN.__class__(**CNN.as_dict() | {"sizes": {"stages": [[4]], "fully_connected": [8]}})
    tables = train_block(images(), subsets(1, 2), spec, tmp_path_factory.mktemp("runs"), device="cpu")
    return pd.DataFrame(tables.epochs), pd.DataFrame(tables.layers)


def test_the_measure_becomes_the_error_of_the_curves(runs):
    epochs, layers = runs
    error, loss = (trajectories(epochs, layers, "l2", "CNN", measure) for measure in ("error", "loss"))
    np.testing.assert_array_equal(error["test_error"], epochs["test_error"])
    np.testing.assert_array_equal(loss["test_error"], epochs["test_loss"])
    np.testing.assert_array_equal(loss["train_error"], epochs["train_loss"])
    np.testing.assert_array_equal(loss["log10_norm"], error["log10_norm"])
    above = trajectories(epochs, layers, "l2", "CNN", "loss", floor=0.01)
    np.testing.assert_array_equal(above["test_error"], epochs["test_loss"] - 0.01)


def test_a_floor_above_the_curves_is_refused(runs):
    lowest = runs[0]["test_loss"].min()
    with pytest.raises(BadInput, match=f"floor: 5 is not below the smallest test loss, {lowest:.6g}"):
        trajectories(*runs, "l2", "CNN", "loss", floor=5.0)


def test_who_has_learned_nothing_answers_with_the_commonest_class_or_any():
    assert guessed_class([90, 10], [45, 5]) == pytest.approx(0.1)
    assert guessed_class([26, 25, 25, 24], [10, 30, 30, 30]) == 0.75, "the commonest is rare in the test by chance"


def test_a_class_that_is_in_the_test_alone_leaves_the_loss_of_guessing_unknown():
    assert isnan(guessed_shares([3, 5, 0], [1, 1, 1])) and guessed_shares([3, 5, 0], [1, 1, 0]) > 0
    assert guessed_class([3, 5, 0], [1, 1, 1]) == pytest.approx(2 / 3)


def test_facts_of_a_cell():
    data = describe(images(), ["a", "b", "c"], {})
    train, test = (np.array(data["targets"][f"{split}_counts"]) for split in ("train", "test"))
    error, loss = (facts_of_runs("classification", measure, 0.0, data) for measure in ("error", "loss"))
    share = max(test[train.argmax()] / test.sum(), 1 / 3)
    assert error["measure"] == "test error" and error["counted"] == "images" and error["highest"] == 1
    assert error["guess"] == error["constant"] == pytest.approx(1 - share, abs=1e-15)
    entropy = -sum(part * log(p) for part, p in zip(test / test.sum(), train / train.sum(), strict=True))
    assert loss["guess"] == pytest.approx(entropy, abs=1e-14) and loss["highest"] == inf
    less = facts_of_runs("classification", "loss", 0.25, data)
    assert less["measure"] == "test loss - 0.25 (nats)" and less["guess"] == pytest.approx(entropy - 0.25)
    old = facts_of_runs("classification", "error", 0.0, {"train_images": 100})  # of an older recording
    assert old["measure"] == "test error" and np.isnan(old["guess"])
    text = facts_of_runs("next_character", "loss", 0.0, {"kind": "tokens", "targets": data["targets"]})
    assert (text["measure"], text["counted"]) == ("test loss (nats per character)", "characters")
    assert np.isnan(text["guess"]) and text["constant"] == pytest.approx(entropy), "its curves begin above it"


CELL = {"family": "CNN", "dataset": "digits", "sizes": {}, "P": [10, 20], "epochs": 2, "seeds": 2}


def study(cell=None, **variants):
    variants = {"loss": {"measure": "loss"}, "above": {"floor": 0.1}} | variants
    cell = CELL | {"variants": list(variants)} | (cell or {})
    return Settings(
        datasets={"digits": {"source": "digits"}, "text": {"source": "text"}},
        cells={"CNN_digits": cell}, variants=variants, norms=["l2"], device={"throughput": 1e12},
    )  # fmt: skip


def test_another_measure_trains_nothing():
    found = study(longer={"epochs": 3}, both={"epochs": 3, "measure": "loss"}, same={"epochs": 2})
    trained = {variant: found.trained_as("CNN_digits", variant) for variant in found.variants}
    assert trained == {"loss": "baseline", "above": "baseline", "same": "baseline", "longer": "longer", "both": "both"}
    assert found.ways() == [("CNN_digits", "baseline"), ("CNN_digits", "longer"), ("CNN_digits", "both")]
    assert [variant for _, variant, _ in found.rows("measures")] == ["baseline", "loss", "both"]
    assert found.rows("tasks") == []
    assert "curves of the loss" in found.in_words([("CNN_digits", "loss")])[0]


def test_a_task_that_does_not_fit_is_refused_before_anything_runs():
    for cell, line in [
        ({"task": "next_character"}, "cells.CNN_digits.task: next_character cannot be of images"),
        ({"dataset": "text"}, "cells.CNN_digits.task: classification cannot be of characters"),
        ({"measure": "accuracy"}, "measure"),
        ({"floor": -1}, "floor"),
    ]:
        with pytest.raises(ValueError, match=line):
            study(cell)


def test_axes_are_named_after_the_measure():
    def panel(measure):
        P = pd.DataFrame({"P": [1], "log10_lambda_opt": [0.0], "error_opt": [0.5], "measure": measure})
        curve = {"P": 1, "log10_norm": [0.0, 1.0], "error_mean": [0.5, 0.6], "error_sem": np.nan, "measure": measure}
        return Panel("MLP", measure, curves=pd.DataFrame(curve), optima=P)

    def labels(*measures):
        figure = draw_learning_curves([panel(measure) for measure in measures])
        return [ax.get_ylabel() for ax in figure.axes[: len(measures)]]

    assert labels("test error", "test loss (nats)") == [r"test error $\epsilon$", r"test loss (nats) $\epsilon$"]
    assert labels("test error", "test error") == [r"test error $\epsilon$", ""]
