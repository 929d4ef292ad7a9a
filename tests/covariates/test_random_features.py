"""Random features: the deterministic equivalent against eigenvalues, known and drawn."""

import numpy as np
import pytest
from scipy.special import erf

from scaling.core.errors import BadInput
from scaling.covariates.finite_n import minimise
from scaling.covariates.random_features import (
    ACTIVATIONS,
    RandomFeatures,
    isotropic_inputs,
    marchenko_pastur,
    unit_trace,
)
from scaling.covariates.spectra import power_law
from scaling.covariates.theory import Path

LOG_KAPPA = np.linspace(-12, 8, 30)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_constants_of_the_activations(activation):
    """k1 = E[z sigma(z)]^2 and ks = Var sigma - k1, by Gauss-Hermite quadrature."""
    function = {"linear": lambda z: z, "relu": lambda z: np.maximum(z, 0), "erf": erf}[activation]
    z = np.linspace(-12, 12, 200_001)
    weight = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) * (z[1] - z[0])
    mean, slope, square = (weight @ value for value in (function(z), z * function(z), function(z) ** 2))
    assert ACTIVATIONS[activation] == pytest.approx((slope**2, square - mean**2 - slope**2), abs=1e-9)


@pytest.mark.parametrize("activation", ["relu", "erf"])
@pytest.mark.parametrize("ratio", [0.5, 1.0, 2, 8])
def test_isotropic_inputs_against_the_marchenko_pastur_law(activation, ratio):
    dimension = 200.0
    features = RandomFeatures(isotropic_inputs(dimension), ratio * dimension, activation)
    modes = marchenko_pastur(dimension, ratio * dimension, activation)
    ours, theirs = features.traces(LOG_KAPPA), modes.traces(LOG_KAPPA)
    for name in ("df", "df2", "N1", "N2", "D", "T1"):
        np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-11, err_msg=name)
    assert features.missed == pytest.approx(modes.u0, rel=1e-11)


@pytest.mark.parametrize("activation", ["linear", "relu"])
@pytest.mark.parametrize("size", [30, 300])
def test_the_derivatives_are_differences(activation, size):
    features = RandomFeatures(unit_trace(power_law(0.5, 0.8, 100, 0.1)), size, activation)
    step = 1e-4
    here, up, down = (features.traces(LOG_KAPPA + shift) for shift in (0, step, -step))
    for name, slope in {"df": -here.N1, "e": here.N2, **here.in_log_kappa}.items():
        difference = (getattr(up, name) - getattr(down, name)) / (2 * step)
        np.testing.assert_allclose(difference, slope, rtol=1e-5, atol=1e-7 * np.abs(slope).max(), err_msg=name)


@pytest.mark.parametrize("activation", ["linear", "relu"])
def test_against_a_drawn_matrix(activation):
    """The traces of k1 F Psi F^T + ks of one draw: the equivalent is exact up to some 1 / size."""
    inputs, size, kappa = unit_trace(power_law(0.5, 0.8, 600)), 400, 0.3
    k1, ks = ACTIVATIONS[activation]
    drawn = np.random.default_rng(0).standard_normal((size, 600)) * np.sqrt(inputs.om)
    covariance = k1 * drawn @ drawn.T + ks * np.eye(size)
    om, vectors = np.linalg.eigh(covariance)
    # cov(nu, v) of linear regression on the inputs: sqrt(k1) F Psi^(1/2) sqrt(tau)
    tau = (vectors.T @ (np.sqrt(k1) * drawn @ np.sqrt(inputs.tau))) ** 2 / om
    u = om / (om + kappa)
    found = RandomFeatures(inputs, size, activation).traces(np.log([kappa]))
    assert found.df[0] == pytest.approx(u.sum(), rel=0.02)
    assert found.N1[0] == pytest.approx((u * (1 - u)).sum(), rel=0.02)
    assert found.T1[0] == pytest.approx(tau @ u, rel=0.02)
    assert found.N2[0] == pytest.approx(tau @ (u * (1 - u)), rel=0.1)


def test_few_linear_features_have_a_floor_and_many_have_none():
    inputs = unit_trace(power_law(0.5, 0.8, 100))
    assert RandomFeatures(inputs, 50, "linear").missed > inputs.u0 + 1e-3
    assert RandomFeatures(inputs, 200, "linear").missed == inputs.u0


@pytest.mark.parametrize(
    ("size", "activation", "named"),
    [
        (10, "tanh", "activation 'tanh': allowed are linear, relu, erf"),
        (0, "relu", "size = 0"),
        (np.inf, "relu", "size"),
    ],
)
def test_refused(size, activation, named):
    with pytest.raises(BadInput, match=named):
        RandomFeatures(isotropic_inputs(10), size, activation)


@pytest.mark.parametrize(("activation", "n"), [("relu", 100), ("relu", 800), ("erf", 300)])
def test_real_features_err_as_gaussian_ones(activation, n):
    """Features of drawn inputs and weights, the error counted on fresh inputs: the theory's within three percent."""
    d, p, samples, penalty = 200, 150, 6, n / 100
    function = {"relu": lambda z: np.maximum(z, 0) - 1 / np.sqrt(2 * np.pi), "erf": erf}[activation]
    features, logs = RandomFeatures(isotropic_inputs(d), p, activation), []
    path = Path.follow(features, [n])
    for sample in range(samples):
        random = np.random.default_rng(sample)
        weights, teacher = random.standard_normal((p, d)) / np.sqrt(d), random.standard_normal(d)
        train, fresh = (random.standard_normal((count, d)) for count in (n, 20_000))
        w = minimise(function(train @ weights.T) * np.sign(train @ teacher)[:, None], penalty, np.zeros(p))
        wrong = np.mean(np.sign(function(fresh @ weights.T) @ w) != np.sign(fresh @ teacher))
        theory = path.at_norm(np.zeros(1, int), np.log([np.linalg.norm(w)])).epsilon[0]
        logs.append(np.log(wrong / theory))
    assert abs(np.mean(logs)) < max(0.03, 4 * np.std(logs) / np.sqrt(samples - 1))
    assert np.std(logs) < 0.1  # so the bound is one
