"""The fixed-norm perceptron against closed forms, limits and finer integrals."""

import numpy as np
import pytest

from scaling.core.errors import BadInput, NotConverged
from scaling.perceptron import learning_rules, saddle_point, theory, theory_tables
from scaling.perceptron.saddle_point import Point, Quadrature, equations
from scaling.perceptron.settings import PerceptronTheory
from scaling.perceptron.theory import EARLY_CONSTANT, optimum, solve

ALPHAS = np.array([0.1, 0.5, 1, 2, 5, 10, 100, 1e3, 1e4, 1e5, 1e6])
LAMBDAS = np.geomspace(1e-4, 1e4, 41)


@pytest.fixture(scope="module")
def solution():
    return solve(ALPHAS, LAMBDAS)


def test_finer_integrals_change_nothing(solution):
    finer = Quadrature(nodes=32, width=1.0, kernel_panels=12, gauss_panels=6, reach=11, tail=30)
    reference = solve(ALPHAS, LAMBDAS, finer)
    np.testing.assert_allclose(solution.epsilon, reference.epsilon, rtol=2e-12)
    np.testing.assert_allclose(solution.dlog_epsilon_dlog_lambda, reference.dlog_epsilon_dlog_lambda, atol=1e-12)


def test_the_saddle_point_equations_hold(solution):
    alpha, lambda_ = np.meshgrid(ALPHAS, LAMBDAS, indexing="ij")
    unknowns = np.array([solution.log_k, np.log(alpha * np.tan(solution.theta))]).reshape(2, -1)
    residual, _, _ = equations(Point(np.log(lambda_ / alpha).ravel(), alpha.ravel() ** -2.0), unknowns)
    rounding = 1e-13 + 2e-15 * lambda_.ravel()  # of the unknowns: it counts in proportion to lambda
    assert np.all(np.abs(residual) < rounding)


def test_the_jacobian_is_the_derivative_of_the_residuals():
    rng = np.random.default_rng(0)
    n, step = 20, 1e-5
    point = Point(rng.uniform(-5, 3, n), rng.choice([0, 1e-6, 1, 10], n))
    unknowns = np.array([rng.uniform(-2, 5, n), rng.uniform(-1, 1, n)])
    _, jacobian, in_log_lambda = equations(point, unknowns)
    for i in range(2):
        shift = step * np.eye(2)[i][:, None]
        slope = (equations(point, unknowns + shift)[0] - equations(point, unknowns - shift)[0]) / (2 * step)
        np.testing.assert_allclose(jacobian[:, i], slope, atol=1e-7)
    there = [equations(Point(point.log_ell + d, point.w), unknowns)[0] for d in (step, -step)]
    np.testing.assert_allclose(in_log_lambda, (there[0] - there[1]) / (2 * step), atol=1e-7)


def test_the_slope_is_the_derivative_of_the_error():
    lambdas = 3.0 * np.exp([-1e-3, 0, 1e-3])
    near = solve([0.1, 5, 1e3, 1e6], lambdas)
    difference = (np.log(near.epsilon[:, 2]) - np.log(near.epsilon[:, 0])) / 2e-3
    np.testing.assert_allclose(near.dlog_epsilon_dlog_lambda[:, 1], difference, atol=1e-6)


def test_small_lambda_is_the_hebb_rule(solution):
    hebb = learning_rules.hebb(ALPHAS)
    np.testing.assert_allclose(np.cos(np.pi * hebb), np.sqrt(2 * ALPHAS / (2 * ALPHAS + np.pi)), rtol=1e-12)
    gap = 1 - solution.epsilon[:, :2] / hebb[:, None]
    np.testing.assert_allclose(gap[:, 0], 0, atol=1e-4)
    # the gap closes in proportion to lambda
    np.testing.assert_allclose(gap[:, 1] / gap[:, 0], LAMBDAS[1] / LAMBDAS[0], rtol=0.01)


def test_large_lambda_is_maximum_stability():
    alphas = [0.1, 0.5, 1, 2, 5, 10]
    gap = solve(alphas, [1e3, 1e4]).epsilon / learning_rules.max_stability(alphas)[:, None] - 1
    np.testing.assert_allclose(gap[:, 1], 0, atol=3e-4)
    np.testing.assert_allclose(gap[:, 0] / gap[:, 1], 10, rtol=0.02)


def test_early_law():
    """epsilon = 0.2214824 / sqrt(alpha lambda) for 1 << lambda << alpha."""
    assert pytest.approx(0.2214824, abs=5e-8) == EARLY_CONSTANT
    epsilon = solve([1e6], [300.0]).epsilon[0, 0]
    assert epsilon == pytest.approx(0.2214824 / np.sqrt(1e6 * 300), rel=2e-3)
    # at alpha = infinity only the correction sqrt(lambda/alpha) is left
    limit = theory.Branch.follow(np.array([np.inf]), np.log(1e-3))
    theta, _, slope = limit.at(np.array([0]), np.log([1e-4]))
    assert theta[0] / np.pi * 1e-2 == pytest.approx(0.2214824, rel=1e-4)
    assert slope[0] == pytest.approx(-0.5, abs=1e-4)


@pytest.mark.parametrize(("alpha", "slope"), [(100, -0.4646), (1e3, -0.4924), (1e5, -0.49965)])
def test_steepest_slopes(alpha, slope):
    found = solve([alpha], np.geomspace(1, min(1e4, alpha), 200)).dlog_epsilon_dlog_lambda.min()
    assert found == pytest.approx(slope, abs=6e-5)


def test_the_optimum_is_a_minimum_above_bayes():
    best = optimum(ALPHAS)
    epsilon = best.theta / np.pi
    for i, alpha in enumerate(ALPHAS):
        around = solve([alpha], np.exp(best.log_lambda[i] + np.array([-0.1, 0, 0.1])))
        assert around.epsilon[0, 1] == pytest.approx(epsilon[i], rel=1e-12)
        assert abs(around.dlog_epsilon_dlog_lambda[0, 1]) < 1e-11
        assert around.epsilon[0].argmin() == 1
    excess = epsilon / learning_rules.bayes_optimal(ALPHAS) - 1
    assert np.all(excess > 0) and np.all(np.diff(excess) > 0)
    assert excess[-1] == pytest.approx(6.29e-4, abs=5e-7)


def test_the_limit_of_the_optimum():
    limit = optimum([np.inf])
    # differences of a 25-digit solution at alpha = 1e5 put the root between 0.88358509 and 0.88358511
    assert np.exp(limit.log_lambda[0]) == pytest.approx(0.88358510, abs=1e-8)
    assert limit.theta[0] / np.pi == pytest.approx(0.4419779, abs=5e-8)
    far = optimum([1e6])
    assert np.exp(far.log_lambda[0]) / 1e6 == pytest.approx(0.88358510, abs=1e-8)
    assert far.theta[0] / np.pi * 1e6 == pytest.approx(0.4419779, abs=5e-8)


def test_rules_at_large_alpha_and_their_order():
    assert 1e6 * learning_rules.bayes_optimal([1e6])[0] == pytest.approx(0.4417, abs=1e-4)
    assert 1e6 * learning_rules.max_stability([1e6])[0] == pytest.approx(0.5005, abs=5e-5)
    bayes, stable, hebb = (
        rule(ALPHAS) for rule in (learning_rules.bayes_optimal, learning_rules.max_stability, learning_rules.hebb)
    )
    assert np.all(bayes < stable) and np.all(stable < hebb)


def test_order_and_shape_of_the_grid_are_kept():
    there = solve([5, 0.5], [10.0, 0.1, 10.0])
    back = solve([0.5, 5], [0.1, 10.0])
    np.testing.assert_allclose(there.epsilon, back.epsilon[::-1][:, [1, 0, 1]], rtol=1e-12)


def test_every_alpha_of_the_range_is_solved():
    alphas = np.geomspace(0.1, 1e6, 40)
    epsilon = solve(alphas, np.geomspace(1e-4, 1e4, 9)).epsilon
    assert np.all(np.diff(epsilon, axis=0) < 0)


def test_tables():
    table = theory_tables.curves([0.5, 5], [0.1, 1, 10])
    assert list(table) == [
        "alpha", "lambda", "overlap", "epsilon", "epsilon_hebb", "log10_x", "dlog_epsilon_dlog_lambda",
    ]  # fmt: skip
    assert len(table) == 6
    np.testing.assert_allclose(np.arccos(table["overlap"]) / np.pi, table["epsilon"], rtol=1e-12)
    best = theory_tables.optima([0.5, 5])
    assert list(best) == [
        "alpha", "lambda_opt", "epsilon_opt", "epsilon_bayes", "epsilon_max_stability", "epsilon_hebb",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("alphas", "lambdas", "named"),
    [
        ([], [1], "alphas: an empty grid"),
        ([1], [], "lambdas: an empty grid"),
        ([-1], [1], "alphas: -1 is not in 0.1..1e"),
        ([0], [1], "alphas: 0 is not in"),
        ([np.nan], [1], "alphas: nan is not in"),
        ([1, 2e6], [1], "alphas: 2e.06 is not in"),
        ([1], [0], "lambdas: 0 is not in 0.0001..10000"),
        ([1], [2e4], "lambdas: 20000 is not in"),
    ],
)
def test_bad_grids(alphas, lambdas, named):
    with pytest.raises(BadInput, match=named):
        solve(alphas, lambdas)


def test_a_failure_names_alpha_and_lambda(monkeypatch):
    monkeypatch.setattr(saddle_point, "NEWTON_STEPS", 1)
    with pytest.raises(NotConverged, match=r"alpha = 5, lambda = \S+"):
        solve([5], [1])


def test_a_solution_that_is_not_a_number_is_a_failure():
    with np.errstate(all="ignore"), pytest.raises(NotConverged, match=r"alpha = 1, lambda = 1 "):
        saddle_point.newton(Point(np.zeros(1), np.ones(1)), np.array([[np.nan], [0.0]]))


def test_the_lambda_grid_of_the_settings():
    grid = PerceptronTheory(alphas=[1], lambda_min=1e-4, lambda_max=1e4, lambda_points=5).lambda_grid()
    np.testing.assert_allclose(grid, [1e-4, 1e-2, 1, 1e2, 1e4], rtol=1e-14)
    assert PerceptronTheory(alphas=[1], lambdas=[3, 1]).lambda_grid() == [3, 1]
