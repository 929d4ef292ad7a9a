"""The report's first page."""

import pandas as pd
from docutils.core import publish_parts

from scaling.tables.front_page import front_page


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
            "quantity": ["gamma_1", "gamma_1"],
            "setting": ["fixed-norm", "free-norm"],
            "value": [0.5, 0.49],
            "sigma": [0.01, 0.02],
        }
    )
    page = front_page("quick", {"cells": 1, "training runs": 1200}, table, perceptron)
    html = publish_parts(page + "\n\n.. _Statistics: x\n", writer="html", settings_overrides={"halt_level": 2})[
        "html_body"
    ]
    for text in ("0.60 / 0.55", "0.50(2) / 0.50(2)", "0.49(2)", "1,200 training runs", "torch "):
        assert text in html
