"""The figure of all models shows what the table holds."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot

from scaling.laws.figures.where import figure_where, verdict
from scaling.laws.table import where_the_laws_hold


@pytest.fixture(autouse=True)
def close():
    yield
    pyplot.close("all")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("yes", "yes"),
        ("no, at n up to 1e+07", "no"),
        ("under-fit side no (spread 60%); over-fit side no (spread 2%)", "no"),
        ("under-fit side yes (spread 6%); over-fit side no (spread 2%)", "partly"),
        ("at 3 of 5 P", "partly"),
        ("only at large n", "partly"),
        ("not measured", ""),
        (np.nan, ""),
    ],
)
def test_what_words_mean(said, meant):
    assert verdict(said) == meant


def table() -> pd.DataFrame:
    rows = pd.DataFrame(
        {
            "model": ["one", "one", "two"],
            "regime": ["short", "a regime that needs far more letters than there are on a line of the figure", "short"],
            "gamma_1": [0.5, 12.0, np.nan], "gamma_1_error": [0.0, 1.0, np.nan],
            "gamma_2": [1.0, 1.0, 0.2], "gamma_2_error": [0.0, 0.1, np.nan],
            "gamma": [0.5, 2.0, 0.7], "gamma_error": [0.0, 0.1, 0.1],
            "collapse": ["yes", "no", "not measured"], "minimum": ["yes", "at 2 of 3 P", "no"],
            "q_1": 0.0, "q_1_error": 0.0, "q_2": np.nan, "q_2_error": np.nan, "how": "exact", "sentence": "why",
        }
    )  # fmt: skip
    return where_the_laws_hold([("rows", rows)])


def test_the_figure(assert_legible):
    figure = figure_where(table())
    assert_legible(figure)
    exponents, product, marks = figure.axes
    assert [label.get_text() for label in exponents.get_yticklabels() if label.get_fontweight() == "bold"] == [
        "one", "two",
    ]  # fmt: skip
    drawn = np.asarray(exponents.containers[0].lines[0].get_xdata(), float)
    np.testing.assert_array_equal(drawn, [0.5, 12, np.nan])
    inside, below, above, none, _ = product.lines[:5]
    assert inside.get_xdata().tolist() == [1] and above.get_xdata().tolist() == [2.5] and not below.get_xdata().size
    rows = exponents.containers[0].lines[0].get_ydata()
    assert none.get_ydata() == pytest.approx(rows[2:]) and np.all(np.diff(rows) > 0)
    assert [line.get_fillstyle() for line in marks.lines] == ["full", "none", "full", "left", "none"]


def test_without_rows():
    assert len(figure_where(table().iloc[:0]).axes) == 3
