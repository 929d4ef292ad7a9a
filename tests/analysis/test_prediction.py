"""Predictions: the law's own numbers at P that were not fitted, and nothing where nothing can be fitted."""

import numpy as np
import pytest

from scaling.analysis.figures.prediction import draw_prediction
from scaling.analysis.prediction import COLUMNS, predictions
from scaling.analysis.robust.procedure import robust_exponents
from scaling.validation.scenarios import SCENARIOS
from scaling.validation.synthetic import Noise, Truth, synthetic_study

P = np.array([500, 1000, 2000, 4000, 8000, 16000])
TRUTH = Truth(gamma_1=0.4, gamma_2=0.7)


@pytest.fixture(scope="module")
def table():
    runs = synthetic_study(TRUTH, Noise(), P, 8, np.random.default_rng(1))
    return predictions(runs, [160_000], resamples=100)


def known(quantity, size):
    optimum = TRUTH.log10_lambda_opt(size)
    return optimum if quantity == "log10_lambda_opt" else 10 ** TRUTH.log10_error(optimum, size)


@pytest.mark.parametrize("quantity", ["log10_lambda_opt", "error_opt"])
def test_the_true_optimum_lies_in_the_interval_of_what_was_not_fitted(table, quantity):
    rows = table[table["quantity"] == quantity]
    assert list(zip(rows["fitted_to"], rows["P"], strict=True)) == [
        (8000, 16000),
        (4000, 8000),
        (4000, 16000),
        (16000, 160_000),
    ]
    for row in rows.itertuples():
        # One interval in twenty misses: half as wide again, hardly any.
        assert abs(row.value - known(quantity, row.P)) < 0.75 * (row.high - row.low)


def test_the_whole_curve_is_predicted(table):
    rows = table[(table["quantity"] == "error") & (table["P"] == 16000) & (table["fitted_to"] == 8000)]
    truth = 10 ** np.array([TRUTH.log10_error(place, 16000) for place in rows["log10_norm"]])
    near = abs(rows["log10_norm"] - TRUTH.log10_lambda_opt(16000)) < 1.5
    assert np.allclose(rows["value"][near], truth[near], rtol=0.06)
    assert ((rows["measured"] / rows["value"]).dropna() - 1).abs().max() < 0.3


def test_what_was_not_measured_has_no_measured_number(table):
    assert table[table["P"] == 160_000]["measured"].isna().all()
    assert table[table["P"] < 160_000].groupby(["fitted_to", "P"])["measured"].count().min() > 5


def test_without_noise_the_prediction_is_the_truth():
    quiet = Noise(seed_scale=0, smooth=0, test_images=0, gaps=0)
    table = predictions(synthetic_study(TRUTH, quiet, P, 1, np.random.default_rng(0)))
    for row in table[table["quantity"] == "error_opt"].itertuples():
        assert row.value == pytest.approx(known("error_opt", row.P), rel=0.01)
        assert np.isnan(row.low)


def test_too_few_P_give_an_empty_table_that_can_be_drawn(table):
    runs = synthetic_study(TRUTH, Noise(), P[:3], 2, np.random.default_rng(1))
    empty = predictions(runs)
    assert list(empty.columns) == COLUMNS and empty.empty
    assert "nothing is predicted" in draw_prediction(empty).axes[0].texts[0].get_text()
    assert len(draw_prediction(table).axes[0].get_lines()) >= 6


def test_runs_at_norms_of_their_own_predict_nothing():
    """After an epoch or so the norms of two seeds may differ by more than either has moved: there is no mean curve."""
    runs = synthetic_study(TRUTH, Noise(), P, 2, np.random.default_rng(1))
    runs = runs.assign(log10_norm=0.01 * runs["log10_norm"] + runs["seed"])
    assert predictions(runs, [100_000], resamples=20).empty
    row = robust_exponents(runs, resamples=20).exponents.iloc[0]
    assert np.isnan(row["gamma_1"]) and row["note"].startswith("0 values of P with a curve of 7 grid points")


def test_curves_that_never_leave_guessing_predict_nothing():
    runs = synthetic_study(TRUTH, Noise(), P, 2, np.random.default_rng(1))
    runs = runs.assign(test_error=np.random.default_rng(2).uniform(0.899, 0.901, len(runs)), guess=0.9)
    assert predictions(runs, [100_000], resamples=20).empty


def test_curves_without_a_scale_predict_nothing():
    kind, rng = SCENARIOS["featureless"], np.random.default_rng([5, 1])
    runs = synthetic_study(kind.truth(rng), kind.noise, np.array(kind.P), kind.seeds, rng)
    assert predictions(runs, [1_000_000], resamples=40).empty
