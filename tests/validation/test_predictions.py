"""The validation of predictions: the truth of what is predicted, and honest counting."""

import numpy as np
import pandas as pd
import pytest

from scaling.core.errors import BadInput
from scaling.validation.predictions import AHEAD, prediction_coverage, validate_predictions
from scaling.validation.scenarios import SCENARIOS, P


@pytest.fixture(scope="module")
def rows():
    return validate_predictions("floor", studies=2, resamples=40, seed=3)


def test_the_truth_is_the_law_of_the_study(rows):
    truth = SCENARIOS["floor"].truth(np.random.default_rng([3, 1]))
    second = rows[rows["study"] == 1]
    for row in second[second["quantity"] == "log10_lambda_opt"].itertuples():
        assert row.truth == pytest.approx(1.0 + truth.gamma_2 * np.log10(row.P))
    for row in second[second["quantity"] == "error_opt"].itertuples():
        optimum = truth.log10_lambda_opt(row.P)
        assert row.truth == pytest.approx(10 ** truth.log10_error(optimum, row.P)) and row.truth > truth.floor


def test_what_is_predicted_was_not_fitted(rows):
    assert set(rows["fitted_to"]) == {8000, 16000, P[-1]}
    assert (rows["P"] > rows["fitted_to"]).all()
    assert set(rows["P"][rows["fitted_to"] == P[-1]]) == {AHEAD * P[-1]}


def test_predictions_come_near_the_truth(rows):
    part = rows[rows["quantity"] == "error_opt"]
    assert (part["value"] / part["truth"] - 1).abs().median() < 0.1


def test_coverage_is_counted_by_study():
    rows = pd.DataFrame(
        {
            "study": [0, 0, 1, 2],
            "scenario": "plain",
            "quantity": "error_opt",
            "fitted_to": 16000.0,
            "truth": [0.1, 0.1, 0.2, 0.2],
            "value": [0.1, 0.12, 0.2, 0.2],
            "low": [0.09, 0.11, 0.18, np.nan],
            "high": [0.11, 0.13, 0.22, np.nan],
        }
    )
    (row,) = prediction_coverage(rows, studies=3).to_dict("records")
    assert row["studies"] == 3 and row["predicted"] == 2
    assert row["coverage"] == pytest.approx(0.75)
    assert row["sigma_coverage"] == pytest.approx(0.25)
    assert row["bias"] == pytest.approx(0.2 / 3)
    assert row["half_width"] == pytest.approx(0.1)


def test_a_kind_whose_predictions_are_not_tried_is_named():
    with pytest.raises(BadInput, match="scenario: 'no_law' is not one of plain, "):
        validate_predictions("no_law", 1, 10, 0)
