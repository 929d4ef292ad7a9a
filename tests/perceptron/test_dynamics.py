"""Gradient descent at free norm: the flow against plain small steps, limits, bad input."""

import numpy as np
import pytest
from scipy.interpolate import CubicSpline
from scipy.optimize import nnls

from scaling.core.errors import BadInput, NotConverged
from scaling.perceptron import dynamics
from scaling.perceptron.dynamics import flow_path, free_norm_paths, gradient_descent, lambda_grid, plain_paths
from scaling.perceptron.samples import draw_sample, generalization_error


def log_epsilon_at(path, lambdas):
    return CubicSpline(np.log(path["lambda"]), np.log(path["epsilon"]))(np.log(lambdas))


@pytest.mark.parametrize(("alpha", "steps", "lambda_max"), [(5, 15_000, 5), (0.5, 10_000, 1.5), (20, 10_000, 4.5)])
def test_the_flow_is_the_limit_of_plain_gradient_descent(alpha, steps, lambda_max):
    sample = draw_sample(30, alpha, seed=3, sample=0)
    flow = flow_path(sample, lambda_grid(1e-3, 20, 120), tolerance=1e-6)
    lambdas = np.geomspace(0.1, lambda_max, 40)
    differences = []
    for learning_rate in (0.04, 0.02):
        plain = gradient_descent(sample, steps, learning_rate, points=200)
        assert plain["lambda"].max() > lambda_max
        differences.append(np.abs(log_epsilon_at(plain, lambdas) - log_epsilon_at(flow, lambdas)).max())
    assert differences[1] < 6e-3
    assert differences[0] / differences[1] == pytest.approx(2, rel=0.2)  # the plain step's own error, of first order


def test_times_are_those_of_plain_gradient_descent():
    sample = draw_sample(50, 5, seed=3, sample=0)
    plain = gradient_descent(sample, 8_000, 0.01, points=60)
    late = plain[plain["lambda"] > 0.5]
    flow = flow_path(sample, late["lambda"].to_numpy(), tolerance=1e-6)
    assert np.allclose(flow["log_time"], late["log_time"], atol=5e-3)


def test_the_error_falls_with_the_tolerance():
    sample, lambdas = draw_sample(60, 10, seed=1, sample=0), lambda_grid(1e-3, 100, 50)
    logs = [np.log(flow_path(sample, lambdas, tolerance)["epsilon"]) for tolerance in (1e-3, 1e-5, 1e-7, 1e-9)]
    errors = [np.abs(path - logs[-1]).max() for path in logs[:-1]]
    assert errors[0] < 5e-3 and errors[1] < 5e-5 and errors[2] < 5e-6


def test_it_begins_at_the_hebb_rule():
    sample = draw_sample(80, 3, seed=0, sample=0)
    start = flow_path(sample, np.array([1e-3]), tolerance=1e-6)["epsilon"][0]
    assert start == pytest.approx(generalization_error(sample.patterns.sum(axis=0), sample.teacher), rel=1e-3)


def maximum_margin(patterns):
    """The shortest w with all margins at least 1, by one non-negative fit: Lawson and Hanson 1974, chapter 23.

    That it is the shortest shows by duality: its multipliers are not negative, and |w|^2 is their sum.
    """
    P, N = patterns.shape
    fitted, _ = nnls(np.vstack([patterns.T, np.ones(P)]), np.append(np.zeros(N), 1))
    multipliers = fitted / (1 - fitted.sum())
    w = multipliers @ patterns
    assert (patterns @ w).min() == pytest.approx(1, abs=1e-9)
    assert multipliers.min() >= 0 and w @ w == pytest.approx(multipliers.sum(), rel=1e-9)
    return w


def test_it_ends_at_the_maximum_margin():
    """Soudry et al. 2018: the direction tends to the maximum-margin solution, the margin error falling like 1/log t."""
    sample = draw_sample(20, 2, seed=2, sample=0)
    expected = generalization_error(maximum_margin(sample.patterns), sample.teacher)
    path = flow_path(sample, np.array([10, 1000, 10_000.0]), tolerance=1e-6)
    errors = np.abs(path["epsilon"] / expected - 1)
    assert errors[1] < 2e-3 and errors[2] < 2e-4 and errors[0] > errors[1] > errors[2]
    assert path["train_error"].iloc[-1] == 0


def test_alpha_5_reaches_300_where_the_time_overflows_nothing():
    path = flow_path(draw_sample(100, 5, seed=0, sample=0), lambda_grid(1e-3, 300, 110), tolerance=1e-5)
    assert len(path) == 110 and np.all(np.isfinite(path.drop(columns="method")))
    assert path["log_time"].is_monotonic_increasing and path["log_time"].iloc[-1] > 80
    small_alpha = flow_path(draw_sample(100, 0.5, seed=0, sample=0), np.array([300.0]), tolerance=1e-5)
    assert small_alpha["log_time"][0] > 710  # exp(710) is no float64


def test_paths_repeat_to_the_bit_and_samples_differ():
    first, again = (free_norm_paths(2, 30, 2, lambda_grid(1e-3, 10, 5), 1e-4, seed=7) for _ in range(2))
    assert first.equals(again)
    assert list(first["sample"]) == [0] * 5 + [1] * 5 and first["alpha"].eq(2).all()
    assert not np.allclose(first["epsilon"][:5], first["epsilon"][5:])
    assert not np.allclose(
        free_norm_paths(2, 30, 2, lambda_grid(1e-3, 10, 5), 1e-4, seed=8)["epsilon"], first["epsilon"]
    )


def test_plain_paths_are_recorded_at_log_spaced_steps():
    path = plain_paths(2, 30, 1, steps=1000, learning_rate=0.1, seed=7)
    assert path["step"].iloc[0] == 1 and path["step"].iloc[-1] == 1000 and path["step"].is_monotonic_increasing
    assert path["method"].eq("plain").all()
    assert list(path.columns) == dynamics.COLUMNS


@pytest.mark.parametrize("tolerance", [0, 1, -1e-3, float("nan")])
def test_impossible_tolerances_are_named(tolerance):
    with pytest.raises(BadInput, match="tolerance"):
        flow_path(draw_sample(10, 2, 0, 0), np.array([1.0]), tolerance)


@pytest.mark.parametrize("lambdas", [[], [0.0, 1], [-1.0], [2.0, 1], [float("nan")]])
def test_impossible_grids_are_named(lambdas):
    with pytest.raises(BadInput, match="lambda"):
        flow_path(draw_sample(10, 2, 0, 0), np.array(lambdas), 1e-4)


@pytest.mark.parametrize("arguments", [(0, 1, 5), (-1, 1, 5), (2, 1, 5), (1, float("inf"), 5), (1, 2, 1)])
def test_impossible_lambda_ranges_are_named(arguments):
    with pytest.raises(BadInput, match="lambda"):
        lambda_grid(*arguments)


@pytest.mark.parametrize(("steps", "learning_rate"), [(0, 0.1), (10, 0), (10, 2)])
def test_impossible_plain_settings_are_named(steps, learning_rate):
    with pytest.raises(BadInput, match="plain"):
        gradient_descent(draw_sample(10, 2, 0, 0), steps, learning_rate)


def test_a_failure_names_alpha_and_lambda(monkeypatch):
    sample = draw_sample(20, 5, seed=0, sample=0)
    honest = dynamics.residuals

    def breaks_at_2(margins, log_factor):
        first, second = honest(margins, log_factor)
        return (first * np.nan, second) if margins.mean() > 2 else (first, second)

    monkeypatch.setattr(dynamics, "residuals", breaks_at_2)
    with pytest.raises(NotConverged, match=r"alpha = 5, lambda = \d"):
        flow_path(sample, lambda_grid(1e-3, 100, 10), 1e-4)
