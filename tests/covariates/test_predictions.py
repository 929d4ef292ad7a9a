"""The closed laws against the exact curves: exponents in every region, constants, noise, the borders."""

import numpy as np
import pytest

from scaling.core.errors import BadInput
from scaling.covariates.exponents import exponents
from scaling.covariates.predictions import (
    degrees_constant,
    early_constant,
    features_exponents,
    max_margin_exponent,
    missing_constant,
    predict,
    region,
)
from scaling.covariates.spectra import power_law
from scaling.covariates.theory import Path


def test_a_constant_that_is_known_exactly():
    assert early_constant(1, 1) == pytest.approx(1 / (2 * np.pi), rel=1e-14)


@pytest.mark.parametrize(
    ("a", "delta", "where"),
    [(0.5, 0.8, "I"), (0.5, 2, "II"), (0.5, 4, "III"), (2, 4, "IV"), (0.5, 1.5, "border"), (1, 3, "border")],
)
def test_the_regions(a, delta, where):
    assert region(a, delta) == where
    if where == "border":
        assert np.isnan(predict(a, delta).gamma)


def test_the_product_law_holds_but_in_region_four():
    for a in (0.2, 0.7, 1.5, 3.0):
        for delta in (0.3, 1.1, 2.3, 4.1, 6.7):
            prediction = predict(a, delta)
            if prediction.region == "IV":
                assert prediction.product_over_gamma == pytest.approx(prediction.gamma_1)
                assert prediction.product_over_gamma > 1
            else:
                assert prediction.product_over_gamma == pytest.approx(1, rel=1e-14)


#: How far the local exponents at n = 1e8 are from n = infinity: corrections are small powers of n where beta > 1.
NEAR = [
    ((0.5, 0.8), {"gamma_2": 1e-4, "gamma": 1e-4, "gamma_1": 0.004}),
    ((2, 2), {"gamma_2": 1e-4, "gamma": 1e-4, "gamma_1": 0.002}),
    ((0.5, 2), {"gamma_2": 0.002, "gamma": 0.003, "gamma_1": 0.04}),
    ((0.5, 4), {"gamma_2": 0.003, "gamma": 0.001, "gamma_1": 0.15}),
    ((2, 4), {"gamma_2": 0.003, "gamma": 1e-3, "gamma_1": 0.02}),
]


@pytest.mark.parametrize(("law", "near"), NEAR)
def test_the_exponents_of_the_exact_curves(law, near):
    table = exponents([(*law, 0.0)], [1e4, 1e8])
    for quantity, tolerance in near.items():
        rows = table[table["quantity"] == quantity].set_index("n")
        apart = (rows["measured"] - rows["predicted"]).abs()
        assert apart[1e8] < tolerance, quantity
        # and they come closer as n grows, but where they cross the prediction on the way
        assert apart[1e8] < apart[1e4] or apart[1e4] < 1.1 * tolerance or quantity == "gamma"


def test_the_second_early_law_of_region_four():
    table = exponents([(2, 7, 0.0)], [1e12]).set_index("quantity")
    assert table.loc["gamma_1_second", "measured"] == pytest.approx(1 / 2 - 1 / 3, abs=1e-3)


@pytest.mark.parametrize("law", [(0.5, 0.8, 0.1), (1, 1, 0.1)])
def test_with_noise_the_laws_hold_above_the_floor(law):
    table = exponents([law], [1e8]).set_index("quantity")
    assert table.loc["gamma", "measured"] == pytest.approx(table.loc["gamma", "predicted"], abs=1e-4)
    assert table.loc["gamma_2", "measured"] == pytest.approx(table.loc["gamma_2", "predicted"], abs=2e-3)
    assert predict(*law).q_1 == pytest.approx(power_law(*law[:2], noise=law[2]).floor, rel=1e-12)


@pytest.mark.parametrize("law", [(0.5, 0.8), (1, 1), (2, 2), (0.5, 2), (2, 4)])
def test_the_early_constant(law):
    table = exponents([(*law, 0.0)], [1e3]).set_index("quantity")
    assert table.loc["k_1", "measured"] == pytest.approx(table.loc["k_1", "predicted"], rel=1e-7)


def test_the_constants_of_small_kappa():
    spectrum = power_law(0.5, 0.8)
    kappa = np.exp(-20.0)
    traces = spectrum.traces(np.array([-20.0]))
    assert traces.e[0] / kappa ** (0.8 / 1.5) == pytest.approx(missing_constant(0.5, 0.8), rel=1e-4)
    assert traces.df[0] * kappa ** (1 / 1.5) == pytest.approx(degrees_constant(0.5), rel=1e-4)


def test_the_end_of_the_path_beside_the_optimum():
    """Region I: a ratio; II: a power of n; IV: no closed form is known; I, small a: no minimum."""
    laws, ns = [(0.5, 0.8, 0.0), (0.5, 2, 0.0), (2, 4, 0.0), (0.1, 0.5, 0.0), (0.5, 0.8, 0.1)], [1e7, 1e8]
    table = exponents(laws, ns).query("quantity == 'end_over_opt'").set_index(["a", "delta", "n"])
    assert not (table["noise"] > 0).any()
    known, found = table["predicted"], table["measured"]
    # 2e-3 of the end, and the corrections of n = 1e8
    assert found[0.5, 0.8, 1e8] == pytest.approx(known[0.5, 0.8, 1e8], abs=3e-3)
    assert known[0.5, 0.8, 1e8] == pytest.approx(1.02857, abs=6e-6)
    assert np.isinf(known[0.5, 2, 1e8])
    growth = predict(0.5, 2).gamma - max_margin_exponent(0.5, 2)
    assert np.log10(found[0.5, 2, 1e8] / found[0.5, 2, 1e7]) == pytest.approx(growth, abs=0.01)
    assert np.isnan(known[2, 4, 1e8]) and found[2, 4, 1e8] > 1
    assert np.isnan(known[0.1, 0.5, 1e8]) and np.isnan(found[0.1, 0.5, 1e8]), "no minimum"


@pytest.mark.parametrize("law", [(0.5, 0.8), (0.5, 2), (2, 4)])
def test_the_exponent_of_the_maximum_margin(law):
    ends = Path.follow(power_law(*law), [1e7, 1e8]).epsilon_end
    local = -np.log(ends[1] / ends[0]) / np.log(10)
    assert local == pytest.approx(max_margin_exponent(*law), abs=0.01)


def test_features_of_each_kind():
    assert features_exponents(0.5, 0.8, "modes") == (0.75, 0.4)
    assert features_exponents(0.5, 4, "linear") == (0.75, 0.75)
    gamma_2, gamma = features_exponents(0.5, 0.8, "nonlinear")
    assert gamma / gamma_2 == pytest.approx(predict(0.5, 0.8).gamma_1)


def test_powers_that_cannot_be():
    with pytest.raises(BadInput, match="a = -1, delta = 1"):
        region(-1, 1)
