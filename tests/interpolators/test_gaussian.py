"""Averages over the proximal operator, against adaptive quadrature over a root, and against differences."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from scaling.interpolators.gaussian import log_prox, moments
from scaling.interpolators.potentials import Network, PNorm

#: potential, lambda, omega, true weight: bulk and spikes, wide and narrow, below and above the threshold lambda.
CASES = [
    (PNorm, 2.0, 1.3, 0.2, 1.0),
    (PNorm, 1.9, 0.4, 0.3, 0.0),
    (PNorm, 1.5, 2.0, 0.1, 1.0),
    (PNorm, 1.5, 0.5, 0.08, 1.0),
    (PNorm, 1.1, 0.3, 0.2, 0.0),
    (PNorm, 1.1, 0.9, 0.21, 1.0),
    (PNorm, 1.05, 0.8, 0.15, 1.0),
    (PNorm, 1.25, 0.02, 0.001, 1.0),
    (Network, 0.0664, 0.02, 0.05, 0.0),
    (Network, 0.00102, 0.05, 0.2, 1.0),
    (Network, 0.229, 0.3, 0.02, 1.0),
]


def of(kind, parameter, lambda_, omega, b, nodes=192, r=()):
    found = moments(kind(np.array([parameter])), np.log([lambda_]), np.log([omega]), np.array([b]), nodes, r)
    return {name: np.ravel(getattr(found, name)) for name in vars(found)}


def prox(kind, parameter, lambda_, x):
    """w by bracketing in log w."""
    which = kind(parameter)
    size = abs(x)
    log_w = brentq(lambda log: np.exp(log) + lambda_ * which.dual(log)[0] - size, -700, np.log(size), xtol=1e-13)
    return np.sign(x) * np.exp(log_w)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_averages_against_quadrature_over_a_root(case):
    kind, parameter, lambda_, omega, b = case

    def average(function):
        def integrand(h):
            x = b + omega * h
            w = prox(kind, parameter, lambda_, x) if abs(x) > 1e-12 else 0.0
            return function(w, h) * np.exp(-(h**2) / 2) / np.sqrt(2 * np.pi)

        # prox is singular at x = 0, and nearly so where it leaves 0
        breaks = [h for h in ((-b + sign * each) / omega for sign in (1, -1) for each in (0, lambda_)) if abs(h) < 12]
        return quad(integrand, -12, 12, points=sorted({0.0, *breaks}), epsabs=1e-13, epsrel=1e-10, limit=400)[0]

    found = of(*case, r=(1.0, 1.5))
    assert found["error"][0] == pytest.approx(average(lambda w, h: (w - b) ** 2), rel=1e-7)
    assert found["slope"][0] == pytest.approx(average(lambda w, h: h * w) / omega, rel=1e-7)  # Stein
    assert found["power"] == pytest.approx([average(lambda w, h, r=r: abs(w) ** r) for r in (1.0, 1.5)], rel=1e-7)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_derivatives_against_differences(case):
    kind, parameter, lambda_, omega, b = case
    found, step = of(*case), 1e-4
    for name, change in (("lambda", (step, 0)), ("omega", (0, step))):
        up, down = (
            of(kind, parameter, lambda_ * np.exp(s * change[0]), omega * np.exp(s * change[1]), b) for s in (1, -1)
        )
        for quantity in ("slope", "error"):
            difference = (up[quantity] - down[quantity])[0] / (2 * step)
            assert found[f"{quantity}_by_{name}"][0] == pytest.approx(difference, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_refined_quadrature_changes_nothing(case):
    coarse, fine = of(*case, r=(1.0, 2.0)), of(*case, nodes=1200, r=(1.0, 2.0))
    for name, values in coarse.items():
        np.testing.assert_allclose(values, fine[name], rtol=1e-9, atol=1e-12)


def test_a_spike_that_is_nearly_found_loses_no_digit():
    """omega 1e-40 of the weight: prox is linear there, and all is known."""
    p, lambda_, omega = 1.5, 1e-38, 1e-40
    found = of(PNorm, p, lambda_, omega, 2.0)
    pull = lambda_ * 2.0 ** (p - 1)
    assert found["error"][0] == pytest.approx(omega**2 + pull**2, rel=1e-12)
    assert found["slope"][0] == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize("which", [PNorm(1.05), PNorm(1.5), Network(0.001), Network(0.3)], ids=str)
@pytest.mark.parametrize("lambda_", [1e-20, 1e-3, 1.0, 1e3])
def test_the_proximal_operator_solves_its_equation(which, lambda_):
    x = np.geomspace(1e-9, 1e9, 40)
    log_w = log_prox(which, np.full(40, lambda_), x)
    np.testing.assert_allclose(np.exp(log_w) + lambda_ * which.dual(log_w)[0], x, rtol=1e-11)
