"""The report's first page."""

import base64
import math
import random
import re
from dataclasses import replace

import pandas as pd
from docutils.core import publish_parts
from harness.figures import synthetic_panel
from matplotlib import pyplot

from scaling.report.front_page import front_page, training_seconds
from scaling.report.picture import draw_picture


def test_the_page_is_valid_and_says_what_came_out():
    numbers = {f"{q}_{p}": 0.5 for q in ("gamma_pred", "gamma_meas", "difference") for p in ("authors", "robust")}
    spread = {f"sigma_{q}_authors": 0.02 for q in ("pred", "meas")} | {"sigma_authors": 0.03}
    bounds = {
        f"{q}_{end}_robust": 0.5 + 0.1 * (end == "high") - 0.1 * (end == "low")
        for q in ("gamma_pred", "gamma_meas", "difference")
        for end in ("low", "high")
    }
    published = {"gamma_pred_published": "0.60", "gamma_meas_published": "0.55", "sigma_published": "0.09"}
    table = pd.DataFrame(
        [{"cell": "CNN_MNIST", "variant": "baseline", "norm": "n"} | numbers | spread | bounds | published]
    )
    perceptron = pd.DataFrame(
        {
            "quantity": ["gamma_1", "gamma_1", "gamma", "gamma_1"],
            "setting": ["fixed-norm", "free-norm", "fixed-norm", "free-norm"],
            "source": ["ours", "ours", "ours", "published"],
            "value": [0.5, 0.49, 0.51, 0.96],
            "sigma": [0.01, 0.02, 0.01, 0.25],
        }
    )
    page = front_page("quick", {"cells": 1, "training runs": 1200}, table, perceptron, 5400.0)
    html = publish_parts(page, writer="html", settings_overrides={"halt_level": 2})["html_body"]
    for text in (
        "yes, 0.6 σ apart",
        "yes, 0.0 σ apart",
        "0.49(2)",
        "0.96(25)",
        "1,200 training runs",
        "Training took 90 minutes.",
        "torch ",
    ):
        assert text in html
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    cells = [
        [re.sub("<.*?>", "", cell).strip() for cell in re.findall(r"<t[dh].*?</t[dh]>", row, re.DOTALL)] for row in rows
    ]
    assert ["CNN MNIST", "published", "0.60", "0.55", "yes, 0.6 σ apart"] in cells
    assert [
        "CNN MNIST",
        "robust",
        "0.50 [0.40, 0.60]",
        "0.50 [0.40, 0.60]",
        "no: difference 0.5 [0.4, 0.6]",
    ] in cells
    assert cells[-4:] == [
        ["setting", "γ₁", "γ"],
        ["fixed-norm", "0.500(10)", "0.510(10)"],
        ["free-norm", "0.49(2)", "–"],
        ["free-norm, published", "0.96(25)", "–"],
    ]
    hours = front_page("paper", {"cells": 9}, table, perceptron, 3 * 3600.0)
    assert "Training took 3 hours." in hours
    assert "Training took" not in front_page("paper", {"cells": 9}, table, perceptron, 0.0), "times are never invented"


def fits(**changes):
    """The wide row of a robust fit."""
    row = {"procedure": "robust", "note": "", "collapse_p": 0.4, "collapse_p_epochs": 0.02}
    for name, value in {"gamma_1": 1.2, "gamma_2": 0.4, "gamma_pred": 0.5, "gamma_meas": 0.55}.items():
        row |= {name: value, f"{name}_low": value - 0.1, f"{name}_high": value + 0.1}
    return pd.DataFrame([row | changes])


PICTURE = random.Random(0).randbytes(150_000)  # as many bytes as a picture has


def page_of(exponents, **numbers):
    names = ("gamma_pred", "gamma_meas", "difference")
    row = {"cell": "CNN_A", "variant": "baseline", "norm": "n", "note_robust": ""}
    row |= {f"{name}{end}_robust": 0.5 for name in names for end in ("", "_low", "_high")} | numbers
    row |= dict.fromkeys(["gamma_pred_published", "gamma_meas_published", "sigma_published"], "")
    table = pd.DataFrame([row])
    perceptron = pd.DataFrame(
        {"quantity": ["gamma_1"], "setting": "fixed-norm", "source": "ours", "value": 0.5, "sigma": 0.01}
    )
    page = front_page("quick", {"cells": 1}, table, perceptron, 0, "CNN_A", exponents, PICTURE)
    html = publish_parts(page, writer="html", settings_overrides={"halt_level": 2})["html_body"]
    return " ".join(re.sub("<.*?>", "", html).split()), html


def test_the_page_says_what_one_should_see_beside_the_picture():
    words, html = page_of(fits())
    assert f'src="data:image/png;base64,{base64.b64encode(PICTURE).decode()}"' in html
    for text in (
        "γ₁ = 1.2 [1.1, 1.3]",
        "γ₂ = 0.4 [0.3, 0.5]",
        "γ₁γ₂ = 0.5 [0.4, 0.6]",
        "γ_meas = 0.6 [0.5, 0.7]",
        "The collapse: p = 0.4; against training time instead of the norm: p = 0.02.",
    ):
        assert text in words, text


def test_where_there_is_no_number_the_page_says_why():
    note = "minimum not reached at P = 400, 800: left out of gamma_meas; fewer than 3 P with a minimum: no gamma_meas"
    nothing = {"gamma_meas": math.nan, "gamma_meas_low": math.nan, "gamma_meas_high": math.nan, "note": note}
    missing = {
        f"{name}{end}_robust": math.nan for name in ("gamma_meas", "difference") for end in ("", "_low", "_high")
    }
    words, _ = page_of(fits(**nothing), **missing, note_robust=note)
    why = "fewer than three P reach their smallest error inside the runs"
    assert f"γ_meas = no number ({why})" in words and f"cannot be said: {why}" in words


def test_a_wide_interval_is_a_weak_test():
    bounds = {"difference_robust": 0.1, "difference_low_robust": -0.4, "difference_high_robust": 0.6}
    assert "yes, a weak test: difference 0.1 [-0.4, 0.6]" in page_of(fits(), **bounds)[0]
    narrow = {"difference_robust": 0.0, "difference_low_robust": -0.1, "difference_high_robust": 0.1}
    assert "yes: difference 0.0 [-0.1, 0.1]" in page_of(fits(), **narrow)[0]


def test_the_picture_can_be_read(assert_legible):
    panel = synthetic_panel("CNN", "digits", [100, 220, 460, 1000, 2200, 4600, 10000], 0.9, 0.5, robust=True)
    figure = draw_picture(panel)
    assert_legible(figure)
    assert len(figure.axes[2].get_lines()) == 2
    pyplot.close(figure)
    without = panel.exponents.drop(columns=["gamma_meas", "gamma_pred"])
    figure = draw_picture(replace(panel, exponents=without))
    assert not figure.axes[2].get_lines(), "a law without a number is not drawn"
    pyplot.close(figure)


def test_the_time_of_training_is_that_of_all_its_jobs(tmp_path):
    for name, seconds in (("CNN_A/baseline/P10/block0", [60.0]), ("CNN_A/sgd/P10/block0", [30.0, 10.5])):
        file = tmp_path / f"{name}.tsv"
        file.parent.mkdir(parents=True)
        lines = ["s\th:m:s\tmax_rss", *(f"{each}\t0:01:00\t-" for each in seconds)]
        file.write_text("\n".join(lines) + "\n")
    ours = [tmp_path / "CNN_A" / way / "P10" for way in ("baseline", "sgd", "not_trained_yet")]
    assert training_seconds(ours) == 70.5
    assert training_seconds(ours[:1]) == 60  # what is left of other studies does not count
    assert training_seconds([]) == 0
