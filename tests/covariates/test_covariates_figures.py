"""The figures show what their tables hold."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot

from scaling.covariates import exponents, feature_scaling, finite_n, tables
from scaling.covariates.figures.features import figure_features
from scaling.covariates.figures.laws import figure_laws
from scaling.covariates.figures.phases import figure_phases
from scaling.covariates.figures.samples import figure_samples
from scaling.covariates.predictions import early_constant
from scaling.covariates.settings import Covariates
from scaling.covariates.spectra import power_law

LAWS = [law.key for law in Covariates().laws]
NS = [1e2, 1e3, 1e4, 1e5, 1e6, 1e7]


@pytest.fixture(autouse=True)
def close():
    yield
    pyplot.close("all")


def test_laws(assert_legible):
    optima = tables.optima(LAWS, NS)
    figure = figure_laws(tables.curves(LAWS, NS, np.geomspace(0.01, 1e5, 40)), optima, tables.collapse(0.5, 0.8, NS))
    assert_legible(figure)
    first, collapse, _, *others = figure.axes
    stars = [(line.get_xdata()[0], line.get_ydata()[0]) for line in first.lines if line.get_marker() == "*"]
    np.testing.assert_allclose(stars, optima[["norm_opt", "epsilon_opt"]][: len(NS)])
    early = next(line for line in first.lines if "k_1" in str(line.get_label()))
    x, y = early.get_data()
    np.testing.assert_allclose(y, early_constant(0.5, 0.8) * x ** (-0.8 / 1.5), rtol=1e-12)
    assert len(collapse.lines) == len(NS) + 1
    assert [axes.get_title().partition(":")[0] for axes in others] == ["II", "IV", "I"]


def test_laws_of_another_number(assert_legible):
    laws = LAWS[:2]
    norms = np.geomspace(0.1, 100, 20)
    table, optima = tables.curves(laws, [1e2, 1e4], norms), tables.optima(laws, [1e2, 1e4])
    figure = figure_laws(table, optima, tables.collapse(0.5, 0.8, [1e2, 1e4]))
    assert len(figure.axes) == 4
    assert_legible(figure)


def test_phases(assert_legible):
    table = exponents.exponents([(0.5, 0.8, 0.0), (2, 4, 0.0), (1, 1, 0.1)], [1e3, 1e4])
    figure = figure_phases(exponents.phases(np.linspace(0.1, 3, 7), np.linspace(0.1, 5, 8)), table)
    assert_legible(figure)
    dots = figure.axes[0].collections[1]
    expected = table.query("quantity == 'gamma_1' and n == 1e4 and noise == 0")
    np.testing.assert_allclose(dots.get_array(), expected["measured"])
    np.testing.assert_allclose(dots.get_offsets(), expected[["a", "delta"]])


def test_features(assert_legible):
    sizes = [10, 30, 100, 300, 1000]
    floors = feature_scaling.floors(0.5, 0.8, ["linear", "relu"], sizes)
    joint = feature_scaling.joint(0.5, 0.8, [], [10, 100], np.geomspace(1e-2, 1e2, 5))
    isotropic = feature_scaling.isotropic(["relu"], [0.5, 2, 8, 64, 1e6], np.geomspace(0.1, 1e5, 10))
    figure = figure_features(feature_scaling.population_paths(0.5, 0.8, sizes), floors, joint, isotropic)
    assert_legible(figure)
    best, at = figure.axes[-2:]
    none = best.lines[-1]
    missing = isotropic[isotropic["epsilon_opt"].isna()]
    np.testing.assert_allclose(none.get_ydata(), missing["epsilon_end"])
    assert len(missing) > 0 and len(at.lines) == 5


def test_samples(assert_legible):
    samples = finite_n.samples_table(power_law(0.5, 0.8, 30), [20, 60], samples=2, points=5, lam_max=8, seed=0)
    means = finite_n.compare(samples)
    flow = pd.DataFrame(
        {"a": 0.5, "delta": 0.8, "norm": [0.1, 1, 10], "epsilon": [1, 0.5, 0.3], "epsilon_fixed": [1, 0.5, 0.25]}
    )
    figure = figure_samples(means, flow)
    assert_legible(figure)
    ratio = figure.axes[2].lines[0]
    np.testing.assert_allclose(ratio.get_ydata(), [1, 1, 1.2])
