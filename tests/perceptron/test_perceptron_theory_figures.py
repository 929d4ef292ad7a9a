"""Figures 2, 5, 6 and 8 show what their tables hold."""

import numpy as np
import pytest
from matplotlib import pyplot

from scaling.core.errors import BadInput
from scaling.perceptron.figures.theory import figure_2, figure_5, figure_6, figure_8
from scaling.perceptron.theory_exponents import collapse
from scaling.perceptron.theory_tables import curves, optima
from scaling.plotting.style import save_figure

ALPHAS = [100, 0.5, 5]  # in no order, as a user may give them
LAMBDAS = np.geomspace(1e-3, 1e3, 13)


@pytest.fixture(scope="module")
def theory():
    return curves(ALPHAS, LAMBDAS)


@pytest.fixture(scope="module")
def best():
    return optima(ALPHAS)


def _stars(axes):
    return sorted((line.get_xdata()[0], line.get_ydata()[0]) for line in axes.lines if line.get_marker() == "*")


def test_figure_2(theory, best, tmp_path, assert_legible):
    figure = figure_2(theory, best, collapse(ALPHAS))
    assert_legible(figure)
    left, right = figure.axes[:2]
    expected = sorted(zip(best["lambda_opt"], best["epsilon_opt"] / best["epsilon_hebb"], strict=True))
    np.testing.assert_allclose(_stars(left), expected)
    assert _stars(right) == [(1, 1)]
    # every rescaled curve has its own minimum at (1, 1), whatever the order of the alphas
    for line in right.lines[: len(ALPHAS)]:
        assert np.min(line.get_ydata()) >= 1
        assert np.interp(0, np.log(line.get_xdata()), line.get_ydata()) == pytest.approx(1, abs=0.05)
    insets = right.child_axes
    np.testing.assert_allclose(_stars(insets[0]), sorted(zip(best["alpha"], best["lambda_opt"], strict=True)))
    save_figure(figure, tmp_path / "fig2.pdf", tmp_path / "fig2.png")
    assert (tmp_path / "fig2.pdf").read_bytes()[:4] == b"%PDF"
    assert (tmp_path / "fig2.png").stat().st_size > 10_000


def test_figure_5_thresholds(assert_legible):
    figure = figure_5()
    assert_legible(figure)
    axes = figure.axes[0]
    law = axes.lines[0]
    P_minus, P_plus = (line.get_xdata()[0] for line in axes.lines[-2:])
    epsilon = np.interp([1, P_minus, P_plus, 1e8], *law.get_data())
    assert epsilon[0] == pytest.approx(0.9, rel=0.01)
    # at P_- the norm is twice q_2, at P_+ the error is about twice its floor
    assert epsilon[1] == pytest.approx(0.89 * 2**-0.6 + 0.01, rel=0.01)
    assert epsilon[2] == pytest.approx(0.02, rel=0.01)
    assert epsilon[3] == pytest.approx(0.01, rel=0.1)
    pyplot.close("all")


def test_figure_6(theory, best, assert_legible):
    figure = figure_6(theory, best)
    assert_legible(figure)
    axes = figure.axes[0]
    row = best.set_index("alpha").loc[0.5]
    assert _stars(axes) == [(row["lambda_opt"], row["epsilon_opt"])]
    heights = [line.get_ydata()[0] for line in axes.lines[2:]]
    assert heights == [row["epsilon_hebb"], row["epsilon_max_stability"], row["epsilon_bayes"]]
    pyplot.close("all")
    above = best["alpha"] > 1
    with pytest.raises(BadInput, match=r"perceptron_theory\.alphas: figure 6 needs an alpha below 1"):
        figure_6(theory, best[above])


def test_figure_8(theory, assert_legible):
    figure = figure_8(theory)
    assert_legible(figure)
    axes = figure.axes[0]
    assert [line.get_label() for line in axes.lines[:3]] == ["0.5", "5", "100"]
    assert [line.get_ydata()[0] for line in axes.lines[3:]] == [0, -0.5]
    pyplot.close("all")
