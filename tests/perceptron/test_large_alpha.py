"""The limit of large alpha: against the theory at a large alpha, the early law, another way to the free norm."""

import numpy as np
import pytest
from scipy.integrate import quad

from scaling.core.errors import BadInput
from scaling.perceptron.large_alpha import large_alpha
from scaling.perceptron.theory import EARLY_CONSTANT, solve

LAMBDAS = np.array([1e-2, 0.1, 0.5, 1, 1.55, 2, 5, 10, 100, 1e3])


@pytest.fixture(scope="module")
def table():
    return large_alpha(LAMBDAS)


def test_the_fixed_norm_is_the_theorys(table):
    exact = solve([1e6], LAMBDAS[:-1])
    near = table["c_fixed"].to_numpy()[:-1] / np.sqrt(1e6)
    np.testing.assert_allclose(exact.epsilon[0], near, rtol=3e-4)  # 1/alpha, and lambda/alpha
    np.testing.assert_allclose(exact.dlog_epsilon_dlog_lambda[0], table["slope_fixed"][:-1], atol=5e-4)


def test_small_lambda_lags_by_half(table):
    first = table.iloc[0]
    assert first["c_fixed"] == pytest.approx((1 - 2 * 1e-2 / np.sqrt(2 * np.pi)) / np.sqrt(2 * np.pi), rel=1e-4)
    assert first["c_free"] == pytest.approx((1 - 1e-2 / np.sqrt(2 * np.pi)) / np.sqrt(2 * np.pi), rel=1e-4)


def test_both_have_the_early_law_with_one_constant(table):
    last = table.iloc[-1]
    for name in ("c_free", "c_fixed"):
        assert last[name] * np.sqrt(last["lambda"]) == pytest.approx(EARLY_CONSTANT, rel=1e-5)
    late = table[table["lambda"] >= 10]
    np.testing.assert_allclose((late["ratio"] - 1) * 48 * late["lambda"] ** 2 / np.pi**2, 1, atol=2e-3)
    at_five = table[table["lambda"] == 5].iloc[0]
    assert at_five["slope_free"] == pytest.approx(-0.512, abs=1e-3)
    assert table["slope_free"].min() == pytest.approx(-0.5753, abs=1e-4)


def test_the_free_norm_by_its_integral():
    """A(l, z) = Int_0^l psi(m z)/rho exp(-Int_m^l kappa/rho) dm, by plain quadrature at l = 1."""
    half = lambda z: np.sqrt(2 / np.pi) * np.exp(-(z**2) / 2)  # noqa: E731
    psi = lambda x: 1 - np.tanh(x)  # noqa: E731
    grid = np.linspace(0, 1, 201)
    rho = np.array([quad(lambda z, m=m: half(z) * z * psi(m * z), 0, 12)[0] for m in grid])
    kappa = np.array([quad(lambda z, m=m: half(z) / np.cosh(m * z) ** 2, 0, 12)[0] for m in grid])
    step = grid[1] / 2 * (kappa[1:] / rho[1:] + kappa[:-1] / rho[:-1])
    decay = np.exp(np.append(0, np.cumsum(step)) - step.sum())
    A = lambda z: np.trapezoid(psi(grid * z) / rho * decay, grid)  # noqa: E731
    c = np.sqrt(quad(lambda z: half(z) * A(z) ** 2, 0, 12)[0]) / np.pi
    assert large_alpha(np.array([1.0]))["c_free"][0] == pytest.approx(c, rel=1e-4)


@pytest.mark.parametrize("lambdas", [[], [2, 1], [1e-4], [1, 1e5], [np.nan]])
def test_bad_norms(lambdas):
    with pytest.raises(BadInput, match="lambdas: they must rise"):
        large_alpha(np.array(lambdas, float))
