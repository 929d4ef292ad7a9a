"""The saddle point: its Jacobian, and the equations as the literature writes them, by plain quadrature."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import expit, ndtr

from scaling.core.channel import Quadrature
from scaling.core.errors import NotConverged
from scaling.covariates import saddle_point
from scaling.covariates.random_features import RandomFeatures, unit_trace
from scaling.covariates.saddle_point import arc_target, equations, newton
from scaling.covariates.spectra import isotropic, power_law
from scaling.covariates.theory import Path

FEATURES = {
    "isotropic": isotropic(1.0, 0.1),
    "finite": power_law(0.5, 0.8, 100, 0.1),
    "infinite": power_law(0.5, 0.8),
    "random": RandomFeatures(unit_trace(power_law(0.5, 0.8, noise=0.1)), 50, "relu"),
}


@pytest.mark.parametrize("name", FEATURES)
def test_the_jacobian_is_the_derivative_of_the_residuals(name):
    random, count, step = np.random.default_rng(0), 12, 1e-5
    ranges = [(-1, 3), (-1, 4), (-2, 0.5), (-6, 1)]
    unknowns = np.array([random.uniform(*each, count) for each in ranges])
    n = np.full(count, 80.0)
    here = equations(FEATURES[name], n, unknowns)
    for i in range(4):
        shift = step * np.eye(4)[i][:, None]
        up, down = equations(FEATURES[name], n, unknowns + shift), equations(FEATURES[name], n, unknowns - shift)
        slope = (up.residual - down.residual) / (2 * step)
        scale = np.abs(here.jacobian[:, i]).max()
        np.testing.assert_allclose(here.jacobian[:, i], slope, atol=1e-6 * scale)
        of_norm = (up.log_norm - down.log_norm) / (2 * step)
        np.testing.assert_allclose(here.log_norm_gradient[i], of_norm, atol=1e-6)


def textbook(spectrum, n, lam, k, theta, kappa):
    """The six equations of Loureiro et al. (2021) at a solution, each side; omega is the cavity field of a pattern."""

    def prox(omega):
        return brentq(lambda z: z - omega - 2 * k * expit(-2 * z), omega - 1, omega + 2 * k + 1, xtol=1e-15)

    def mean(function, width):
        def integrand(x):
            return function(x) * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)

        ends = [-9, -4, -1, 0, 1, 4, 9]
        return sum(quad(integrand, a, b, epsabs=1e-14, epsrel=1e-12, limit=300)[0] for a, b in pairwise(ends))

    R, s = np.cos(theta), np.sin(theta)

    def weight(x):  # both labels: twice the probability that the field has the label's sign
        return 2 * ndtr(R * x / s)

    def curvature(z):
        return 1 / np.cosh(z) ** 2

    def response(x):
        v = curvature(prox(lam * x))
        return v / (1 + k * v)

    v_hat = n * mean(lambda x: weight(x) * response(x), lam)
    q_hat = n * mean(lambda x: weight(x) * ((prox(lam * x) - lam * x) / k) ** 2, lam)
    m_hat = n * np.sqrt(2 / np.pi) * mean(lambda x: (prox(lam * s * x) - lam * s * x) / k, lam)
    mu = kappa * v_hat
    cov2, om, g = spectrum.tau * spectrum.om, spectrum.om, spectrum.g
    ridge = mu + v_hat * om
    return {
        "V": (k, g @ (om / ridge)),
        "q": (lam**2, (om * m_hat**2 * cov2 / ridge**2).sum() + q_hat * (g * om**2 / ridge**2).sum()),
        "m": (lam * R, m_hat * (cov2 / ridge).sum()),
        "norm": (None, np.sqrt((m_hat**2 * cov2 / ridge**2).sum() + q_hat * (g * om / ridge**2).sum())),
    }


@pytest.mark.parametrize(
    ("spectrum", "n", "norm"),
    [(power_law(0.5, 0.8, 30), 60, 2.0), (power_law(2, 4, 20, 0.1), 40, 5.0), (isotropic(1.0, 0.05), 3.0, 4.0)],
)
def test_the_textbook_equations_by_plain_quadrature(spectrum, n, norm):
    point = Path.follow(spectrum, [n], norm).at_norm(np.array([0]), np.log([norm]))
    sides = textbook(spectrum, n, point.lam[0], np.exp(point.log_k[0]), point.theta[0], point.kappa[0])
    assert sides.pop("norm")[1] == pytest.approx(norm, rel=1e-10)
    for name, (left, right) in sides.items():
        assert left == pytest.approx(right, rel=1e-10), name


def test_finer_integrals_change_nothing():
    finer = Quadrature(nodes=32, width=1.0, kernel_panels=12, gauss_panels=6, reach=11, tail=30)
    which, norms = np.repeat([0, 1, 2], 4), np.log(np.tile([0.1, 3, 100, 3000], 3))
    ours, theirs = (
        Path.follow(FEATURES["infinite"], [30, 1e4, 1e8], 3000, quadrature).at_norm(which, norms)
        for quadrature in (Quadrature(), finer)
    )
    np.testing.assert_allclose(ours.epsilon, theirs.epsilon, rtol=1e-11)
    np.testing.assert_allclose(ours.kappa, theirs.kappa, rtol=1e-10)


def test_a_failure_names_n_and_the_scale(monkeypatch):
    monkeypatch.setattr(saddle_point, "NEWTON_STEPS", 1)
    guess = np.array([[0.0], [0.0], [0.0], [0.0]])
    with pytest.raises(NotConverged, match=r"of 1 features was not found at n = 5, lam = "):
        newton(FEATURES["isotropic"], np.array([5.0]), guess, arc_target, np.array([1.0]))


def test_a_guess_that_is_not_a_number_is_a_failure():
    with np.errstate(all="ignore"), pytest.raises(NotConverged, match="n = 5"):
        newton(FEATURES["isotropic"], np.array([5.0]), np.array([[0.0]] * 3 + [[np.nan]]), arc_target, np.ones(1))
