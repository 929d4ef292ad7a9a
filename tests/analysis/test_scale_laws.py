"""Power laws of the scales: plain least squares, and the correction where the smallest P ask for one."""

import numpy as np
import pytest

from scaling.analysis.power_law import fit_power_law
from scaling.analysis.robust.scale_laws import correction_exponent, curvature, fit_scale_law, offsets
from scaling.analysis.robust.thresholds import LEFT_OUT_WIDTH, OFFSET_WIDTH, OMEGAS

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


def test_an_offset_that_the_data_show_is_found_and_one_that_they_do_not_is_what_the_prior_says():
    omega, size, gamma_1 = 0.7, 0.1, 0.4
    a = 0.7 * LOG10_P + size * 10 ** (-omega * (LOG10_P - LOG10_P[0]))
    scales = (a[None], -gamma_1 * a[None])
    sharp, blunt = (offsets(LOG10_P, scales, noises, np.zeros((2, 1))) for noises in ((1e-6, 1e-6), (1e3, 1e3)))
    # omega is the slope of the whole, offset and all
    assert sharp[0].size == pytest.approx([size], rel=0.2)
    assert sharp[1].size == pytest.approx(-gamma_1 * sharp[0].size)
    assert fit_scale_law(LOG10_P, scales[0], None, sharp[0]).exponent == pytest.approx([0.7], abs=0.01)
    assert blunt[0].size == pytest.approx([0.0], abs=1e-6)
    both = tuple(np.repeat(values, 2, 0) for values in scales)
    centres = np.array([[-0.8, 1.3], [0.5, -0.2]])
    drawn = offsets(LOG10_P, both, (1e3, 1e3), centres)
    assert drawn[0].size == pytest.approx(OFFSET_WIDTH * centres[0], abs=1e-6)
    assert drawn[1].size == pytest.approx(-gamma_1 * drawn[0].size, abs=1e-6)
    # Where smaller P were left out nothing ties the two.
    drawn = offsets(LOG10_P, both, (1e3, 1e3), centres, left_out=True)
    for found, centre in zip(drawn, centres, strict=True):
        assert found.size == pytest.approx(LEFT_OUT_WIDTH * centre, abs=1e-6)


def test_the_offset_is_that_of_least_squares_with_the_prior_as_one_more_point():
    values = 0.6 * LOG10_P + np.random.default_rng(1).normal(0, 0.02, LOG10_P.size)
    noise = 0.01
    found, _ = offsets(LOG10_P, (values[None], -values[None]), (noise, noise), np.array([[0.5], [0.0]]))
    z = 10 ** (-found.omega * (LOG10_P - LOG10_P[0]))
    point = noise / np.linalg.norm(curvature(LOG10_P))
    rows = np.vstack([np.stack([np.ones_like(z), LOG10_P, z], axis=1) / point, [0, 0, 1 / OFFSET_WIDTH]])
    plain = np.linalg.lstsq(rows, np.append(values / point, 0.5), rcond=None)[0]
    assert found.size == pytest.approx([plain[2]])
    law = fit_scale_law(LOG10_P, values[None], None, found)
    assert [law.intercept[0], law.exponent[0], law.correction[0]] == pytest.approx(plain)
    assert np.allclose(law.at(LOG10_P), plain[0] + plain[1] * LOG10_P + plain[2] * z)


def test_a_law_with_a_correction_has_no_offset_beside_it():
    values = np.stack([scale(0.7, 0.2, 1.0)] * 2)
    found, _ = offsets(LOG10_P, (values, -values), (0.01, 0.01), np.zeros((2, 2)))
    mixed = fit_scale_law(LOG10_P, values, np.array([1.0, np.nan]), found)
    assert mixed.exponent[0] == pytest.approx(0.7) and mixed.omega[0] == 1.0
    assert mixed.omega[1] == found.omega and mixed.correction[1] == found.size[1]
