"""One loss beside another: the table, the figure, and both from training on."""

import numpy as np
import pandas as pd
import pytest
import yaml
from harness.exponents import long_table
from harness.figures import synthetic_panel
from harness.study import TINY, Study

from scaling.analysis.exponents import identified
from scaling.core.tidy import read_table
from scaling.paper.figures.tasks import draw_tasks
from scaling.paper.tables.tasks import tasks_table

WORDS = ("next character", "classification square")


def panels(cell, *growths, P=(1000, 2000, 4000, 8000, 16000, 32000)):
    """Of one cell the losses, whose best norms grow as powers of P."""
    return [
        (task, synthetic_panel(cell, task, list(P), 0.3, x, robust=True))
        for task, x in zip(WORDS, growths, strict=False)
    ]


def test_the_table_says_how_the_best_norm_grows():
    line = panels("linear", 0.42, 0.03)
    keys = [("linear_text", variant, "l2") for variant in ("baseline", "square")]
    identities = [dict(zip(("study", "cell", "variant", "norm"), ("trained", *key), strict=True)) for key in keys]
    optima = [identified(panel.optima, identity) for (_, panel), identity in zip(line, identities, strict=True)]
    exponents = [long_table({key: panel.exponents}) for (_, panel), key in zip(line, keys, strict=True)]
    table = tasks_table(("next_character", "classification_square"), optima, exponents)
    assert list(table["variant"]) == ["baseline", "square"] and list(table["measure"]) == ["test error"] * 2
    np.testing.assert_allclose(table["best_norm_exponent"], [0.42, 0.03], atol=1e-9)
    assert list(table["inside_P"]) == [4, 4] and list(table["number_of_P"]) == [6, 6], "two P are bounds"
    np.testing.assert_allclose(table["best_norm_decades"], np.log10(8) * np.array([0.42, 0.03]), atol=1e-9)
    np.testing.assert_allclose(table["gamma_2"], [0.42, 0.03])
    np.testing.assert_allclose(table["gamma_2_high"], [0.462, 0.033])


def test_a_row_for_each_cell_and_the_best_norms_at_its_end(assert_legible):
    figure = draw_tasks([panels("MLP text", 0.8, 1.0, P=(1000, 2000, 4000, 8000)), panels("linear text8", 0.42, 0.03)])
    assert_legible(figure)
    titles = [ax.get_title() for ax in figure.axes if ax.get_title() not in ("", "$P$")]
    assert sorted(titles) == sorted([*WORDS, "best norm"] * 2)
    words = [text.get_text() for ax in figure.axes if ax.get_legend() for text in ax.get_legend().get_texts()]
    assert "next character $P^{0.420(2)}$" in words and "classification square $P^{0.030(2)}$" in words
    assert "next character: at 2 P alone" in words, "no law through two points"
    upper, lower = figure.axes[:2], figure.axes[3:5]
    for curves in (upper, lower):
        assert len({ax.get_ylim() for ax in curves}) == 1, "errors of one cell can be compared"


@pytest.mark.slow
def test_both_losses_from_training_on(tmp_path):
    """A tiny linear model on digits; the loss is another one, and so are the curves."""
    cell = {
        "family": "linear", "dataset": "digits", "sizes": {}, "P": [90, 180, 360], "seeds": 2, "epochs": 20,
        "log_points": 8, "log_unit": "steps", "batch_size": 32, "learning_rate": 3.0e-3, "engine": "stacked",
        "variants": ["square"],
    }  # fmt: skip
    configuration = tmp_path / "study.yaml"
    cells = {"CNN_digits": None, "ResNet_digits": None, "linear_digits": cell}
    changes = {"norms": ["l2"], "cells": cells, "variants": {"square": {"task": "classification_square"}}}
    configuration.write_text(yaml.safe_dump(yaml.safe_load(TINY.read_text()) | changes))
    study = Study(tmp_path / "study", configuration)
    study.run("--cores", "2", "--", "results/tasks.tsv")
    table = read_table(study.folder / "results/tasks.tsv")
    assert list(table["task"]) == ["classification", "classification_square"]
    assert list(table["number_of_P"]) == [3, 3] and set(table["cell"]) == {"linear_digits"}
    assert (study.folder / "results/figures/tasks.png").stat().st_size > 10_000
    losses = [
        pd.read_parquet(study.folder / f"results/runs/linear_digits/{variant}/P360/block0.epochs.parquet")["test_loss"]
        for variant in ("baseline", "square")
    ]
    assert losses[0].iloc[0] > 2 > losses[1].iloc[-1], "ln 10 in nats, and squares below 1"
    assert not np.allclose(*losses)
