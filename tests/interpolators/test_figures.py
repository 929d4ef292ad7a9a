"""The figures show what their tables hold, and their words do not overlap."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot

from scaling.interpolators.comparison import network_curves, network_table
from scaling.interpolators.design import blocks, cells
from scaling.interpolators.elbows import elbow_table
from scaling.interpolators.figures import fixed_d, fixed_ratio, network
from scaling.interpolators.figures import paths as of_paths
from scaling.interpolators.figures.parts import spread
from scaling.interpolators.paths import paths
from scaling.interpolators.samples import solved
from scaling.interpolators.settings import FixedDimension, FixedRatio
from scaling.interpolators.theory_tables import curves
from scaling.plotting.style import save_figure

R = [1.0, 1.5, 2.0]
FIXED_D = FixedDimension(d=400, n=[20, 40, 80], p=[1.1, 1.5], alpha=[0.0664], sigma=[0, 0.1], seeds=2)
FIXED_RATIO = FixedRatio(p_kappa=[(1.75, 2), (1.25, 3)], alpha_kappa=[(0.0664, 3)], n=[20, 40], sigma=[0, 0.1], seeds=2)


@pytest.fixture(autouse=True)
def _closed():
    yield
    pyplot.close("all")


@pytest.fixture(scope="module")
def tables():
    found = blocks(FIXED_D, FIXED_RATIO)
    samples = [
        solved(each.n, each.d, each.potentials, each.sigma, each.spikes, each.samples, 0, R).assign(
            study=each.study, kappa=each.kappa
        )
        for each in found
    ]
    return pd.concat(samples, ignore_index=True), curves(cells(found), R)


def panel(figure, words):
    (ax,) = [ax for ax in figure.axes if words in ax.get_title()]
    return ax


def test_at_one_dimension(tables, tmp_path, assert_legible):
    samples, theory = tables
    elbow = elbow_table(samples[samples["study"] == "fixed_d"], [("p", 1.1), ("p", 1.5)], [400], [0, 0.1])
    figure = fixed_d.draw(samples, theory, elbow)
    assert_legible(figure)
    assert len(figure.axes) == 4
    ax = panel(figure, r"$p=1.5$, $\sigma=0.1$")
    for number, r in enumerate(R):
        expected = theory.query("study == 'fixed_d' and kind == 'p' and parameter == 1.5 and sigma == 0.1")
        expected = expected[expected["r"] == r]
        np.testing.assert_allclose(sorted(ax.lines[3 * number].get_ydata()), sorted(expected["norm"]))
    mine = samples.query("study == 'fixed_d' and kind == 'p' and parameter == 1.5 and sigma == 0.1 and r == 1")
    points = ax.containers[0].lines[0]
    drawn = np.array(points.get_ydata(), float)
    np.testing.assert_allclose(drawn, mine.groupby("n")["norm"].mean().to_numpy(float))
    row = elbow.query("parameter == 1.5 and sigma == 0.1").iloc[0]
    assert ax.lines[-1].get_xdata()[0] == pytest.approx(row["elbow"])
    save_figure(figure, tmp_path / "figure.pdf", tmp_path / "figure.png")
    assert (tmp_path / "figure.png").stat().st_size > 10_000


def test_at_fixed_ratio(tables, assert_legible):
    figure = fixed_ratio.draw(*tables)
    assert_legible(figure)
    assert len(figure.axes) == 2 * 3
    guides = [text.get_text() for text in figure.axes[0].texts]
    assert guides == ["0.5", "0.33"], "p = 1.75, r = 1: with noise, and without"
    assert [text.get_text() for text in figure.axes[2].texts] == ["0.5", "0.5"], "a network's bulk is l_2-like"


def test_networks(assert_legible):
    table = network_table([0.0664, 0.229], [1000], [5.0])
    figure = network.draw(network_curves([0.0664, 0.229], 1000.0, 5.0, points=8), table)
    assert_legible(figure)
    markers = [line for line in figure.axes[0].lines if line.get_marker() in ("o", "s")]
    drawn = sorted(np.ravel([line.get_xdata() for line in markers]))
    elbows = table[table["quantity"] == "elbow"]
    np.testing.assert_allclose(drawn, sorted([*elbows["network"], *elbows["at_effective_p"]]))


@pytest.mark.parametrize("pairs", [[(1.0, 1.1)], [(1.0, 1.1), (0.75, 1.1), (1.0, 1.5), (1.0, 2.0)]])
def test_paths(pairs, assert_legible):
    table = pd.concat([paths(a, p, 1e4, [100.0, 1000.0, 3000.0], 0.5, 15) for a, p in pairs], ignore_index=True)
    figure = of_paths.draw(table)
    assert_legible(figure)
    assert len(figure.axes) == len(pairs) + 1
    stars = [line for line in figure.axes[0].lines if line.get_marker() == "*" and len(line.get_xdata())]
    best = table[(table["place"] == "best") & (table["p"] == 1.1) & (table["a"] == 1)]
    drawn = sorted(np.ravel([line.get_xdata() for line in stars]))
    np.testing.assert_allclose(drawn, sorted(best["norm"]))


def test_a_few_of_many_values():
    assert spread([3, 1, 2], 4) == [1, 2, 3]
    assert spread(range(10), 3) == [0, 4, 9]
