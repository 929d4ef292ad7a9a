"""State evolution of the diagonal network against quadrature, closed forms, and an iteration of another kind."""

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import ndtr

from scaling.core.errors import NotConverged
from scaling.shallow import diagonal
from scaling.shallow.diagonal import soft_active, soft_risk, soft_size
from scaling.shallow.teacher import Teacher, constant, power_law

X, W = np.polynomial.legendre.leggauss(80)


def by_quadrature(function, mu, t):
    """E function(eta(mu + z; t)) by Gauss-Legendre rules, in pieces that end at the threshold's kinks."""
    edges = np.unique(np.clip([-12, -8, -4, 0, 4, 8, 12, -t - mu, t - mu], -12, 12))
    half = np.diff(edges)[:, None] / 2
    z = edges[:-1, None] + half * (1 + X)
    learned = np.sign(mu + z) * np.maximum(np.abs(mu + z) - t, 0)
    return np.sum(half * W * function(learned) * np.exp(-z * z / 2) / np.sqrt(2 * np.pi))


@pytest.mark.parametrize("mu", [0.0, 0.3, 2.0, 7.0])
@pytest.mark.parametrize("t", [0.0, 0.7, 2.0, 5.0])
def test_soft_thresholds_against_quadrature(mu, t):
    assert soft_risk(mu, t) == pytest.approx(by_quadrature(lambda eta: (eta - mu) ** 2, mu, t), abs=1e-10)
    assert soft_size(mu, t) == pytest.approx(by_quadrature(np.abs, mu, t), abs=1e-10)
    assert soft_active(mu, t) == pytest.approx(ndtr(mu - t) + ndtr(-t - mu), abs=1e-12)


def test_the_sizes_are_those_of_the_definition():
    teacher = power_law(200, 0.75)
    k = np.arange(1, 201)
    np.testing.assert_allclose(teacher.sizes, k**-0.75 / np.sqrt(np.sum(k**-1.5)), rtol=1e-13)
    assert teacher.sizes**2 @ teacher.counts == pytest.approx(1, abs=1e-13)
    assert constant(10**6, 0.6) ** -2 == pytest.approx(np.sum(np.arange(1, 10**6 + 1) ** -1.2), rel=1e-12)


@pytest.mark.parametrize("g", [0.6, 1.5])
def test_the_integral_over_small_features_is_their_sum(g):
    """Within the midpoint rule's error, 1/(24 exact^2) of what the first of them add."""
    short, all_of_them = power_law(20_000, g), power_law(20_000, g, exact=None)
    assert short.counts.sum() == pytest.approx(20_000, rel=1e-7) and short.sizes.size < 700
    n, t = np.array([300.0, 3000.0]), np.array([2.0, 1.0])
    ours, theirs = (diagonal.at_threshold(teacher, n, t, 0.1) for teacher in (short, all_of_them))
    np.testing.assert_allclose(ours.risk, theirs.risk, rtol=1e-6)
    np.testing.assert_allclose(ours.norm, theirs.norm, rtol=1e-6)
    np.testing.assert_allclose(ours.weight_decay, theirs.weight_decay, rtol=1e-6)


@pytest.mark.parametrize("t", [0.1, 1.0, 3.0])
@pytest.mark.parametrize("n", [40.0, 100.0, 900.0])
def test_the_equations_hold(t, n):
    teacher = power_law(50, 0.8)
    state = diagonal.at_threshold(teacher, n, t, 0.2)
    if n == 40 and t == 0.1:
        assert np.isnan(state.risk), "there n is below d r(0, t)"
        return
    assert n * state.width**2 == pytest.approx(0.2 + state.risk, rel=1e-11)
    risk = np.sum(state.width**2 * soft_risk(teacher.sizes / state.width, t))
    assert state.risk == pytest.approx(risk, rel=1e-12)
    assert state.weight_decay == pytest.approx(state.tau * (1 - state.dof / n), rel=1e-12)


@pytest.mark.parametrize(("n", "weight_decay"), [(10, 0.05), (30, 0.01), (100, 0.2), (20, 0.001)])
def test_an_iteration_by_quadrature_gives_the_same(n, weight_decay):
    """Scalar by scalar: quadrature for each expectation, the threshold by bisection, the noise by iteration."""
    sizes = np.array([0.8, 0.5, 0.3, 0.1, 0.1] + [0.01] * 11)
    teacher = Teacher(sizes.size, float("nan"), sizes, np.ones(sizes.size))
    noise, delta, distinct = 0.1, np.sqrt(1.1 / n), {size: np.sum(sizes == size) for size in set(sizes)}

    def dof(t, delta):
        return sum(m * (ndtr(size / delta - t) + ndtr(-t - size / delta)) for size, m in distinct.items())

    for _ in range(400):
        t = brentq(lambda t, delta: t * delta * (1 - dof(t, delta) / n) - weight_decay, 1e-9, 80, args=(delta,))
        risk = 0.0
        for size, m in distinct.items():
            mu = size / delta
            risk += m * delta**2 * by_quadrature(lambda eta, mu=mu: (eta - mu) ** 2, mu, t)
        new = np.sqrt((noise + risk) / n)
        if abs(new / delta - 1) < 1e-10:
            break
        delta = new
    state = diagonal.at_weight_decay(teacher, np.array(float(n)), np.array(weight_decay), noise)
    assert state.risk == pytest.approx(risk, rel=1e-7)
    assert state.t == pytest.approx(t, rel=1e-7)


def test_least_squares():
    """Without decay and with more examples than features: R = noise d / (n - d)."""
    n = np.array([51.0, 100.0, 5000.0])
    state = diagonal.at_weight_decay(power_law(50, 0.8), n, np.zeros(3), 0.3)
    np.testing.assert_allclose(state.risk, 0.3 * 50 / (n - 50), rtol=1e-9)
    np.testing.assert_allclose(state.train, 0.3 * (n - 50) / n, rtol=1e-9)


def test_the_interpolator_uses_all_examples():
    n = np.array([5.0, 20.0, 49.0])
    state = diagonal.at_weight_decay(power_law(50, 0.8), n, np.zeros(3), 0.3)
    np.testing.assert_allclose(state.dof, n, rtol=1e-9)
    assert np.all(state.train < 1e-15)


def test_more_decay_is_a_larger_threshold():
    decays = np.geomspace(1e-5, 3, 25)
    state = diagonal.at_weight_decay(power_law(300, 1.25), np.full(25, 100.0), decays, 0.1)
    np.testing.assert_allclose(state.weight_decay, decays, rtol=1e-9)
    assert np.all(np.diff(state.t) > 0) and np.all(np.diff(state.norm) < 0)
    assert state.risk[-1] == pytest.approx(1, abs=1e-12) and state.norm[-1] < 1e-10, "above c nothing is learned"


def test_without_noise():
    """All examples are of use: R falls to 0 as n grows, and d (1 + t^2) are too many for a threshold t."""
    teacher = power_law(50, 0.8)
    state = diagonal.at_threshold(teacher, np.array([60.0, 90.0, 101.0]), np.ones(3), 0.0)
    assert state.risk[1] < state.risk[0] < 1 and np.isnan(state.risk[2])
    np.testing.assert_allclose(60 * state.width[0] ** 2, state.risk[0], rtol=1e-11)


def test_the_best_weight_decay():
    teacher, n = power_law(500, 1.25), np.array([100.0, 400.0])
    best = diagonal.optimum(teacher, n, 0.1)
    for factor in (0.97, 1.03):
        assert np.all(diagonal.at_threshold(teacher, n, best.t * factor, 0.1).risk > best.risk)


def test_what_is_not_found_is_named(monkeypatch):
    monkeypatch.setattr(diagonal, "STEPS", 1)
    with pytest.raises(NotConverged, match="n = 100, t = 1"):
        diagonal.at_threshold(power_law(50, 0.8), 100.0, 1.0, 0.1)
