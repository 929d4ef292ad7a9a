"""Infinite n: stationarity by plain quadrature, the path of many patterns, and a general integrator for the flow."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

from scaling.core.errors import NotConverged
from scaling.covariates import population
from scaling.covariates.population import _flow, flow, odds, path
from scaling.covariates.predictions import early_exponent
from scaling.covariates.random_features import RandomFeatures, isotropic_inputs
from scaling.covariates.spectra import isotropic, power_law
from scaling.covariates.theory import Path


def sech2(lam):
    """E sech^2(lam x)."""
    weighted = lambda x: np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi) / np.cosh(lam * x) ** 2  # noqa: E731
    ends = np.minimum([0, 3 / lam, 20 / lam], 12)
    return 2 * sum(quad(weighted, *part, epsabs=1e-13, epsrel=1e-12)[0] for part in pairwise(ends))


@pytest.mark.parametrize("lam", [3.0, 10.0, 100.0])
def test_the_odds(lam):
    share = np.sqrt(np.pi / 2) * lam * sech2(lam)
    assert odds(lam) == pytest.approx((1 - share) / share, rel=1e-8)


def test_the_odds_at_both_ends():
    assert odds(1e-5) * 1e-5 == pytest.approx(np.sqrt(2 / np.pi), rel=2e-5)
    assert odds(1e6) * 1e12 == pytest.approx(np.pi**2 / 24, rel=1e-10)
    assert odds(1 - 1e-9) == pytest.approx(odds(1 + 1e-9), rel=1e-8)


@pytest.mark.parametrize("features", [power_law(0.5, 0.8, 40, 0.1), RandomFeatures(isotropic_inputs(30), 60, "relu")])
def test_many_patterns_come_to_it(features):
    points = path(features, np.array([-1.0, -4.0]))
    many = Path.follow(features, [1e11], points.norm.max())
    found = many.at_norm(np.zeros(2, int), np.log(points.norm))
    np.testing.assert_allclose(found.epsilon, points.epsilon, rtol=1e-5)
    np.testing.assert_allclose(found.lam, points.lam, rtol=1e-5)


def test_the_end_of_isotropic_features_in_closed_form():
    """lam E sech^2(lam x) = sqrt(2 t0 / pi) at the end, and the error is the floor."""
    features = isotropic(1.0, 0.2)
    end = population.end(features)
    assert end.epsilon[0] == pytest.approx(features.floor, rel=1e-9)
    assert end.lam[0] * sech2(end.lam[0]) == pytest.approx(np.sqrt(2 * 0.8 / np.pi), rel=1e-8)
    assert end.norm[0] == pytest.approx(end.lam[0], rel=1e-12)


def test_the_floor_of_few_modes_and_its_lam():
    """epsilon lam = 1 / sqrt(12) as what the modes miss goes to zero."""
    end = population.end(power_law(0.5, 3, 3000))
    assert end.epsilon[0] * end.lam[0] == pytest.approx(1 / np.sqrt(12), rel=1e-3)


def test_the_flow_against_a_general_integrator():
    spectrum = power_law(0.5, 0.8, 12, 0.05)
    cov = np.sqrt(spectrum.tau * spectrum.om)

    def speed(_, w):
        lam = np.sqrt(spectrum.om @ w**2)
        return np.sqrt(2 / np.pi) * cov - (sech2(lam) if lam > 1e-9 else 1) * spectrum.om * w

    times, points = _flow(spectrum, 3.0, 0.005)
    marks = [int(np.searchsorted(points.norm, norm)) for norm in (0.1, 0.5, 1.5, 3.0)]
    solved = solve_ivp(speed, (0, times[-1]), np.zeros(12), t_eval=times[marks], rtol=1e-9, atol=1e-12)
    for w, mark in zip(solved.y.T, marks, strict=True):
        angle = np.arccos(cov @ w / np.sqrt(spectrum.om @ w**2))
        assert np.linalg.norm(w) == pytest.approx(points.norm[mark], rel=1e-4)
        assert angle / np.pi == pytest.approx(points.epsilon[mark], rel=1e-4)


def test_halved_steps_change_the_flow_by_little():
    coarse, fine = (_flow(power_law(0.5, 0.8), 30.0, growth)[1] for growth in (0.02, 0.01))
    at = np.geomspace(0.1, 29, 10)
    ratio = np.interp(np.log(at), np.log(coarse.norm), np.log(coarse.epsilon)) - np.interp(
        np.log(at), np.log(fine.norm), np.log(fine.epsilon)
    )
    assert np.abs(ratio).max() < 1e-3


@pytest.mark.parametrize(
    ("law", "constant"), [((0.5, 0.8), 1.0982), ((1, 1), 1.0869), ((0.5, 2), 1.359), ((0.5, 4), 1.0)]
)
def test_the_flow_has_the_early_exponent_and_a_constant_factor(law, constant):
    times, points = flow(power_law(*law), 1e3)
    beta = early_exponent(*law)
    slope = np.diff(np.log(points.epsilon))[-1] / np.diff(np.log(points.norm))[-1]
    assert slope == pytest.approx(-beta, abs=3e-3)
    in_time = np.diff(np.log(points.epsilon))[-1] / np.diff(np.log(times))[-1]
    assert in_time == pytest.approx(-beta / (2 + beta) if beta < 1 else -beta / 3, abs=2e-3)
    fixed = path(power_law(*law), np.linspace(3, -32, 600))
    there = np.exp(np.interp(np.log(points.norm[-1]), np.log(fixed.norm), np.log(fixed.epsilon)))
    assert points.epsilon[-1] / there == pytest.approx(constant, abs=3e-3)


def test_a_norm_that_the_flow_does_not_reach():
    with pytest.raises(NotConverged, match="flow stops at"):
        flow(power_law(0.5, 0.8, 5, 0.5), 1e3)
