"""The frontier: a projection, a bound on every network, a power law in the shifted norm; the limit of few features."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize

from scaling.shallow import frontier, laws, limit, quadratic
from scaling.shallow.frontier import Frontier

DECAYS = [0.6, 0.75, 1.25, 1.5]


@pytest.fixture(scope="module")
def targets():
    return {g: Frontier(10**6, g) for g in DECAYS}


def test_the_frontier_is_the_smallest_risk_of_a_norm():
    target = Frontier(6, 0.8)
    for norm in (0.3, 1.0, 1.6):
        found = minimize(
            lambda w: np.sum((w - target.l) ** 2),
            np.full(6, norm / 6),
            bounds=[(0, None)] * 6,
            constraints={"type": "eq", "fun": lambda w, norm=norm: w.sum() - norm},
            tol=1e-12,
        )
        assert target.risk(norm) == pytest.approx(found.fun, abs=1e-8)


def test_norm_and_risk_belong_to_one_threshold():
    target = Frontier(50, 1.25)
    tau = np.geomspace(1e-4, 1, 40)
    np.testing.assert_allclose(target.norm(tau), np.maximum(target.l - tau[:, None], 0).sum(axis=1), atol=1e-14)
    inside = (tau < target.l[0]) & (tau > 0)
    np.testing.assert_allclose(target.risk(target.norm(tau))[inside], target.risk_at_threshold(tau)[inside], rtol=1e-10)
    assert target.risk(0.0) == pytest.approx(1) and target.risk(target.size[-1] + 1) == 0


def test_random_networks_lie_above_the_frontier():
    target, random = Frontier(40, 0.75), np.random.default_rng(0)
    near = target.l + random.standard_normal((2000, 40)) * np.geomspace(1e-4, 1, 2000)[:, None]
    norm, risk = np.abs(near).sum(axis=1), np.sum((near - target.l) ** 2, axis=1)
    assert np.all(target.check(norm, risk, "random") >= 0)


def test_a_point_below_the_frontier_is_an_error():
    target = Frontier(40, 0.75)
    with pytest.raises(ArithmeticError, match="made up: 1 of 2 points lie below the frontier"):
        target.check(np.array([1.0, 1.0]), target.risk(1.0) + np.array([0.0, -1e-6]), "made up")
    with pytest.raises(ArithmeticError, match="1 of 1"):
        target.check(np.array([1.0]), np.array([np.nan]), "not a number")


@pytest.mark.parametrize("g", DECAYS)
def test_the_constants_of_the_noises_edge(g):
    """C_R and C_N are integrals over features of what becomes of one, x = l/s: (x-1)^2/x and 6 - 8/x + 3/x^2."""

    def over_features(function, low, high):  # k = (c/s)^(1/g) x^(-1/g), in units of its first factor
        return quad(lambda x: function(x) * x ** (-1 / g - 1) / g, low, high, epsabs=1e-12, limit=200)[0]

    learned = over_features(lambda x: 6 - 8 / x + 3 / x**2, 1, np.inf)
    lost = over_features(np.square, 0, 1)
    assert limit.risk_constant(g) == pytest.approx(learned + lost, abs=1e-8)
    if g < 1:
        sizes = over_features(lambda x: (x - 1) ** 2 / x, 1, np.inf)
    else:  # the first features' sum, which the shift takes away, diverges: what is left of x is 1 / (1 - g)
        sizes = over_features(lambda x: -2 + 1 / x, 1, np.inf) + 1 / (1 - g)
    assert limit.norm_constant(g) == pytest.approx(sizes, abs=1e-8)


def test_the_constants_hold_for_many_features(targets):
    for g, tolerance in ((0.6, 2e-4), (0.75, 3e-4), (1.25, 6e-3), (1.5, 0.015)):
        target, s = targets[g], (2e6) ** -0.5
        risk, norm = limit.risk_and_norm(target, s, 2.0)
        teacher = target.teacher
        edge = teacher.c ** (1 / g)
        assert (risk + teacher.tail) / (limit.risk_constant(g) * edge * s ** (2 - 1 / g)) == pytest.approx(
            1, abs=tolerance
        )
        shifted = (norm + teacher.norm_shift) / (limit.norm_constant(g) * edge * s ** (1 - 1 / g))
        assert shifted == pytest.approx(1, abs=tolerance)


def test_the_frontier_is_a_power_law_in_the_shifted_norm(targets):
    for g in DECAYS:
        target, tau = targets[g], 3e-4
        teacher = target.teacher
        law = frontier.early_constant(teacher.c, g) * abs(target.norm(tau) + teacher.norm_shift) ** -frontier.gamma_1(g)
        assert (target.risk_at_threshold(tau) + teacher.tail) / law == pytest.approx(1, abs=3e-3)


def test_the_semicircle_above_a_threshold():
    for t in (-2.0, 0.0, 1.7, 1.99, 2.0, 3.0):
        for power in (1, 2):
            top = min(t, 2.0)
            expected = quad(lambda x: (x - t) ** power * np.sqrt(4 - x * x) / (2 * np.pi), top, 2, epsabs=1e-14)[0]  # noqa: B023
            assert limit.semicircle_above(t, power) == pytest.approx(expected, abs=1e-9)


def test_the_limit_is_that_of_the_exact_spectrum():
    """d = 400 with 29 features above the noise: the limit takes each for itself, which costs some per cent."""
    target = Frontier(400, 0.75)
    state = quadratic.at_width(target.teacher, np.exp(-3.0), 2.0, 0.1)
    risk, norm = limit.risk_and_norm(target, np.exp(-3.0), 2.0)
    assert risk == pytest.approx(float(state.risk), rel=0.03)
    few = Frontier(400, 1.5)
    state = quadratic.at_width(few.teacher, 0.1, 2.2, 0.1)
    risk, norm = limit.risk_and_norm(few, 0.1, 2.2)
    assert risk == pytest.approx(float(state.risk), rel=3e-3) and norm == pytest.approx(float(state.norm), rel=0.01)


def test_the_product_is_the_rate():
    for g in DECAYS:
        for noise in (0.0, 1.0):
            assert frontier.gamma_1(g) * frontier.gamma_2(g, noise) == pytest.approx(frontier.gamma(g, noise))


@pytest.mark.parametrize("g", DECAYS)
def test_exponents_at_the_noises_edge(targets, g):
    """Within 0.5 % of the theory for g < 1, within 1 % for g > 1; gamma_1 along the edge is that of law 1."""
    target, n_eff = targets[g], np.geomspace(1e3, 1e6, 9)
    s, risk, norm = limit.at_threshold(target, n_eff, 2.0, 0.1)
    log_x = np.log(n_eff / (0.1 + risk))
    np.testing.assert_allclose(np.exp(log_x), limit.abscissa(s), rtol=1e-9)
    log_norm, log_risk = np.log(np.abs(norm + target.teacher.norm_shift)), np.log(risk + target.teacher.tail)
    found = [
        -np.polyfit(log_norm, log_risk, 1)[0],
        *(np.polyfit(log_x, log_norm, 1)),
        *(-np.polyfit(log_x, log_risk, 1)),
    ]
    theory = [frontier.gamma_1(g), frontier.gamma_2(g), frontier.gamma(g)]
    np.testing.assert_allclose([found[0], found[1], found[3]], theory, rtol=5e-3 if g < 1 else 1e-2)


def test_the_laws_hold_in_the_shifted_norm_alone():
    table = laws.norm_laws([0.75, 1.25], 10**6, 10**7, 7, 0.1)
    table = table.set_index(["g", "at", "norm", "quantity"]).sort_index()["value"]
    for g in (0.75, 1.25):
        edge = table[g, "edge"]
        assert edge["shifted", "gamma_1"] == pytest.approx(frontier.gamma_1(g), rel=0.02)
        assert edge["shifted", "gamma_1 gamma_2"] == pytest.approx(edge["shifted", "gamma"], rel=0.01)
        assert abs(edge["raw", "gamma_1 gamma_2"] / edge["raw", "gamma"] - 1) > 0.15
    assert table[0.75, "edge, no noise"]["shifted", "gamma"] == pytest.approx(0.5, rel=0.02)
