"""Refusals: no exponent where the curves bear none, and a sentence why."""

import numpy as np
import pytest

from scaling.analysis.robust.procedure import robust_exponents
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
