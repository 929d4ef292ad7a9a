"""Refusals: no exponent where the curves bear none, and a sentence why."""

import numpy as np
import pytest

from scaling.analysis.robust.procedure import robust_exponents
from scaling.analysis.robust.slopes import Slopes, _change
from scaling.validation.scenarios import SCENARIOS
from scaling.validation.synthetic import synthetic_study


def fitted(kind, seed):
    scenario, rng = SCENARIOS[kind], np.random.default_rng([5, seed])
    runs = synthetic_study(scenario.truth(rng), scenario.noise, np.array(scenario.P), scenario.seeds, rng)
    return robust_exponents(runs.drop(columns="epoch"), 60, every_range=False)


@pytest.mark.parametrize(
    ("kind", "missing", "said"),
    [("no_law", ["gamma_1", "gamma_pred"], "no gamma_1"), ("featureless", ["gamma_2", "gamma_pred"], "no gamma_2")],
)
def test_what_the_curves_do_not_bear_has_no_number_and_a_sentence(kind, missing, said):
    row = fitted(kind, 1).exponents.iloc[0]
    for name in missing:
        assert np.isnan(row[name]) and np.isnan(row[f"{name}_low"])
    assert said in row.note


def test_a_law_tells_its_window_and_its_local_slopes():
    result = fitted("guessing", 0)
    row, inside = result.exponents.iloc[0], result.slopes[result.slopes["in_window"]]
    assert row.window_decades >= 0.5 and row.window_error_high > row.window_error_low
    assert inside["slope"].median() == pytest.approx(row.gamma_1, rel=0.15)
    assert (result.slopes["sigma"] > 0).all()


def test_a_factor_common_to_all_slopes_says_nothing_of_how_they_vary():
    """As an unknown floor gives: every slope is known to half of itself, their ratios are exact."""
    rng = np.random.default_rng(0)
    slope = np.array([0.12, 0.11, 0.1, 0.04, -0.03])
    drawn = slope * rng.lognormal(0, 0.5, (200, 1))
    slopes = Slopes(np.arange(5.0), slope, drawn)
    assert (slopes.sigma > 0.4 * np.abs(slope)).all()
    changes = _change(slopes.drawn, 4, 0, np.arange(5))
    assert changes == pytest.approx(np.full(200, 0.15 / 0.12))
    assert np.isnan(Slopes(np.arange(5.0), slope, np.empty((0, 5))).sigma).all()


def test_curves_with_a_bend_have_a_scale_and_power_laws_have_none():
    bent, straight = (fitted(kind, 2).exponents.iloc[0] for kind in ("plain", "featureless"))
    assert np.isfinite(bent.gamma_2) and "featureless" not in bent.note
    assert np.isnan(straight.gamma_2) and "featureless" in straight.note
