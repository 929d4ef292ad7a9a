"""The one power-law fit, against closed forms and numpy."""

import numpy as np
import pytest

from scaling.analysis.power_law import fit_power_law


def test_an_exact_power_law_is_found_exactly():
    x = np.array([0.0, 1.0, 3.0, 7.0])
    law = fit_power_law(x, 2.5 - 0.59 * x)
    assert law.exponent == pytest.approx(-0.59, abs=1e-14)
    assert law.intercept == pytest.approx(2.5, abs=1e-14)
    assert law.sigma == pytest.approx(0, abs=1e-13)


def test_it_equals_numpys_polyfit():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=30) + 70, rng.normal(size=30)
    (slope, intercept), covariance = np.polyfit(x, y, 1, cov=True)
    law = fit_power_law(x, y)
    assert law.exponent == pytest.approx(slope, rel=1e-9)
    assert law.intercept == pytest.approx(intercept, rel=1e-9)
    assert law.sigma == pytest.approx(np.sqrt(covariance[0, 0]), rel=1e-9)


def test_gaps_are_dropped_and_two_points_have_no_sigma():
    law = fit_power_law(np.array([1.0, 2.0, np.nan, 4.0]), np.array([1.0, 2.0, 3.0, np.inf]))
    assert law.points == 2 and law.exponent == pytest.approx(1) and np.isnan(law.sigma)


@pytest.mark.parametrize("x", [[1.0], [np.nan, 1.0], [2.0, 2.0]])
def test_too_little_is_an_error(x):
    with pytest.raises(ValueError, match="two or more"):
        fit_power_law(np.array(x), np.ones(len(x)))
