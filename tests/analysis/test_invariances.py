"""What the exponents must not depend on: units of norm and error, the order of rows, the names of seeds."""

import numpy as np
import pandas as pd
import pytest
from harness.paths import EXAMPLE_CURVES
from hypothesis import given, settings
from hypothesis import strategies as st

from scaling.analysis.robust.procedure import robust_exponents

BASE = pd.read_csv(EXAMPLE_CURVES, sep="\t").assign(diverged=False)
BASE["log10_norm"] = np.log10(BASE.pop("norm"))
EXPONENTS = ["gamma_1", "gamma_2", "gamma_pred", "gamma_meas"]
FEW = settings(max_examples=4, deadline=None)


def exponents(trajectories):
    return robust_exponents(trajectories, resamples=0).exponents[EXPONENTS].to_numpy(float)[0]


@pytest.fixture(scope="module")
def expected():
    return exponents(BASE)


@FEW
@given(shift=st.floats(-30, 30))
def test_the_unit_of_the_norm_does_not_matter(expected, shift):
    np.testing.assert_allclose(exponents(BASE.assign(log10_norm=BASE["log10_norm"] + shift)), expected, rtol=1e-5)


@FEW
@given(factor=st.floats(0.01, 1.0))
def test_the_unit_of_the_error_does_not_matter(expected, factor):
    np.testing.assert_allclose(exponents(BASE.assign(test_error=BASE["test_error"] * factor)), expected, rtol=1e-5)


@FEW
@given(seed=st.integers(0, 2**31))
def test_neither_the_order_of_rows_nor_the_names_of_seeds_matter(expected, seed):
    shuffled = BASE.sample(frac=1, random_state=seed)
    shuffled["seed"] = 100 - shuffled["seed"]
    np.testing.assert_allclose(exponents(shuffled), expected, rtol=1e-9)
