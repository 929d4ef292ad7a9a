"""The squared loss: exact in time, its closed forms, its large-N limit."""

import numpy as np
import pytest
from scipy.integrate import quad

from scaling.core.errors import BadInput
from scaling.perceptron.mse import (
    C_SQUARED,
    flow_path,
    flow_solution,
    marchenko_pastur_path,
    mse_table,
    time_grid,
)
from scaling.perceptron.samples import draw_sample


@pytest.mark.parametrize("alpha", [0.5, 3])
def test_the_solution_is_the_limit_of_plain_gradient_descent(alpha):
    sample = draw_sample(30, alpha, seed=0, sample=0)
    rate, w = 1e-4, np.zeros(30)
    for _ in range(20_000):
        w += rate * (1 - sample.patterns @ w) @ sample.patterns
    assert np.allclose(flow_solution(sample, np.array([2.0]))[0], w, atol=2e-4 * np.abs(w).max())


def test_the_end_is_the_least_squares_solution():
    for alpha in (0.5, 4):
        sample = draw_sample(40, alpha, seed=1, sample=0)
        expected = np.linalg.lstsq(sample.patterns, np.ones(len(sample.patterns)), rcond=None)[0]
        assert np.allclose(flow_solution(sample, np.array([1e9]))[0], expected, atol=1e-8)


@pytest.mark.parametrize("alpha", [1.5, 2, 10, 100])
def test_the_norm_saturates_at_the_closed_form(alpha):
    norms, _ = marchenko_pastur_path(alpha, np.array([1e8]))
    assert norms[0] == pytest.approx(np.sqrt(C_SQUARED + (1 - C_SQUARED) / (alpha - 1)), rel=1e-10)


@pytest.mark.parametrize("alpha", [0.3, 4.0])
def test_the_limits_integrals_against_adaptive_quadrature(alpha):
    low, high = (1 - np.sqrt(alpha)) ** 2, (1 + np.sqrt(alpha)) ** 2
    t = 0.7

    def average(f):
        return quad(lambda k: f(k) * np.sqrt((high - k) * (k - low)) / (2 * np.pi * k), low, high, epsabs=1e-11)[0]

    overlap = np.sqrt(C_SQUARED) * average(lambda k: 1 - np.exp(-k * t))
    square = average(lambda k: (1 - np.exp(-k * t)) ** 2 * (C_SQUARED + (1 - C_SQUARED) / k))
    norms, errors = marchenko_pastur_path(alpha, np.array([t]))
    assert norms[0] == pytest.approx(np.sqrt(square), rel=1e-8)
    assert errors[0] == pytest.approx(np.arccos(overlap / np.sqrt(square)) / np.pi, rel=1e-8)


@pytest.mark.parametrize("alpha", [0.2, 1, 5, 50])
def test_the_limit_begins_at_the_hebb_rule(alpha):
    _, errors = marchenko_pastur_path(alpha, np.array([1e-7]))
    assert errors[0] == pytest.approx(np.arccos(np.sqrt(2 * alpha / (2 * alpha + np.pi))) / np.pi, rel=1e-5)


@pytest.mark.parametrize("alpha", [0.5, 2, 10])
def test_finite_N_scatters_around_the_limit(alpha):
    times = time_grid(alpha)[::20]
    expected = np.array(marchenko_pastur_path(alpha, times))
    paths = np.array([flow_path(draw_sample(250, alpha, seed=5, sample=number), times) for number in range(4)])
    assert np.allclose(paths.mean(axis=0) / expected, 1, atol=0.05)


def test_lambda_opt_tends_to_c_and_hardly_depends_on_alpha():
    found = []
    for alpha in (5, 20, 200):
        norms, errors = marchenko_pastur_path(alpha, np.geomspace(1e-2, 1e2, 1000))
        found.append(norms[np.argmin(errors)])
    assert found[-1] == pytest.approx(np.sqrt(2 / np.pi), rel=0.01)
    assert max(found) / min(found) < 1.2  # where alpha grows 40-fold


def test_the_table_holds_samples_and_limit():
    table = mse_table([2.0], 20, 2, seed=0)
    assert sorted(table.groupby(["method", "sample"]).size().index) == [("flow", 0), ("flow", 1), ("theory", -1)]
    assert np.all(np.isfinite(table[["log_time", "lambda", "epsilon"]]))


def test_bad_alphas_are_named():
    with pytest.raises(BadInput, match="alpha"):
        mse_table([-1.0], 20, 1, seed=0)
