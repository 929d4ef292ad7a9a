"""The integrals over the logistic channel against plain quadrature and differences."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import expit, ndtr

from scaling.core.channel import Channel, Quadrature

KINDS = ("square", "drive", "response", "overlap")
#: k, lambda, angle: far from and near to the separable limit, small and large output, small and large angle.
CASES = [(0.3, 0.5, 1.2), (20.0, 3.0, 0.4), (1e6, 9.0, 0.05), (1e-3, 30.0, 0.8)]


def channel(k, lam, angle, **options):
    log_k, wide, cut = (np.atleast_1d(value) for value in (np.log(k), 1 / lam, 1 / (lam * np.tan(angle))))
    return Channel(log_k, wide, cut, linear=True, **options)


def plain(kind, k, lam, angle):
    """The integral over omega, with a root for the proximal point at each."""

    def integrand(omega):
        z = brentq(lambda z: z - omega - 2 * k * expit(-2 * z), omega - 1e-9, omega + 2 * k + 1e-9, xtol=1e-15)
        p = expit(-2 * z)
        Q, c = 2 * k * p, 4 * k * p * (1 - p)
        gauss = np.exp(-((omega / lam) ** 2) / 2) * ndtr(omega / (lam * np.tan(angle)))
        kernel = np.exp(-((omega / (lam * np.sin(angle))) ** 2) / 2)
        return {
            "square": gauss * Q**2,
            "drive": kernel * Q,
            "response": gauss * c / (1 + c),
            "overlap": gauss * omega * Q,
        }[kind]

    narrow = lam * np.sin(angle)
    points = np.unique([-9 * narrow, -3 * narrow, 0, 3 * narrow, lam, 3 * lam, 9 * lam])
    parts = [quad(integrand, *ends, epsabs=0, epsrel=1e-11, limit=200)[0] for ends in pairwise(points)]
    return sum(parts)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("kind", KINDS)
def test_against_plain_quadrature(kind, case):
    found = getattr(channel(*case), kind)().value[0]
    # overlap has both signs: its parts are larger than it
    assert found == pytest.approx(plain(kind, *case), rel=1e-9, abs=1e-9 * case[1])


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("kind", KINDS)
def test_finer_panels_change_nothing(kind, case):
    finer = Quadrature(nodes=32, width=1.0, kernel_panels=12, gauss_panels=6, reach=11, tail=30)
    np.testing.assert_allclose(
        getattr(channel(*case), kind)(), getattr(channel(*case, quadrature=finer), kind)(), rtol=1e-11
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_derivatives_are_differences(kind):
    k, lam, angle = CASES[1]
    step = 1e-5

    def value(log_k=0.0, log_tan=0.0, log_lambda=0.0):
        there = np.arctan(np.tan(angle) * np.exp(log_tan))
        scale = lam * np.exp(log_lambda)
        found = getattr(channel(k * np.exp(log_k), scale, there), kind)().value[0]
        # over t = omega / lambda, and for the kernel over its own standard deviations
        powers = {"square": scale, "response": scale, "overlap": scale**2, "drive": scale * np.sin(there)}
        return found / powers[kind]

    found = getattr(channel(k, lam, angle), kind)()
    for name in ("log_k", "log_tan", "log_lambda"):
        slope = (value(**{name: step}) - value(**{name: -step})) / (2 * step) / value()
        assert getattr(found, f"in_{name}")[0] / found.value[0] == pytest.approx(slope, rel=1e-6)


def test_without_a_wide_gaussian():
    """wide = 0 is the limit of small angles at fixed lambda theta: close to it at an angle of 1e-6."""
    S = 0.7
    limit = Channel(np.array([2.0]), np.zeros(1), np.array([1 / S]), linear=True)
    near = channel(np.exp(2.0), S / 1e-6, 1e-6)
    for kind in KINDS:
        assert getattr(limit, kind)().value == pytest.approx(getattr(near, kind)().value, rel=1e-9)
