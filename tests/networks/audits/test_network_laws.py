"""What the trained networks say in the table of all models."""

import numpy as np
import pandas as pd
import pytest

from scaling.networks.audits.laws import COLUMNS, laws

FOUND = {
    "study": "trained", "cell": "CNN_digits", "variant": "baseline", "norm": "l2", "procedure": "robust",
    "gamma_1": 0.5, "sigma_1": 0.1, "gamma_2": 0.4, "sigma_2": 0.02, "gamma_meas": 0.21, "sigma_meas": 0.03,
    "difference": -0.01, "difference_low": -0.1, "difference_high": 0.08,
    "number_of_P": 5, "censored_P": 0, "min_P": 100, "note": np.nan,
    "fitted_floor": 0.05, "log10_q_2": 2.0,
}  # fmt: skip


def row(**changed) -> dict:
    table = pd.DataFrame([FOUND | {"procedure": "authors", "gamma_1": 9.0}, FOUND | changed])
    (only,) = laws(table).to_dict("records")
    return only


def test_the_robust_exponents():
    found = row()
    assert list(found) == COLUMNS
    assert (found["gamma_1"], found["gamma_2_error"], found["gamma"]) == (0.5, 0.02, 0.21)
    assert (found["q_1"], found["q_2"]) == (0.05, pytest.approx(100)) and np.isnan(found["q_1_error"])
    assert np.isnan(row(log10_q_2=np.nan)["q_2"]), "none where none is preferred"
    assert (found["collapse"], found["minimum"], found["model"]) == ("yes", "yes", "network CNN digits")
    assert found["sentence"] == "gamma_1 gamma_2 - gamma = -0.010 [-0.100, 0.080]"


def test_what_is_refused():
    note = "no range of P and norm collapses (p = 0.001); fewer than 3 P with a minimum: no gamma_meas"
    found = row(note=note, gamma_meas=np.nan, difference=np.nan, censored_P=3)
    assert (found["collapse"], found["minimum"]) == ("no", "at 2 of 5 P") and np.isnan(found["gamma"])
    assert found["sentence"] == f"gamma_1 gamma_2 - gamma cannot be told; {note}"
    assert row(censored_P=5)["minimum"] == "no"


def test_nothing_to_fit():
    found = row(number_of_P=pd.NA, censored_P=pd.NA, min_P=np.nan, note="1 values of P", gamma_1=np.nan)
    assert (found["collapse"], found["minimum"]) == ("not measured", "not measured")
    assert found["how"] == "measured, robust procedure"
