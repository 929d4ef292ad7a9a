"""What the covariates say in the table of all models."""

import numpy as np
import pytest

from scaling.covariates import exponents, feature_scaling, tables
from scaling.covariates.laws import COLUMNS, known_curves, laws
from scaling.covariates.predictions import predict

LAWS = [(0.5, 0.8, 0.0), (2.0, 4.0, 0.0), (0.5, 2.0, 0.1), (0.5, 0.8, 0.1)]
NS = [1e2, 1e3, 1e4]


@pytest.fixture(scope="module")
def curves():
    return tables.curves(LAWS, NS, np.geomspace(0.01, 1e4, 60))


@pytest.fixture(scope="module")
def optima():
    return tables.optima(LAWS, NS)


def test_the_rows(curves, optima):
    floors = feature_scaling.floors(0.5, 0.8, ["relu"], [10, 100])
    isotropic = feature_scaling.isotropic(["relu"], [0.5, 8], np.geomspace(0.1, 1e3, 6))
    table = laws(exponents.exponents(LAWS, [1e3, 1e5]), curves, optima, floors, isotropic)
    assert list(table.columns) == COLUMNS and not table.duplicated(["model", "regime"]).any()
    first, fourth, saturated, noisy = table.iloc[:4].to_dict("records")
    assert first["gamma_1"] * first["gamma_2"] == pytest.approx(first["gamma"]) and first["gamma_1_error"] == 0
    assert first["collapse"] == "yes" and "a second early law" in fourth["sentence"]
    assert fourth["gamma_1"] * fourth["gamma_2"] / fourth["gamma"] == pytest.approx(4 / 3)
    assert np.isnan(saturated["gamma_1"]) and np.isnan(saturated["gamma_1_error"]) and saturated["gamma_2"] == 0
    assert "floor of 0.0975" in noisy["sentence"]
    assert noisy["q_1"] == predict(0.5, 0.8, 0.1).q_1 and noisy["q_1_error"] == 0 and first["q_1"] == 0
    assert table["q_2"].isna().all(), "other powers of n hide it"
    features = table.iloc[4:6]
    np.testing.assert_allclose(features["gamma_2"], [0.75, 0.5])
    assert table["gamma_1"].iloc[6:].isna().all() and table["gamma"].iloc[6:].isna().all()


def test_the_curves(curves, optima):
    known = known_curves(curves, optima)
    assert known["regime"].nunique() == 4  # the noisy law twice; the law that saturates has no gamma_1
    assert not known["regime"].str.contains("delta = 2,").any()
    above = known[known["regime"].str.contains("above the floor")]
    noisy = known[known["regime"].str.contains("noise") & ~known["regime"].str.contains("above")]
    q_1 = predict(0.5, 0.8, 0.1).q_1
    np.testing.assert_allclose(noisy["test_error"].to_numpy() - above["test_error"].to_numpy(), q_1)
    assert above["test_error"].min() > 0 and set(known["P"]) == {100, 1000, 10_000}


def test_too_few_curves(curves, optima):
    assert known_curves(curves[curves["n"] < 5e3], optima[optima["n"] < 5e3]).empty
