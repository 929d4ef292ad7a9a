"""The limit of many patterns: against the full solver at a large n, and its two ends in closed form."""

import numpy as np
import pytest

from scaling.core.errors import BadInput
from scaling.covariates.predictions import early_constant, early_exponent, predict
from scaling.covariates.scaling_limit import limit, limit_optimum, max_margin
from scaling.covariates.spectra import power_law
from scaling.covariates.tables import collapse
from scaling.covariates.theory import Path


@pytest.mark.parametrize("law", [(0.5, 0.8), (1, 1), (2, 1)])
def test_the_minimum_against_the_full_solver(law):
    n = 1e9
    best, prediction = Path.follow(power_law(*law), [n]).optimum(), predict(*law)
    norm, epsilon = limit_optimum(*law)
    assert np.exp(best.log_norm[0]) == pytest.approx(norm * n**prediction.gamma_2, rel=2e-5)
    assert best.epsilon[0] == pytest.approx(epsilon * n**-prediction.gamma, rel=1e-5)


@pytest.mark.parametrize("law", [(0.5, 0.8), (1, 1)])
def test_the_early_end(law):
    points = limit(*law, np.array([-14.0, -10.0]))
    constant, beta = early_constant(*law), early_exponent(*law)
    apart = points.epsilon * points.norm**beta / constant - 1
    assert abs(apart[0]) < 1e-4 and abs(apart[0]) < abs(apart[1])
    # S = lam theta there is sqrt((1 - beta)/(12 (1 + beta))) pi
    assert points.lam_theta[0] == pytest.approx(np.pi * np.sqrt((1 - beta) / (12 * (1 + beta))), rel=1e-3)


@pytest.mark.parametrize(("law", "ratio"), [((0.5, 0.8), 1.02857), ((1, 1), 1.05269), ((2, 1), 1.07834)])
def test_the_maximum_margin(law, ratio):
    """The far end of the curve, where log k is about the margin: 1/log k away; and of the full solver at n = 1e9."""
    end, (_, best) = max_margin(*law), limit_optimum(*law)
    far = limit(*law, np.array([1e4, 4e4])).epsilon / end - 1
    assert abs(far[1]) < 1e-5 and far[0] / far[1] == pytest.approx(4, rel=0.05)
    assert end / best == pytest.approx(ratio, abs=6e-6)
    path = Path.follow(power_law(*law), [1e9])
    assert path.epsilon_end[0] / path.optimum().epsilon[0] == pytest.approx(ratio, abs=3e-4)


def test_the_collapse_comes_closer_as_n_grows():
    table = collapse(0.5, 0.8, [1e2, 1e3, 1e4])
    limit_curve = table[np.isinf(table["n"])].set_index("norm_over_opt")["epsilon_over_opt"]
    assert limit_curve.min() == pytest.approx(1, abs=1e-4)  # no point of the grid is the minimum
    apart = []
    for n in (1e2, 1e3, 1e4):
        curve = table[table["n"] == n].set_index("norm_over_opt")["epsilon_over_opt"]
        inside = curve.index[curve.index > 0.3]
        apart.append(np.abs(np.log(curve[inside] / limit_curve[inside])).max())
    assert apart == pytest.approx([0.017, 0.005, 0.0016], rel=0.1)


@pytest.mark.parametrize("law", [(0.5, 2), (2, 4), (0.5, 1.5)])
def test_there_is_no_such_limit_elsewhere(law):
    with pytest.raises(BadInput, match=r"exists for delta below 1 \+ a only"):
        limit(*law, np.zeros(1))


def test_no_minimum_is_said():
    with pytest.raises(BadInput, match="has no minimum"):
        limit_optimum(0.1, 0.5)
