"""The exponents of the fixed-norm perceptron approach 1/2, 1 and 1/2."""

import numpy as np
import pytest

from scaling.core.errors import BadInput
from scaling.perceptron.theory import solve
from scaling.perceptron.theory_exponents import COLLAPSE_RANGE, collapse, exponents, local_exponents

ALPHAS = [0.5, 5, 100, 1e3, 1e5]


@pytest.fixture(scope="module")
def local():
    return local_exponents(ALPHAS)


def test_the_approach_to_the_limit(local):
    for column, limit in (("gamma_1_steepest", 0.5), ("gamma_2", 1)):
        distance = limit - local[column].to_numpy()
        assert np.all(distance > 0) and np.all(np.diff(distance) < 0)
        assert distance[-1] < 4e-4
    # gamma overshoots 1/2 around alpha = 10 and falls back
    assert local["gamma"].iloc[-1] == pytest.approx(0.5, abs=1e-5)
    assert local["gamma_1_steepest"].to_numpy()[2:] == pytest.approx([0.4646, 0.4924, 0.49965], abs=6e-5)


def test_the_window_is_where_the_local_exponent_is_steep(local):
    row = local.iloc[3]
    lambdas = np.geomspace(row["lambda_min"], row["lambda_max"], 50)
    exponent = -solve([row["alpha"]], lambdas).dlog_epsilon_dlog_lambda[0]
    assert np.all(exponent >= row["gamma_1_steepest"] - 0.0051)
    assert np.mean(exponent) == pytest.approx(row["gamma_1"], abs=2e-4)
    outside = -solve([row["alpha"]], [row["lambda_min"] * 0.9, row["lambda_max"] * 1.1]).dlog_epsilon_dlog_lambda[0]
    assert np.all(outside < row["gamma_1_steepest"] - 0.005)


def test_the_curves_collapse(local):
    """The residual falls as 1/alpha^2, the order of the first term that the limit drops."""
    residual = local["collapse_rms"].to_numpy()
    assert np.all(np.diff(residual) < 0) and np.all(residual <= local["collapse_max"])
    assert residual[3] / residual[2] == pytest.approx(1e-2, rel=0.02)
    table = collapse([100.0])
    assert table["lambda_over_opt"].iloc[[0, -1]].to_numpy() == pytest.approx(COLLAPSE_RANGE)
    distance = np.log(table["epsilon_over_opt"] / table["limit"])
    assert np.sqrt(np.mean(distance**2)) == pytest.approx(residual[2])


def test_the_table_of_exponents(local):
    table = exponents(local).set_index("quantity")
    assert list(table.columns) == [
        "setting", "value", "sigma", "alpha_min", "alpha_max", "lambda_min", "lambda_max", "note",
    ]  # fmt: skip
    assert table.loc["gamma_1", "value"] == pytest.approx(0.5, abs=2e-3)
    assert table.loc["gamma_2", "value"] == pytest.approx(1, abs=1e-4)
    assert table.loc["gamma", "value"] == pytest.approx(0.5, abs=2e-3)
    assert table.loc["gamma_2", "alpha_min"] == 100


def test_one_alpha_gives_no_power_law():
    table = exponents(local_exponents([5.0])).set_index("quantity")
    assert np.isfinite(table.loc["gamma_1", "value"])
    assert np.isnan(table.loc["gamma_2", "value"]) and "two alphas" in table.loc["gamma_2", "note"]


def test_bad_alphas():
    with pytest.raises(BadInput, match="alphas: 0 is not in"):
        local_exponents([0.0])
