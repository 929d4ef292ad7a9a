"""The fixed-norm minimiser at finite N: against an independent optimiser, limits, failures."""

import numpy as np
import pytest
from scipy.optimize import brentq, minimize

from scaling.core.errors import BadInput, NotConverged
from scaling.perceptron import finite_n
from scaling.perceptron.finite_n import fixed_norm_path, fixed_norm_paths
from scaling.perceptron.samples import draw_sample, generalization_error


@pytest.mark.parametrize("norm", [0.3, 3.0, 10.0])
def test_against_the_regularised_problem_solved_by_another_method(norm):
    """The minimiser of loss + mu/2 |w|^2, with mu such that its norm is right (L-BFGS and a root finder)."""
    sample = draw_sample(15, 4, seed=0, sample=0)
    solutions = {}

    def norm_at(log_mu):
        def objective(w):
            margins, mu = sample.patterns @ w, np.exp(log_mu)
            slopes = -2 / (1 + np.exp(2 * margins))
            value = np.logaddexp(0, -2 * margins).sum() + mu / 2 * w @ w
            return value / mu, slopes @ sample.patterns / mu + w

        found = minimize(objective, np.zeros(15), jac=True, method="L-BFGS-B", options={"ftol": 1e-15, "gtol": 1e-9})
        solutions[log_mu] = found.x
        return np.linalg.norm(found.x) / np.sqrt(15) - norm

    expected = solutions[brentq(norm_at, -12, 6, xtol=1e-10)]
    path = fixed_norm_path(sample, np.array([norm]))
    assert path["epsilon"][0] == pytest.approx(generalization_error(expected, sample.teacher), rel=1e-5)


def test_from_the_hebb_rule_to_the_maximum_margin_that_the_flow_finds():
    from scaling.perceptron.dynamics import flow_path

    sample, ends = draw_sample(30, 3, seed=1, sample=0), np.array([1e-3, 3000.0])
    fixed, free = fixed_norm_path(sample, ends)["epsilon"], flow_path(sample, ends, 1e-6)["epsilon"]
    assert fixed[0] == pytest.approx(generalization_error(sample.patterns.sum(axis=0), sample.teacher), rel=1e-3)
    assert fixed[1] == pytest.approx(free[1], rel=1e-3)


@pytest.mark.parametrize("alpha", [0.5, 1, 5, 30])
def test_the_path_does_not_depend_on_the_steps_along_it(alpha):
    sample = draw_sample(40, alpha, seed=0, sample=0)
    coarse = fixed_norm_path(sample, np.geomspace(1e-3, 300, 4))["epsilon"]
    fine = fixed_norm_path(sample, np.geomspace(1e-3, 300, 40))["epsilon"][::13]
    assert np.allclose(np.log(coarse), np.log(fine), atol=1e-6)


def test_samples_are_those_of_the_dynamics_and_repeat():
    first, again = (fixed_norm_paths(2, 30, 2, np.array([0.1, 1.0]), seed=7) for _ in range(2))
    assert first.equals(again) and list(first["sample"]) == [0, 0, 1, 1]


def test_bad_input_and_failures_are_named(monkeypatch):
    sample = draw_sample(20, 5, seed=0, sample=0)
    with pytest.raises(BadInput, match="lambda"):
        fixed_norm_path(sample, np.array([-1.0]))
    honest = finite_n.residuals

    def breaks_at_2(margins, log_factor):
        first, second = honest(margins, log_factor)
        return first, second * np.nan if margins.mean() > 2 else second

    monkeypatch.setattr(finite_n, "residuals", breaks_at_2)
    with pytest.raises(NotConverged, match=r"alpha = 5, lambda = \d"):
        fixed_norm_path(sample, np.array([100.0]))
