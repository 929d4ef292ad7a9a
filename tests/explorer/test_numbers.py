"""What the page computes, in Python: the collapse's quality."""

import math

import numpy as np
import pytest
from harness.explored import GAMMA_1, GAMMA_2, runs_of

from scaling.analysis.mean_curves import mean_curves
from scaling.analysis.robust.quality import houdayer_hartmann
from scaling.analysis.robust.thresholds import RISE, TOLERANCE
from scaling.explorer.numbers import quality, rescaled


@pytest.fixture(scope="module")
def curves():
    return mean_curves(runs_of())


def test_the_true_exponents_collapse_the_curves_and_others_do_not(curves):
    best = quality(*curves, GAMMA_1, GAMMA_2, x_left=1e-3)
    assert best < 1.5
    for gamma_1, gamma_2 in ((0.3, GAMMA_2), (0.7, GAMMA_2), (GAMMA_1, 0.6), (0, 0)):
        assert quality(*curves, gamma_1, gamma_2, x_left=1e-3) > 2 * best


def test_along_the_power_law_alone_any_gamma_2_collapses(curves):
    """On a pure power law of slope -gamma_1 both shifts are the same shift: only what is beside it fixes gamma_2."""
    table, optima = curves
    early = table.merge(optima[["P", "log10_lambda_opt"]], on="P")
    early = early[early["log10_norm"] < early["log10_lambda_opt"] - 0.5][table.columns]
    early = early[early["error_mean"] < 0.9]
    assert quality(early, optima, GAMMA_1, 0.9) == pytest.approx(quality(early, optima, GAMMA_1, 1.5), rel=0.5)
    assert quality(early, optima, GAMMA_1, 0.9) < 1.5


def test_nothing_moves_without_exponents_and_the_largest_P_never(curves):
    table, optima = curves
    for exponents in ((0, 0), (0.5, 1.3)):
        x, y, _ = rescaled(*curves, *exponents)
        largest = table[table["P"] == optima["P"].max()]
        largest = largest.iloc[: len(x[-1])]
        np.testing.assert_allclose(x[-1], largest["log10_norm"])
        np.testing.assert_allclose(y[-1], np.log10(largest["error_mean"]))


def test_points_count_from_the_window_to_a_rise_behind_the_optimum(curves):
    _, optima = curves
    x, y, _ = rescaled(*curves, 0, 0, x_left=0.01, P={1000, 4000})
    of_P = optima.set_index("P")
    assert len(x) == 2
    for values, errors, P in zip(x, y, (1000, 4000), strict=True):
        best = of_P.loc[P, "log10_lambda_opt"]
        assert best < values.max() < best + 0.3
        assert max(errors[values > best]) <= np.log10(of_P.loc[P, "error_opt"]) + RISE
        assert best - 2 <= values.min() < best - 1.8


def test_sigma_is_the_scatter_of_the_runs_and_the_tolerance(curves):
    table, optima = curves
    _, _, sigma = rescaled(*curves, 0, 0)
    one = table[table["P"] == 500]
    relative = (one["error_sem"] / one["error_mean"]).dropna() / math.log(10)
    assert len(set(sigma[0])) == 1
    assert sigma[0][0] == pytest.approx(math.hypot(math.sqrt((relative**2).mean()), TOLERANCE))
    _, _, alone = rescaled(table.assign(error_sem=np.nan), optima, 0, 0)
    assert set(alone[0]) == {TOLERANCE}


def test_curves_that_do_not_meet_have_no_quality(curves):
    assert math.isnan(quality(*curves, 0.5, 50.0))
    assert math.isnan(quality(*curves, 0.5, 1.2, P={500}))


def test_it_is_houdayer_and_hartmanns(curves):
    assert quality(*curves, 0.5, 1.0) == houdayer_hartmann(*rescaled(*curves, 0.5, 1.0))
