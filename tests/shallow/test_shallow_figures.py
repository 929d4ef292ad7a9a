"""The figures of the shallow networks show what their tables hold, and no words overlap."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot

from scaling.plotting.style import save_figure
from scaling.shallow import finite, maps, paths, samples, spectra, trained, training
from scaling.shallow.figures import maps as draw_maps
from scaling.shallow.figures import norms as draw_norms
from scaling.shallow.figures import trained as draw_trained


@pytest.fixture(autouse=True)
def closed():
    yield
    pyplot.close("all")


def stars(axes):
    return sorted((line.get_xdata()[0], line.get_ydata()[0]) for line in axes.lines if line.get_marker() == "*")


def test_maps(assert_legible, tmp_path):
    diagonal, quadratic = maps.diagonal_map(200, 1.0, 0.1, 21, 30), maps.quadratic_map(20, 1.0, 0.1, 15, 30)
    figure = draw_maps.figure_maps(diagonal, quadratic, 1.0, (200, 20), 0.1)
    assert_legible(figure)
    words = [text.get_text() for text in figure.axes[0].texts]
    assert words == ["I", "II", "III", "IV", "V", "VI"]
    n, best = draw_maps.best_line(diagonal)
    assert np.all(np.diff(best[n > 30]) < 0), "the best weight decay falls with n"
    save_figure(figure, tmp_path / "maps.pdf", tmp_path / "maps.png")
    assert (tmp_path / "maps.pdf").read_bytes()[:4] == b"%PDF"


@pytest.fixture(scope="module")
def curves():
    tables = []
    for g in (0.75, 1.25):
        tables.append(paths.diagonal_paths(g, 3000, [300.0, 3000.0], 0.1).assign(model="diagonal", g=g, d=3000))
        quadratic = paths.quadratic.path(paths.power_law(20, g), 400.0, 0.1, 6)
        tables.append(quadratic.assign(model="quadratic", g=g, d=20))
    return pd.concat(tables, ignore_index=True)


def test_norms(curves, assert_legible):
    figure = draw_norms.figure_norms(curves)
    assert_legible(figure)
    best = curves[(curves["side"] == "best") & (curves["g"] == 0.75) & (curves["model"] == "diagonal")]
    np.testing.assert_allclose(stars(figure.axes[1]), sorted(zip(best["norm"], best["risk"], strict=True)))
    frontier = figure.axes[1].lines[0]
    for line in figure.axes[1].lines[1:]:
        norm, risk = line.get_data()
        above = np.interp(np.log(norm), np.log(frontier.get_xdata()), np.log(frontier.get_ydata()))
        assert np.all(np.log(risk) > above - 0.01), "no line is drawn below the frontier"


def test_collapse(assert_legible):
    table = pd.concat([paths.edge_curves(g, 10**4, 0.1).assign(model="quadratic", g=g) for g in (0.75, 1.25)])
    figure = draw_norms.figure_collapse(table, [0.75, 1.25])
    assert_legible(figure)
    assert all(stars(axes) == [(1, 1)] for axes in figure.axes)


def test_finite_spectra_and_training(assert_legible):
    small = samples.quadratic_samples(0.75, 8, 100, [0.1, 0.03], 0.1, 3, 0).assign(
        model="quadratic", design="network", d=8
    )
    other = samples.diagonal_samples(0.75, 20, 60, [0.1, 0.03], 0.1, 3, 0).assign(
        model="diagonal", design="network", d=20
    )
    table = finite.compared(pd.concat([small, other]).assign(g=0.75), 0.1)
    assert_legible(draw_trained.figure_finite(table))

    found = pd.concat([spectra.trained_spectra(g, 12, 500, [0.1, 0.03], 0.1, 0) for g in (0.75, 1.25)])
    figure = draw_trained.figure_spectra(found)
    assert_legible(figure)
    shown = figure.axes[0].lines[0].get_ydata()
    expected = found[(found["g"] == 0.75) & (found["weight_decay"] == 0.03)]["eigenvalue"]
    np.testing.assert_allclose(shown, expected)

    runs = [
        training.diagonal_path(1.25, 60, n, 0.1, 1e-3, 5000, 0, 0).assign(model="diagonal", g=1.25, d=60)
        for n in (40, 90)
    ]
    runs += [
        training.quadratic_path(1.25, 8, n, 0.1, 1e-2, 5000, 0, 0).assign(model="quadratic", g=1.25, d=8)
        for n in (30, 50)
    ]
    trainings = pd.concat(runs, ignore_index=True)
    best = trained.minima(trainings, 0.1)
    figure = draw_trained.figure_training(trainings, best)
    assert_legible(figure)
    of = best[best["model"] == "diagonal"]
    expected = sorted(zip(of["state_evolution_norm"], of["state_evolution_risk"], strict=True))
    np.testing.assert_allclose(stars(figure.axes[0]), expected)
