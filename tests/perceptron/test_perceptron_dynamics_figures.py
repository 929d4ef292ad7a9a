"""Figures 1, 7 and 9 can be drawn from small tables and say which setting keeps them from it."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot
from matplotlib.legend import Legend

from scaling.core.errors import BadInput
from scaling.perceptron.comparison import side_by_side, theory_times_ratio
from scaling.perceptron.figures.dynamics import figure_1, figure_7, figure_9
from scaling.perceptron.free_norm_exponents import analyse, mean_curves
from scaling.perceptron.mse import mse_table

LAMBDAS = np.geomspace(1e-3, 300, 60)


@pytest.fixture(scope="module")
def tables():
    paths = pd.DataFrame(
        (alpha, sample, method, x, alpha**-0.5 * ((1 + x) ** -0.5 + x / alpha**1.5), np.log(x))
        for alpha in (5.0, 30.0, 60.0)
        for sample in (0, 1)
        for method in ("flow", "fixed")
        for x in LAMBDAS
    )
    paths.columns = ["alpha", "sample", "method", "lambda", "epsilon", "log_time"]
    return analyse(paths, [(2, 0.15)], 25, 10)


@pytest.fixture
def theory():
    curve = pd.DataFrame({"alpha": 5.0, "lambda": LAMBDAS, "epsilon": 0.4 * (1 + LAMBDAS) ** -0.5})
    rules = {"epsilon_hebb": 0.4, "epsilon_bayes": 0.08, "epsilon_max_stability": 0.1}
    return curve, pd.DataFrame([{"alpha": 5.0} | rules])


def test_figure_1_shows_the_common_alphas_and_where_plain_descent_stops(tables, theory, assert_legible):
    columns = ["alpha", "sample", "method", "step", "lambda", "epsilon"]
    plain = pd.DataFrame([(5.0, 0, "plain", 10, 0.5, 0.3), (5.0, 0, "plain", 1000, 7.0, 0.2)], columns=columns)
    figure = figure_1(*theory, tables[0], plain)
    assert_legible(figure)
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert "$10^{3}$ plain steps" in labels
    assert len(figure.axes[1].get_lines()) == 2  # alpha = 5 alone, fixed and free
    pyplot.close(figure)


def test_the_free_norm_is_shown_beside_the_theory_and_not_where_its_samples_are(theory):
    """Samples whose errors are all 7 % off, free and fixed alike, give the theory, and their ratio if there is one."""
    curve = theory[0]
    paths = pd.DataFrame(
        (5.0, sample, method, x, epsilon * (0.93 + 0.02 * sample) * (1.1 if method == "flow" else 1), np.log(x))
        for sample in (0, 1)
        for method in ("flow", "fixed")
        for x, epsilon in zip(curve["lambda"], curve["epsilon"], strict=True)
        if x < 100
    )
    paths.columns = ["alpha", "sample", "method", "lambda", "epsilon", "log_time"]
    shown = theory_times_ratio(mean_curves(paths), curve.iloc[::2])  # a grid of its own
    expected = 1.1 * np.interp(np.log(shown["lambda"]), np.log(curve["lambda"]), curve["epsilon"])
    assert shown["epsilon"].to_numpy() == pytest.approx(expected, rel=1e-4)
    assert (shown["epsilon_sem"] < 1e-12).all()


def test_figure_1_needs_an_alpha_in_common(tables, theory):
    with pytest.raises(BadInput, match=r"perceptron_theory\.alphas"):
        figure_1(theory[0].assign(alpha=7.0), theory[1], tables[0], pd.DataFrame())


def test_figure_9_and_its_alphas(tables, assert_legible):
    curves, optima, gamma_1, exponents = tables
    exact = pd.DataFrame({"alpha": [30.0, 60.0], "lambda_opt": [26.0, 53.0], "epsilon_opt": [0.01, 0.005]})
    exact["epsilon_hebb"] = 0.1
    both = side_by_side(exponents.iloc[:0], exact, exponents, exponents.iloc[:0])
    figure = figure_9(curves, optima, gamma_1, both, exact, (2, 0.15), 25)
    assert_legible(figure)
    left, right = figure.axes
    assert [text.get_text() for text in left.get_legend().get_texts()] == ["30", "60"]
    assert any("gamma_2" in text.get_text() for text in right.texts)
    # Free and fixed norm are one in these samples: the coloured points are the theory's, the fit is through them.
    points = [line for line in right.get_lines() if line.get_marker() == "o" and line.get_markeredgecolor() == "black"]
    shown = [line.get_xydata()[0] for line in points]
    assert np.allclose(shown, exact[["alpha", "lambda_opt"]])
    assert f"{np.log(53 / 26) / np.log(2):.2f}" in right.texts[0].get_text()
    pyplot.close(figure)
    with pytest.raises(BadInput, match=r"perceptron_dynamics\.alphas"):
        figure_9(curves, optima, gamma_1, both, exact, (2, 0.15), 1000)


def test_figure_7(assert_legible):
    figure = figure_7(mse_table([0.5, 3.0], 30, 2, seed=0))
    assert_legible(figure)
    alphas, kinds = (child for child in figure.axes[0].get_children() if isinstance(child, Legend))
    assert [text.get_text() for text in alphas.get_texts()] == ["0.5", "3"]
    assert [text.get_text() for text in kinds.get_texts()] == [r"$N\to\infty$", "samples"]
    pyplot.close(figure)
