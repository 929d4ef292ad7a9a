"""The validation: studies that can be made again, and honest counting."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from scaling.core.errors import BadInput
from scaling.validation.coverage import coverage_table, validate, with_bounds
from scaling.validation.figure import draw_validation
from scaling.validation.information import half_widths
from scaling.validation.scenarios import SCENARIOS, P
from scaling.validation.synthetic import synthetic_study


@pytest.fixture(scope="module")
def studies():
    return validate("few_seeds", studies=2, resamples=40, seed=3)


def test_every_study_is_the_same_again_and_independent_of_their_number(studies):
    again = validate("few_seeds", studies=1, resamples=40, seed=3)
    pd.testing.assert_frame_equal(again, studies[studies.study == 0])


def test_both_procedures_come_near_the_truth(studies):
    error = (studies.estimate - studies.truth).abs()
    assert error[studies.quantity == "gamma_meas"].max() < 0.05
    assert set(studies.procedure) == {"robust", "authors"}
    assert np.isfinite(studies[["low", "high"]]).all(axis=None)


def test_the_truth_is_eq_4():
    truth = SCENARIOS["plain"].truth(np.random.default_rng(0))
    assert truth.gamma == truth.gamma_1 * truth.gamma_2
    far = np.array([1e3, 1e5])
    at_optimum = truth.log10_error(truth.log10_lambda_opt(far), far)
    assert (at_optimum[0] - at_optimum[1]) / 2 == pytest.approx(truth.gamma)
    beside = truth.log10_error(truth.log10_lambda_opt(far)[:, None] + np.array([-0.01, 0.01]), far[:, None])
    assert (beside > at_optimum[:, None]).all()
    # The early law is one and the same for all P (Eq. 2).
    early = truth.log10_error(-3.0, far)
    assert early[0] == pytest.approx(early[1], abs=1e-4)


def test_a_floor_is_added_to_the_law_and_moves_no_optimum():
    truth = SCENARIOS["floor"].truth(np.random.default_rng(0))
    law = replace(truth, floor=0.0)
    u = np.linspace(-3, 6, 901)
    above = 10 ** truth.log10_error(u, P[-1]) - truth.floor
    np.testing.assert_allclose(above, 10 ** law.log10_error(u, P[-1]), rtol=1e-12)
    assert 0.05 <= truth.floor / above.min() <= 0.5
    assert np.argmin(truth.log10_error(u, P[-1])) == np.argmin(law.log10_error(u, P[-1]))


@pytest.mark.parametrize(("name", "s"), [("guessing", 1), ("guessing_sharp", 2)])
def test_runs_that_begin_near_guessing_leave_it_for_the_law(name, s):
    """eps^-s = law^-s + guess^-s; the first errors are larger than where runs begin on the bend."""
    first = {}
    for key in ("plateau", name):
        kind, rng = SCENARIOS[key], np.random.default_rng(0)
        truth = kind.truth(rng)
        runs = synthetic_study(truth, kind.noise, P[:1], 4, rng)
        first[key] = runs.groupby("seed").test_error.first().mean()
    law = replace(truth, guess=None)
    u = np.linspace(-2, 5, 50)
    error, alone = 10.0 ** truth.log10_error(u, P[0]), 10.0 ** law.log10_error(u, P[0])
    np.testing.assert_allclose(error**-s, alone**-s + 0.9**-s, rtol=1e-12)
    assert first["plateau"] + 0.2 < first[name] < 0.93


def test_coverage_is_counted_right():
    rows = pd.DataFrame(
        {
            "scenario": "plain",
            "procedure": "robust",
            "quantity": "gamma_1",
            "truth": 1.0,
            "estimate": [1.0, 1.2, 1.4, np.nan],
            "low": [0.9, 1.1, 0.9, np.nan],
            "high": [1.1, 1.3, 1.9, np.nan],
        }
    )
    (row,) = coverage_table(rows).to_dict("records")
    assert row["studies"] == 4 and row["with_interval"] == 3
    assert row["bias"] == pytest.approx(0.2)
    assert row["scatter"] == pytest.approx(0.2)
    assert row["coverage"] == pytest.approx(2 / 3)
    assert row["coverage_low"] < 2 / 3 < row["coverage_high"]


def test_beside_half_widths_stand_the_shortest_ones(studies):
    both = pd.concat([studies, studies.assign(scenario="guessing")])
    table = with_bounds(coverage_table(both), studies=2, seed=3).set_index(["scenario", "procedure", "quantity"])
    least = half_widths(SCENARIOS["few_seeds"], 2, 3, floor=True, offset=True)
    column = table["least_half_width"]
    assert column["few_seeds", "robust", "gamma_2"] == least["gamma_2"] > 0.02
    assert np.isfinite(column).sum() == len(least)
    assert column["guessing"].isna().all() and column.xs("authors", level="procedure").isna().all()


def test_the_figure_shows_every_scenario(studies):
    table = coverage_table(pd.concat([studies, studies.assign(scenario="plain")]))
    figure = draw_validation(table)
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["few seeds", "plain"]


def test_an_unknown_scenario_is_named():
    with pytest.raises(BadInput, match="scenario: 'sunny' is not one of plain, "):
        validate("sunny", 1, 10, 0)
