"""The path: the perceptron's special case, its optimum, its end."""

import numpy as np
import pytest

from scaling.core.errors import BadInput
from scaling.covariates.random_features import RandomFeatures, isotropic_inputs
from scaling.covariates.spectra import isotropic, power_law
from scaling.covariates.theory import Path


def at(path, norms, number=0):
    norms = np.asarray(norms, float)
    return path.at_norm(np.full(norms.size, number), np.log(norms))


def test_isotropic_features_are_the_perceptron():
    """Its own solver, in other unknowns: the curves to 1e-12, the minima to 1e-10."""
    perceptron = pytest.importorskip("scaling.perceptron.theory")
    alphas, norms = [0.5, 5, 100, 1e4], np.geomspace(1e-2, 300, 25)
    path = Path.follow(isotropic(), alphas)
    expected = perceptron.solve(alphas, norms)
    for i in range(len(alphas)):
        found = at(path, norms, i)
        np.testing.assert_allclose(found.epsilon, expected.epsilon[i], rtol=1e-12)
        np.testing.assert_allclose(found.lam, norms, rtol=1e-12)
        np.testing.assert_allclose(found.slope, expected.dlog_epsilon_dlog_lambda[i], atol=1e-9)
    best, theirs = path.optimum(), perceptron.optimum(alphas)
    np.testing.assert_allclose(best.theta, theirs.theta, rtol=1e-12)
    np.testing.assert_allclose(best.log_norm, theirs.log_lambda, atol=1e-9)


def test_the_end_without_separability_needs_n_over_p_and_the_noise_alone():
    """Of maximum likelihood (Sur and Candes 2019), whatever the covariance is; and the path is refused beyond it."""
    spectra = isotropic(100.0, 0.3), power_law(0.5, 0.8, 100)
    other = type(spectra[1])(spectra[1].om, spectra[1].g, spectra[1].tau * 0.7 / spectra[1].explained, 0.3, 100)
    n = [1.5 * spectra[0].separable_up_to]
    paths = [Path.follow(spectrum, n) for spectrum in (spectra[0], other)]
    assert all(path.ended[0] for path in paths)
    assert paths[0].epsilon_end == pytest.approx(paths[1].epsilon_end, rel=1e-8)
    beyond = paths[0].end + 0.1
    with pytest.raises(BadInput, match=r"norm \S+ at n = \S+: the path runs from .*, maximum likelihood: no minimiser"):
        paths[0].at_norm(np.array([0]), beyond)


def test_the_threshold_of_separability():
    features = power_law(0.5, 0.8, 100, 0.1)
    below, above = (share * features.separable_up_to for share in (0.99, 1.03))
    path = Path.follow(features, [below, above], 1e5)
    largest = np.exp(np.nanmax(path.unknowns[:, 0], axis=0))
    assert list(path.ended) == [False, True]
    assert largest[0] > 1e3 > largest[1]
    # at the threshold the error is p / n
    assert path.epsilon_end[0] == pytest.approx(100 / below, rel=0.02)


def test_the_slope_is_the_derivative_of_the_error():
    path = Path.follow(power_law(0.5, 0.8, noise=0.1), [1e3], 100)
    for norm in (0.5, 5, 50):
        points = at(path, norm * np.exp([-1e-3, 0, 1e-3]))
        difference = (np.log(points.epsilon[2]) - np.log(points.epsilon[0])) / 2e-3
        assert points.slope[1] == pytest.approx(difference, abs=1e-6)


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_the_optimum_is_a_minimum(noise):
    ns = [30, 1e3, 1e6]
    path = Path.follow(power_law(0.5, 0.8, noise=noise), ns)
    best = path.optimum()
    for i in range(len(ns)):
        around = at(path, np.exp(best.log_norm[i] + np.array([-0.05, 0, 0.05])), i)
        assert around.epsilon.argmin() == 1
        assert around.epsilon[1] == pytest.approx(best.epsilon[i], rel=1e-11)
        assert abs(around.slope[1]) < 1e-9


def test_where_there_is_no_minimum_none_is_given():
    """A small a, and many nonlinear random features: the error falls to the end, which is not called a minimum."""
    flat = Path.follow(power_law(0.1, 0.5), [100, 1e4])
    many = Path.follow(RandomFeatures(isotropic_inputs(1.0), 1e6, "relu"), [10, 100])
    for path in (flat, many):
        assert np.isnan(path.optimum().epsilon).all()
        errors = np.arctan(np.exp(path.unknowns[:, 2]))
        assert np.all(np.diff(errors, axis=0)[np.isfinite(errors[1:])] < 0)


def test_noise_and_missing_features_and_nonlinearity_are_one_number():
    """What random features miss of the teacher acts as label noise of the same share: the limit of many patterns."""
    features = RandomFeatures(isotropic_inputs(100), 50, "linear")
    path = Path.follow(features, [1e7])
    assert path.epsilon_end[0] == pytest.approx(features.floor, rel=1e-4)


def test_order_of_n_and_of_norms_is_kept():
    path = Path.follow(power_law(1, 1), [1e4, 100], 10)
    there = path.at_norm(np.array([0, 1, 0]), np.log([3.0, 1.0, 0.1]))
    back = Path.follow(power_law(1, 1), [100, 1e4], 10).at_norm(np.array([1, 0, 1]), np.log([3.0, 1.0, 0.1]))
    np.testing.assert_allclose(there.epsilon, back.epsilon, rtol=1e-12)


@pytest.mark.parametrize("ns", [[], [0], [-5, 3], [np.inf], [np.nan]])
def test_bad_n(ns):
    with pytest.raises(BadInput, match="numbers of patterns above 0"):
        Path.follow(isotropic(), ns)


def test_a_norm_below_the_path_is_refused():
    path = Path.follow(isotropic(), [5], 1)
    with pytest.raises(BadInput, match=r"norm 1e-05 at n = 5: the path runs from 0\.001"):
        at(path, [1e-5])
