"""Plain gradient descent for N to infinity: its first step in closed form, finite samples, the flow as its limit."""

import numpy as np
import pytest

from scaling.core.errors import BadInput
from scaling.perceptron.dynamics import plain_paths
from scaling.perceptron.mean_field_plain import BESIDE, beside_flow, plain_descent
from scaling.perceptron.theory import solve


@pytest.fixture(scope="module")
def beside():
    return beside_flow(5, [0.2, 0.1], 30, 1024, 2, 0)


@pytest.mark.parametrize("alpha", [2, 20])
def test_the_first_step_is_the_hebb_rule(alpha):
    """eta times the sum of the patterns: m = eta alpha sqrt(2/pi), C = eta^2 alpha."""
    first = plain_descent(alpha, 0.5, 1, 1024, 0).iloc[0]
    eta = 0.5 / (1 + np.sqrt(alpha)) ** 2
    assert first["lambda"] == pytest.approx(eta * np.sqrt(2 * alpha**2 / np.pi + alpha), rel=2e-3)
    assert first["epsilon"] == pytest.approx(np.arctan(np.sqrt(np.pi / 2 / alpha)) / np.pi, rel=2e-3)


def test_finite_samples_agree():
    """The same number of steps at the same rate, N = 200: within 4 standard errors at each step that is recorded."""
    alpha, rate, steps = 5, 1.0, 40
    theory = plain_descent(alpha, rate, steps, 1024, 0).set_index("step")
    samples = plain_paths(alpha, 200, 16, steps, rate, 0).groupby("step")[["lambda", "epsilon", "train_error"]]
    mean, sem = samples.mean(), samples.sem()
    assert len(mean) > 8
    for column in mean:
        apart = (mean[column] - theory.loc[mean.index, column]).abs()
        assert (apart < np.maximum(4 * sem[column], 1e-3)).all(), column
    # what is compared is not what the flow or a fixed norm would give
    late = theory.loc[3]
    assert late["epsilon"] > 1.1 * solve([alpha], [late["lambda"]]).epsilon[0, 0]


def test_small_rates_are_the_flow(beside):
    """The distance falls as the learning rate, at the same norm."""
    assert list(beside) == BESIDE and beside.notna().all(axis=None)
    near, far = (
        np.interp(np.log([0.3, 0.5]), np.log(rows["lambda"]), rows["log_ratio"])
        for _, rows in beside.groupby("learning_rate")
    )
    assert near.min() > 0.005
    np.testing.assert_allclose(far / near, 2, rtol=0.1)


def test_the_stated_errors(beside):
    other = beside_flow(5, [0.2, 0.1], 30, 2048, 2, 100)
    # of two runs each, of which one ratio of 20 is one in three hundred
    for column, sigma, least in (("log_ratio", "sigma", 5e-5), ("epsilon", "epsilon_sigma", 1e-3)):
        apart = np.abs(beside[column] - other[column]) / (beside["epsilon"] if column == "epsilon" else 1)
        assert (apart < np.maximum(20 * np.hypot(beside[sigma], other[sigma]), least)).all(), column


@pytest.mark.parametrize(
    ("numbers", "named"),
    [
        ((0, 0.5, 5, 1024), "alpha above 0"),
        ((5, 2.0, 5, 1024), "a learning rate between 0 and 2"),
        ((5, 0.5, 0, 1024), "1 to 200 steps"),
        ((5, 0.5, 201, 1024), "1 to 200 steps"),
        ((5, 0.5, 5, 1000), "1000 patterns: a power of 2, 64 or more"),
    ],
)
def test_refused(numbers, named):
    with pytest.raises(BadInput, match=named):
        plain_descent(*numbers, seed=0)


def test_one_run_has_no_error():
    with pytest.raises(BadInput, match="2 runs or more"):
        beside_flow(5, [0.5], 5, 1024, 1, 0)
