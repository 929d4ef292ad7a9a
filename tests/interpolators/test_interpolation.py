"""The exact solver: optimal on every problem, and the same as methods that share nothing with it."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from scaling.core.errors import BadInput, NotConverged
from scaling.interpolators import interpolation
from scaling.interpolators.interpolation import interpolate
from scaling.interpolators.potentials import Network, PNorm, potential

POTENTIALS = [PNorm(p) for p in (1.05, 1.1, 1.25, 1.5, 1.9, 2.0)] + [
    Network(alpha) for alpha in (0.00102, 0.0664, 0.229)
]


def problem(n, d, sigma, seed=0, dense=False):
    random = np.random.default_rng(seed)
    X = random.standard_normal((n, d))
    truth = random.standard_normal(d) if dense else np.eye(1, d)[0]
    return X, X @ truth + sigma * random.standard_normal(n)


@pytest.mark.parametrize("which", POTENTIALS, ids=str)
@pytest.mark.parametrize(("n", "d"), [(8, 400), (40, 400), (150, 200)])
@pytest.mark.parametrize(("sigma", "dense"), [(0, False), (0.1, False), (0, True)])
def test_every_problem_is_solved(which, n, d, sigma, dense):
    """Both conditions of optimality: X w = y, and psi'(w) in the range of X'."""
    X, y = problem(n, d, sigma, dense=dense)
    found = interpolate(X, y, which)
    assert found.residual < 1e-8
    assert np.linalg.norm(X @ found.weights - y) < 1.01e-8 * np.linalg.norm(y)
    size = np.abs(found.weights)
    kept = size > 1e-290
    dual = np.where(kept, np.sign(found.weights) * which.dual(np.log(np.where(kept, size, 1)))[0], 0)
    outside = dual - X.T @ np.linalg.lstsq(X.T, dual, rcond=None)[0]
    assert np.linalg.norm(outside) < 1e-9 * np.linalg.norm(dual)


def test_at_p_two_it_is_the_pseudoinverse():
    X, y = problem(30, 100, 0.1)
    np.testing.assert_allclose(interpolate(X, y, PNorm(2.0)).weights, np.linalg.pinv(X) @ y, atol=1e-12)


@pytest.mark.parametrize("p", [1.1, 1.25, 1.5, 1.9])
def test_reweighted_least_squares_give_the_same(p):
    """The primal, by w <- D X' (X D X')^-1 y with D = |w|^(2-p): slow, and nothing of the dual in it."""
    X, y = problem(20, 60, 0.1)
    w = np.linalg.pinv(X) @ y
    for _ in range(4000):
        D = np.abs(w) ** (2 - p)
        new = D * (X.T @ np.linalg.solve((X * D) @ X.T, y))
        w, change = new, np.abs(new - w).max()
    assert change < 1e-11
    np.testing.assert_allclose(interpolate(X, y, PNorm(p)).weights, w, atol=1e-9)


@pytest.mark.parametrize("alpha", [0.0664, 0.229])
def test_gradient_flow_of_the_network_ends_there(alpha):
    X, y = problem(10, 30, 0.1, seed=1)

    def flow(_, weights):
        u, v = np.split(weights, 2)
        pull = X.T @ (y - X @ (u**2 - v**2)) / len(y)
        return np.concatenate([2 * u * pull, -2 * v * pull])

    end = solve_ivp(flow, (0, 4000), np.full(60, alpha), method="LSODA", rtol=1e-10, atol=1e-12).y[:, -1]
    u, v = np.split(end, 2)
    np.testing.assert_allclose(u**2 - v**2, interpolate(X, y, Network(alpha)).weights, atol=2e-7)


def test_gradient_descent_approaches_it_as_its_learning_rate_falls():
    X, y = problem(20, 80, 0.0, seed=2)
    limit = interpolate(X, y, Network(0.0664)).weights

    def distance(rate):
        u = v = np.full(80, 0.0664)
        for _ in range(int(400 / rate)):
            pull = 2 * rate / len(y) * (X.T @ (y - X @ (u**2 - v**2)))
            u, v = u * (1 + pull), v * (1 - pull)
        return np.linalg.norm(u**2 - v**2 - limit) / np.linalg.norm(limit)

    far, near = distance(0.02), distance(0.005)
    assert near < 0.01
    assert far / near == pytest.approx(4, rel=0.1)


@pytest.mark.parametrize("which", [PNorm(1.1), PNorm(1.5), PNorm(2.0), Network(0.0664)], ids=str)
def test_the_regularised_problem(which):
    """X' (y - X w) = mu psi'(w)."""
    X, y = problem(40, 100, 0.3)
    mu = 3.0
    found = interpolate(X, y, which, mu)
    w = found.weights
    pull = X.T @ (y - X @ w)
    np.testing.assert_allclose(w, which.weights(pull / mu), rtol=1e-6, atol=1e-9 * np.abs(w).max())


def test_what_is_not_solved_is_an_error(monkeypatch):
    monkeypatch.setattr(interpolation, "STEPS", 1)
    X, y = problem(40, 400, 0.1)
    with pytest.raises(NotConverged, match=r"p = 1\.5, n = 40, d = 400: the interpolator has a residual of"):
        interpolate(X, y, PNorm(1.5))


@pytest.mark.parametrize(("kind", "parameter"), [("p", 1.0), ("p", 2.1), ("alpha", 0.0), ("q", 2.0)])
def test_no_such_potential(kind, parameter):
    with pytest.raises(BadInput, match=kind):
        potential(kind, parameter)
