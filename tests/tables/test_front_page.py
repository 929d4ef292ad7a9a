"""The report's first page."""

import json
import re

import pandas as pd
from docutils.core import publish_parts

from scaling.tables.front_page import front_page, job_seconds


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
    seconds = {"train_block": 5400.0, "table": 1800.0}
    page = front_page("quick", {"cells": 1, "training runs": 1200}, table, perceptron, seconds)
    html = publish_parts(page, writer="html", settings_overrides={"halt_level": 2})["html_body"]
    for text in (
        "yes, 0.6 σ apart",
        "yes, 0.0 σ apart",
        "0.49(2)",
        "0.96(25)",
        "1,200 training runs",
        "took 120 minutes in all, 90 of",
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


def test_a_job_counts_once_however_many_files_it_made(tmp_path):
    record = {"rule": "train_block", "log": ["a.log"], "starttime": 100.0, "endtime": 160.0}
    for name, job in (
        ("a", record),
        ("b", record),
        ("c/d", record | {"log": ["b.log"], "starttime": 120.0}),
        ("e", {"rule": "table"}),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(json.dumps(job))
    assert job_seconds(tmp_path) == {"train_block": 100.0}
    assert job_seconds(tmp_path / "absent") == {}
