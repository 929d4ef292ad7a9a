"""Numbers as people write them."""

import math

import pytest

from scaling.core.notation import power_of_ten, with_interval, with_uncertainty


@pytest.mark.parametrize(
    ("value", "sigma", "text"),
    [
        (0.59, 0.06, "0.59(6)"),
        (0.2096, 0.0112, "0.210(11)"),
        (18.39, 2.1, "18.4(21)"),
        (21.3, 6.0, "21(6)"),
        (183.2, 21.0, "183(21)"),
        (0.96, 0.25, "0.96(25)"),
        (0.12, 0.02, "0.12(2)"),
        (0.5, 0.0996, "0.50(10)"),
        (0.0124, 0.0002, "0.0124(2)"),
        (1.23456, math.nan, "1.23"),
        (0.5, 0.0, "0.500"),
        (math.nan, 0.1, "–"),
        (-0.05, 0.1, "-0.05(10)"),
        (-0.04, 0.3, "0.0(3)"),
    ],
)
def test_uncertainty_stands_in_units_of_the_last_digit(value, sigma, text):
    assert with_uncertainty(value, sigma) == text


@pytest.mark.parametrize(
    ("value", "text"), [(1e-4, "$10^{-4}$"), (2.5e-4, r"$2.5\times10^{-4}$"), (0.3, "0.3"), (1e5, "$10^{5}$")]
)
def test_settings_are_written_as_powers_of_ten(value, text):
    assert power_of_ten(value) == text


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((0.583, 0.521, 0.660), "0.583 [0.521, 0.660]"),
        ((2.2, -0.3, 4.1), "2.2 [-0.3, 4.1]"),
        ((20, -0.3, 41), "20 [0, 41]"),
        ((-0.2, math.nan, 1), "-0.200"),
    ],
)
def test_an_interval_has_the_digits_of_its_width_and_zero_no_sign(numbers, text):
    assert with_interval(*numbers) == text
