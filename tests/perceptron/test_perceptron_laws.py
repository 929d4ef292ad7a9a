"""What the perceptron says in the table of all models."""

import numpy as np
import pandas as pd
import pytest

from scaling.perceptron.comparison import THEORY_PLUS_DIFFERENCE
from scaling.perceptron.laws import COLUMNS, known_curves, laws
from scaling.perceptron.theory_exponents import exponents, local_exponents
from scaling.perceptron.theory_tables import curves, optima

ALPHAS = [5, 25, 100, 200, 1000]
LIMIT = pd.DataFrame({"lambda": [1.0, 2.0, 1000.0], "slope_free": [-0.4, -0.6, -0.5]})


@pytest.fixture(scope="module")
def local():
    return local_exponents(ALPHAS)


def flow(setting: str, **values: float) -> pd.DataFrame:
    rows = [{"quantity": name, "setting": setting, "value": value, "sigma": 0.01} for name, value in values.items()]
    return pd.DataFrame(rows).assign(alpha_min=10.0, alpha_max=50.0)


def test_the_rows(local):
    free = [
        flow("free-norm", gamma_1=0.46, gamma_2=0.8, gamma=0.45),
        flow(THEORY_PLUS_DIFFERENCE, gamma_2=1.1, gamma=0.52),
    ]
    table = laws(pd.concat([exponents(local), *free]).assign(source="ours"), local, LIMIT)
    assert list(table.columns) == COLUMNS and not table.duplicated(["model", "regime"]).any()
    relative, itself, measured, limit = table.to_dict("records")
    assert relative["gamma"] == pytest.approx(0.5, abs=0.01) and relative["gamma_2"] == pytest.approx(1, abs=1e-3)
    assert relative["q_1"] == relative["q_2"] == itself["q_2"] == limit["q_1"] == 0
    assert np.isnan(measured["q_1"]) and np.isnan(limit["q_2"]), "of samples, and of the flow, none is known"
    # the Hebb rule's error falls as alpha^-1/2
    assert itself["gamma"] == pytest.approx(1, abs=2e-3) and itself["gamma_1"] == relative["gamma_1"]
    assert (measured["gamma_1"], measured["gamma_2"], measured["gamma"]) == (0.46, 1.1, 0.52)
    assert limit["gamma_1"] == 0.5 and np.isnan(limit["gamma"]) and "0.600 at 2" in limit["sentence"]


def test_the_optimal_norm_has_no_offset():
    """lambda_opt = k alpha + q_2: the line through neighbours meets alpha = 0 ever closer to 0."""
    best = optima([50, 100, 1000, 1e4, 1e5]).set_index("alpha")["lambda_opt"]
    slopes = best.diff() / best.index.to_series().diff()
    at_zero = (best - slopes * best.index).dropna().to_numpy()
    assert abs(at_zero[-1]) < 1e-3 and (np.diff(abs(at_zero)) < 0).all()


def test_free_norm_without_the_pair(local):
    table = laws(
        pd.concat([exponents(local), flow("free-norm", gamma_1=0.46)]).assign(source="ours"), local, LIMIT
    )  # fmt: skip
    assert np.isnan(table["gamma_2"].iloc[2]) and np.isnan(table["gamma"].iloc[2])


def test_the_curves():
    lambdas = np.geomspace(0.01, 2000, 30)
    table = known_curves(curves(ALPHAS, lambdas), optima(ALPHAS))
    assert set(table["P"]) == set(ALPHAS)
    assert table["regime"].nunique() == 4
    itself = table[table["regime"].str.startswith("fixed norm, error itself")]
    assert set(itself["gamma"]) == {1.0} and set(table["gamma"]) == {0.5, 1.0}
    one = itself[(itself["P"] == 25)].iloc[:30]
    np.testing.assert_allclose(one["test_error"], curves([25], lambdas)["epsilon"])


def test_curves_that_end_before_their_minimum_are_left_out():
    short = known_curves(curves(ALPHAS, np.geomspace(0.01, 400, 20)), optima(ALPHAS))
    assert set(short["P"]) == {5, 25, 100, 200}
    assert known_curves(curves([5, 25], [0.1, 1, 1000]), optima([5, 25])).empty
