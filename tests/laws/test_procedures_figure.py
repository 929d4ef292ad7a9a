"""What the procedures return, drawn: each value over its own truth; what is refused, and what is not believed."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot

from scaling.laws.figures.procedures import RANGE, figure_procedures, ratios


@pytest.fixture(autouse=True)
def close():
    yield
    pyplot.close("all")


def table() -> pd.DataFrame:
    truth = {"gamma_1_true": 0.5, "gamma_2_true": 1.0, "gamma_true": 0.25}
    rows = [
        {"regime": regime, "procedure": procedure, "x_right": right, "gamma_1": one, "gamma_pred": one, "note": note}
        for regime in ("fixed norm, error itself, alpha from 5 to 200", "region I: a = 0.5, delta = 0.8, n from 1 to 9")
        for procedure, right, one, note in (
            ("authors", 0.3, 0.4, np.nan),
            ("authors", 0.5, 0.01, np.nan),
            ("robust", 0.14, np.nan, "no range of P and norm collapses (p = 0.001); something else"),
        )
    ]
    return pd.DataFrame(rows).assign(model="a model, of a kind", gamma_2=0.9, gamma_meas=0.25, **truth)


def test_each_value_is_over_its_own_truth():
    found = ratios(table())
    assert list(found["how"][:3]) == ["authors, to 0.3", "authors, to 0.5", "robust"]
    assert list(found["believed"][:3]) == [True, True, False]
    np.testing.assert_allclose(found["gamma_1"][:2], [0.8, 0.02])
    np.testing.assert_allclose(found["gamma_pred"][:2], [1.6, 0.04])  # gamma_1 gamma_2 stands for gamma
    np.testing.assert_allclose(found["gamma_2"], 0.9)
    np.testing.assert_allclose(found["gamma_meas"], 1.0)
    np.testing.assert_allclose(found["product"], 2.0)


def test_the_figure(assert_legible):
    figure = figure_procedures(table())
    assert_legible(figure)
    first, second, product, _ = figure.axes
    strokes = [line for line in product.lines if line.get_marker() == "|"]
    np.testing.assert_allclose([line.get_xdata()[0] for line in strokes], np.log10(2))
    drawn = {line.get_label(): line.get_xdata() for line in first.lines if line.get_label().startswith("auth")}
    np.testing.assert_allclose(drawn["authors, to 0.3"], np.log10(0.8))
    np.testing.assert_allclose(drawn["authors, to 0.5"], RANGE[0])  # beyond the edge
    crosses = [line for line in first.lines if line.get_marker() == "x" and len(line.get_xdata())]
    assert len(crosses) == 1 and len(crosses[0].get_xdata()) == 2, "refused in both regimes"
    hollow = [line for line in second.lines if line.get_markerfacecolor() == "white" and len(line.get_xdata())]
    np.testing.assert_allclose(hollow[0].get_xdata(), np.log10(0.9))


def test_without_curves():
    assert len(figure_procedures(table().iloc[:0]).axes) == 4
