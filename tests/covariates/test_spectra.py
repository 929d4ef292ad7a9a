"""Spectra: the traces against their definitions, the infinite power law against brute force."""

import numpy as np
import pytest

from scaling.core.errors import BadInput
from scaling.covariates.spectra import Spectrum, isotropic, power_law

LOG_KAPPA = np.linspace(-18, 8, 40)
NAMES = ("df", "df2", "N1", "T1", "e", "N2", "D")


def by_definition(spectrum, log_kappa):
    u = spectrum.om / (spectrum.om + np.exp(log_kappa))
    h, t1 = 1 - u, spectrum.tau @ u
    sums = spectrum.g @ u, spectrum.g @ u**2, spectrum.g @ (u * h), t1, spectrum.tau @ h, spectrum.tau @ (u * h)
    return dict(zip(NAMES, (*sums, spectrum.tau @ u**2 - t1**2), strict=True))


@pytest.mark.parametrize("spectrum", [isotropic(3.0, 0.1), power_law(0.5, 0.8, 50), power_law(1, 1, noise=0.2)])
def test_traces_are_their_definitions(spectrum):
    log_kappa = np.array([-3.0, 0.0, 1.0])  # where the plain sums lose no digits
    traces = spectrum.traces(log_kappa)
    for i, each in enumerate(log_kappa):
        for name, value in by_definition(spectrum, each).items():
            assert getattr(traces, name)[i] == pytest.approx(value, rel=1e-9, abs=1e-13), name


@pytest.mark.parametrize("spectrum", [isotropic(3.0, 0.1), power_law(0.5, 0.8, 50), power_law(1, 1, noise=0.2)])
def test_the_derivatives_are_differences(spectrum):
    step = 1e-5
    here, up, down = (spectrum.traces(LOG_KAPPA + shift) for shift in (0, step, -step))
    expected = {"df": -here.N1, "T1": -here.N2, "e": here.N2, **here.in_log_kappa}
    for name, slope in expected.items():
        difference = (getattr(up, name) - getattr(down, name)) / (2 * step)
        np.testing.assert_allclose(difference, slope, rtol=1e-7, atol=1e-9 * np.abs(slope).max())


@pytest.mark.parametrize(("a", "delta"), [(0.5, 0.8), (1, 1)])
def test_the_infinite_power_law_against_ten_million_modes(a, delta):
    """What is left beyond them: each term om / kappa, as an integral."""
    k = np.arange(1.0, 1e7 + 1)
    om, tau = k ** -(1 + a), k ** -(1 + delta)
    kappa, end = 1e-3, 1e7 + 0.5
    found = power_law(a, delta)
    found = found.traces(np.array([np.log(kappa)]))
    tail = end**-a / a / kappa
    assert found.df[0] == pytest.approx((om / (om + kappa)).sum() + tail, rel=1e-9)
    assert found.e[0] == pytest.approx(
        ((tau * kappa / (om + kappa)).sum() + end**-delta / delta) / (tau.sum() + end**-delta / delta), rel=1e-9
    )


def test_what_a_finite_size_leaves_out_is_noise():
    whole, cut = power_law(0.5, 0.8), power_law(0.5, 0.8, 100)
    assert whole.u0 == 0 and cut.explained == pytest.approx(whole.tau[:100].sum(), rel=1e-10)
    # noise of the variance s adds to the teacher's variance of 1
    assert power_law(0.5, 0.8, noise=0.25).u0 == pytest.approx(0.2, rel=1e-12)


def test_floor_and_separability():
    spectrum = isotropic(1.0, 0.3)
    assert spectrum.floor == pytest.approx(np.arccos(np.sqrt(0.7)) / np.pi, rel=1e-12)
    angle = np.pi / spectrum.separable_up_to
    assert angle / np.tan(angle) == pytest.approx(0.7, rel=1e-10)
    assert isotropic().separable_up_to == np.inf
    # labels that are pure noise: n = 2 p (Cover 1965)
    assert isotropic(1.0, 1 - 1e-9).separable_up_to == pytest.approx(2, rel=1e-6)


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: power_law(0, 1), "a = 0, delta = 1: both must be at least 0.05"),
        (lambda: power_law(1, np.nan), "both must be at least"),
        (lambda: power_law(1, 1, 0), "size = 0"),
        (lambda: power_law(1, 1, noise=-1), "noise = -1"),
        (lambda: isotropic(1, 1.0), "u0 = 1: the share of noise must be at least 0 and below 1"),
    ],
)
def test_refused(make, named):
    with pytest.raises(BadInput, match=named):
        make()


def test_the_modes_explain_what_is_not_noise():
    for spectrum in (isotropic(2.0, 0.1), power_law(0.5, 0.8, 30), power_law(2, 4, noise=0.1)):
        assert isinstance(spectrum, Spectrum)
        assert spectrum.tau.sum() + spectrum.u0 == pytest.approx(1, abs=1e-14)
