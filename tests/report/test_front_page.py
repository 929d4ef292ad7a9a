"""The report's first page."""

import re

import pandas as pd
from docutils.core import publish_parts

from scaling.report.front_page import front_page, training_seconds


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
        "no, difference 0.50 [0.40, 0.60]",
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


def test_the_time_of_training_is_that_of_all_its_jobs(tmp_path):
    for name, seconds in (("CNN_A/baseline/P10/block0", [60.0]), ("CNN_A/sgd/P10/block0", [30.0, 10.5])):
        file = tmp_path / f"{name}.tsv"
        file.parent.mkdir(parents=True)
        lines = ["s\th:m:s\tmax_rss", *(f"{each}\t0:01:00\t-" for each in seconds)]
        file.write_text("\n".join(lines) + "\n")
    assert training_seconds(tmp_path) == 70.5
    assert training_seconds(tmp_path / "absent") == 0
