"""The figure of the free norm for N to infinity shows its tables."""

import numpy as np
import pandas as pd
from matplotlib import pyplot

from scaling.perceptron.figures.free_norm import figure_free_norm
from scaling.perceptron.large_alpha import large_alpha


def test_figure(assert_legible):
    lambdas = np.geomspace(0.05, 5, 9)
    table = pd.DataFrame({"alpha": np.repeat([5, 25], 9), "lambda": np.tile(lambdas, 2)})
    table = table.assign(log_ratio=0.1 * np.exp(-table["lambda"]), sigma=1e-3, samples=np.nan, samples_sigma=np.nan)
    table.loc[:8, "samples"] = table.loc[:8, "log_ratio"] + 0.01
    limit = large_alpha(np.geomspace(0.01, 100, 30))
    x = [0.2, 0.5, 0.9, 2.0]
    lag = pd.DataFrame({"alpha": 10.0, "lambda_over_alpha": x, "measured": [5, 1, 0, -0.2], "measured_sigma": 0.1})
    lag = lag.assign(adiabatic=lag["measured"] * 0.95, adiabatic_sigma=0.1)
    figure = figure_free_norm(table, limit, lag)
    assert_legible(figure)
    ratio, slope, late = figure.axes
    np.testing.assert_allclose(np.asarray(ratio.lines[0].get_ydata(), float), 100 * np.expm1(table["log_ratio"][:9]))
    np.testing.assert_allclose(slope.lines[0].get_ydata(), limit["slope_free"])
    np.testing.assert_allclose(np.asarray(late.lines[1].get_ydata(), float), lag["adiabatic"])
    pyplot.close("all")


def test_without_samples_at_large_alpha(assert_legible):
    """Two panels are whole, and the third says why it is empty."""
    table = pd.DataFrame({"alpha": 5.0, "lambda": [0.5, 1.0], "log_ratio": 0.1, "sigma": 1e-3})
    lag = pd.DataFrame(columns=["alpha", "lambda_over_alpha", "measured", "measured_sigma", "adiabatic"], dtype=float)
    figure = figure_free_norm(
        table.assign(samples=np.nan, samples_sigma=np.nan), large_alpha(np.geomspace(0.01, 100, 30)), lag
    )
    assert_legible(figure)
    assert "no samples of" in figure.axes[2].texts[0].get_text()
    pyplot.close("all")
