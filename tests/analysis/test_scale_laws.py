"""Power laws of the scales: plain least squares, and the correction where the smallest P ask for one."""

import numpy as np
import pytest

from scaling.analysis.power_law import fit_power_law
from scaling.analysis.robust.scale_laws import correction_exponent, fit_scale_law
from scaling.analysis.robust.thresholds import OMEGAS

LOG10_P = np.log10([500, 1000, 2000, 4000, 8000, 16000, 32000])


def scale(exponent, correction, omega):
    return 0.3 + exponent * LOG10_P + correction * 10 ** (-omega * (LOG10_P - LOG10_P[0]))


def test_without_a_correction_it_is_the_one_power_law_that_there_is():
    values = np.random.default_rng(0).standard_normal((3, LOG10_P.size))
    law = fit_scale_law(LOG10_P, values)
    for row in range(3):
        known = fit_power_law(LOG10_P, values[row])
        assert law.exponent[row] == pytest.approx(known.exponent, rel=1e-12)
        assert law.intercept[row] == pytest.approx(known.intercept, rel=1e-12)
    assert (law.correction == 0).all() and np.isnan(law.omega).all()
    assert np.allclose(law.at(LOG10_P), law.intercept[:, None] + law.exponent[:, None] * LOG10_P)


@pytest.mark.parametrize("omega", [OMEGAS[0], OMEGAS[4], OMEGAS[-1]])
def test_a_law_with_a_correction_is_found_with_its_exponent(omega):
    scales = [scale(0.7, -0.2, omega)[None], scale(-0.3, 0.1, omega)[None]]
    found = correction_exponent(LOG10_P, scales)
    assert found == pytest.approx([omega])
    laws = [fit_scale_law(LOG10_P, values, found) for values in scales]
    assert [law.exponent[0] for law in laws] == pytest.approx([0.7, -0.3])
    assert [law.correction[0] for law in laws] == pytest.approx([-0.2, 0.1])
    assert np.allclose(laws[0].at(LOG10_P), scales[0])


def test_each_sample_has_an_omega_of_its_own():
    values = np.stack([scale(0.7, 0.2, OMEGAS[0]), scale(0.5, 0.2, OMEGAS[-1])])
    found = correction_exponent(LOG10_P, [values])
    assert found == pytest.approx([OMEGAS[0], OMEGAS[-1]])
    assert fit_scale_law(LOG10_P, values, found).exponent == pytest.approx([0.7, 0.5])


def test_missing_points_are_left_out_and_too_few_give_nothing():
    values = scale(0.7, 0.2, 1.0)[None].copy()
    values[0, 2] = np.nan
    assert fit_scale_law(LOG10_P, values, np.array([1.0])).exponent == pytest.approx([0.7])
    values[0, 3:] = np.nan
    assert np.isnan(fit_scale_law(LOG10_P, values).exponent).all()
    assert np.isnan(fit_scale_law(LOG10_P[:3], scale(0.7, 0.2, 1.0)[None, :3], np.array([1.0])).exponent).all()
