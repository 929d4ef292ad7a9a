"""State evolution: closed forms, its own refinement, a plain solver, and exact solutions of random data."""

import numpy as np
import pytest
from scipy.optimize import brentq, fsolve

from scaling.core.errors import NotConverged
from scaling.interpolators import state_evolution
from scaling.interpolators.gaussian import moments
from scaling.interpolators.interpolation import interpolate
from scaling.interpolators.potentials import Network, PNorm
from scaling.interpolators.samples import solved
from scaling.interpolators.state_evolution import solve, spike

N = np.geomspace(20, 4500, 12)


@pytest.mark.parametrize("sigma", [0.0, 0.1, 1.0])
def test_at_p_two_the_risk_is_known(sigma):
    d, s, a = 5000, 3, 1.5
    found = solve(spike(PNorm, 2.0, N, d, s, a, sigma))
    np.testing.assert_allclose(found.risk, s * a**2 * (1 - N / d) + sigma**2 * N / (d - N), rtol=1e-12)


def test_at_p_two_the_ridge_is_known():
    """lambda solves n = mu / lambda + d / (1 + lambda); the rest follows."""
    d, sigma, mu = 2000, 0.3, 50.0
    n = np.array([100.0, 1000.0, 1900.0])
    found = solve(spike(PNorm, 2.0, n, d, 1, 1.0, sigma, mu))
    b = n - mu - d
    lambda_ = (-b + np.sqrt(b**2 + 4 * n * mu)) / (2 * n)
    np.testing.assert_allclose(np.exp(found.log_lambda), lambda_, rtol=1e-12)
    shrunk, gain = lambda_ / (1 + lambda_), 1 / (1 + lambda_)
    omega2 = (sigma**2 + shrunk**2) / (n - d * gain**2)
    np.testing.assert_allclose(found.risk, shrunk**2 + d * gain**2 * omega2, rtol=1e-11)


KINDS = [(PNorm, p) for p in (1.05, 1.1, 1.25, 1.5, 1.75, 1.9)] + [(Network, a) for a in (0.00102, 0.0664, 0.229)]


@pytest.mark.parametrize(("kind", "parameter"), KINDS)
@pytest.mark.parametrize("sigma", [0.0, 0.01, 0.5])
def test_refined_integrals_change_nothing(kind, parameter, sigma):
    problem = spike(kind, parameter, N, 5000, 1, 1.0, sigma)
    found = solve(problem)
    fine = solve(problem, 900, (found.log_lambda, found.log_omega))
    r = np.array([1.0, 1.5, 2.0])
    np.testing.assert_allclose(found.risk, fine.risk, rtol=1e-9)
    np.testing.assert_allclose(found.powers(r), fine.powers(r, 900), rtol=1e-9)


@pytest.mark.parametrize(("kind", "parameter"), [(PNorm, 1.5), (PNorm, 1.1), (Network, 0.0664)])
def test_the_interpolator_is_the_end_of_its_path(kind, parameter):
    end = solve(spike(kind, parameter, [100.0, 400.0], 2000, sigma=0.2))
    near = solve(spike(kind, parameter, [100.0, 400.0], 2000, sigma=0.2, mu=1e-9))
    np.testing.assert_allclose(near.risk, end.risk, rtol=1e-6)


def test_a_plain_solver_agrees():
    """Both equations by sums on a fine grid over proximal points in closed form, solved by MINPACK."""
    p, n, d, sigma = 1.5, 150.0, 900.0, 0.2
    h = np.linspace(-12, 12, 400_001)
    weight = np.exp(-(h**2) / 2)
    weight /= weight.sum()

    def prox(x, lambda_):  # w + lambda sqrt(w) = |x|: a quadratic in sqrt(w)
        root = (-lambda_ + np.sqrt(lambda_**2 + 4 * np.abs(x))) / 2
        return np.sign(x) * root**2, 2 * root / (2 * root + lambda_)

    def equations(unknowns):
        lambda_, omega = np.exp(unknowns)
        (w_0, slope_0), (w_1, slope_1) = (prox(b + omega * h, lambda_) for b in (0.0, 1.0))
        error = (d - 1) * (weight @ w_0**2) + weight @ (w_1 - 1) ** 2
        slope = (d - 1) * (weight @ slope_0) + weight @ slope_1
        return [np.log((sigma**2 + error) / (n * omega**2)), np.log(slope / n)]

    unknowns = fsolve(equations, [0.0, -2.0], xtol=1e-12)
    found = solve(spike(PNorm, p, n, d, sigma=sigma))
    assert found.log_lambda[0] == pytest.approx(unknowns[0], abs=1e-7)
    assert found.log_omega[0] == pytest.approx(unknowns[1], abs=1e-7)


@pytest.mark.parametrize(("kind", "parameter"), [("p", 1.25), ("p", 1.5), ("alpha", 0.0664)])
@pytest.mark.parametrize("sigma", [0.0, 0.1])
def test_exact_solutions_scatter_about_it(kind, parameter, sigma):
    """40 data sets: their mean within 4 of its standard errors, and of a share of 1/n, for which it is a limit."""
    n, d, samples = 120, 360, 40
    table = solved(n, d, [(kind, parameter)], [sigma], 4, samples, seed=3, r=[1.0, 1.5])
    theory = solve(spike({"p": PNorm, "alpha": Network}[kind], parameter, n, d, 4, sigma=sigma))
    norms = theory.norms(np.array([1.0, 1.5]))[:, 0]
    for r, norm in zip((1.0, 1.5), norms, strict=True):
        values = table.loc[table["r"] == r, "norm"] / norm - 1
        assert abs(values.mean()) < 4 * values.sem() + 1 / n
    values = table.loc[table["r"] == 1.0, "risk"] / theory.risk[0] - 1
    assert abs(values.mean()) < 4 * values.sem() + 3 / n


@pytest.mark.parametrize("p", [1.1, 1.5])
def test_exact_solutions_on_the_path_scatter_about_it(p):
    n, d, sigma, mu = 100, 300, 0.3, 8.0
    theory = solve(spike(PNorm, p, n, d, 5, sigma=sigma, mu=mu))
    risks = []
    for seed in range(40):
        random = np.random.default_rng(seed)
        X, truth = random.standard_normal((n, d)), np.arange(d) < 5
        y = X @ truth + sigma * random.standard_normal(n)
        risks.append(np.sum((interpolate(X, y, PNorm(p), mu).weights - truth) ** 2))
    values = np.array(risks) / theory.risk[0] - 1
    assert abs(values.mean()) < 4 * values.std(ddof=1) / np.sqrt(len(values)) + 3 / n


def spike_without_scatter(potential, n, d, sigma):
    """One spike's weight and the bulk's l_1 norm, if the spike saw no noise: nested roots, no Newton's method."""

    def bulk(log_lambda, log_omega):
        return moments(potential, np.array([log_lambda]), np.array([log_omega]), np.zeros(1), 192, (1.0,))

    def log_lambda_at(log_omega):
        middle = log_omega - np.log(potential.dual(log_omega)[0].item())  # lambda psi'(omega) = omega
        return brentq(lambda log: np.log((d - 1) * bulk(log, log_omega).slope[0, 0] / n), middle - 30, middle + 30)

    def below_one(log_lambda):
        def pull(log_w):
            return np.exp(log_lambda) * potential.dual(log_w)[0].item()

        return pull(brentq(lambda log_w: np.log(np.exp(log_w) + pull(log_w)), -200, 0, xtol=1e-14))

    def excess(log_omega):
        log_lambda = log_lambda_at(log_omega)
        error = below_one(log_lambda) ** 2 + (d - 1) * bulk(log_lambda, log_omega).error[0, 0]
        return np.log((sigma**2 + error) / n) - 2 * log_omega

    high = np.log((1 + sigma**2) / n) / 2 + 1
    log_omega = brentq(excess, high - 60, high, xtol=1e-12)
    log_lambda = log_lambda_at(log_omega)
    return 1 - below_one(log_lambda), (d - 1) * bulk(log_lambda, log_omega).power[0, 0, 0]


@pytest.mark.parametrize(("kind", "parameter"), [(PNorm, 1.25), (PNorm, 1.5), (PNorm, 1.75), (Network, 0.0664)])
@pytest.mark.parametrize("sigma", [0.0, 0.1])
@pytest.mark.parametrize(("n", "d"), [(2000.0, 6000.0), (4000.0, 200_000.0)])
def test_spikes_without_scatter_give_the_same_to_a_thousandth(kind, parameter, sigma, n, d):
    """(Without noise the bulk at p = 1.25 falls as n^-1, and is further off: 1.6e-3.)"""
    found = solve(spike(kind, parameter, n, d, sigma=sigma))
    weight, bulk = spike_without_scatter(kind(np.array([parameter])), n, d, sigma)
    assert found.powers((1.0,))[0, 0] @ [0, d - 1] == pytest.approx(bulk, rel=2e-3 if parameter == 1.25 else 1e-3)
    assert found.powers((1.0,))[0, 0, 0] == pytest.approx(weight, rel=1e-3)


def test_points_that_the_ray_does_not_lead_to():
    """Beyond the elbow of a network without noise, and at a few examples in many dimensions."""
    n = np.array([8.0, 360.0, 2500.0, 4800.0])
    for alpha in (0.00102, 0.0664):
        found = solve(spike(Network, alpha, n, 5000))
        # n omega^2 = risk, and the risk falls with n
        np.testing.assert_allclose(n * np.exp(2 * found.log_omega), found.risk, rtol=1e-9)
        assert np.all(np.diff(found.risk) < 0)


def test_a_failure_names_the_point(monkeypatch):
    monkeypatch.setattr(state_evolution, "STEPS", 1)
    with pytest.raises(NotConverged, match=r"p = 1\.5, n = 100, d = 5000, sigma = 0\.1, mu = 0"):
        solve(spike(PNorm, 1.5, 100, 5000, sigma=0.1))
