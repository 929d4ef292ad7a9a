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
    figure = figure_free_norm(table, limit)
    assert_legible(figure)
    ratio, slope = figure.axes
    np.testing.assert_allclose(np.asarray(ratio.lines[0].get_ydata(), float), 100 * np.expm1(table["log_ratio"][:9]))
    np.testing.assert_allclose(slope.lines[0].get_ydata(), limit["slope_free"])
    pyplot.close("all")
