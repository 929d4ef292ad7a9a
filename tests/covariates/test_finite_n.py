"""Samples: each is a minimiser, and their mean is the theory's to the corrections of finite size."""

import numpy as np
import pytest
from scipy.optimize import minimize

from scaling.core.errors import BadInput
from scaling.covariates.finite_n import compare, minimise, sample_path, samples_table
from scaling.covariates.spectra import isotropic, power_law


def test_the_minimiser_against_a_general_one():
    random = np.random.default_rng(0)
    patterns, penalty = random.standard_normal((30, 8)) + 0.3, 0.7

    def loss(w):
        return np.logaddexp(0, -2 * patterns @ w).sum() + penalty / 2 * w @ w

    found = minimise(patterns, penalty, np.zeros(8))
    general = minimize(loss, np.zeros(8), method="BFGS", options={"gtol": 1e-9})
    np.testing.assert_allclose(found, general.x, atol=1e-6)
    slope = 2 / (1 + np.exp(2 * patterns @ found))
    np.testing.assert_allclose(penalty * found, slope @ patterns, atol=1e-9)


def test_fewer_patterns_than_features_are_solved_in_their_span():
    """The same sample, in the span of its patterns and in all dimensions."""
    spectrum, penalties = power_law(0.5, 0.8, 40), np.array([10.0, 1.0, 0.1])
    norms, errors = sample_path(spectrum, 20, penalties, np.random.default_rng(5))
    random = np.random.default_rng(5)
    normal = random.standard_normal((20, 40))
    field = normal @ np.sqrt(spectrum.tau) + np.sqrt(spectrum.u0) * random.standard_normal(20)
    patterns = normal * np.sqrt(spectrum.om) * np.sign(field)[:, None]
    for norm, error, penalty in zip(norms, errors, penalties, strict=True):
        w = minimise(patterns, penalty, np.zeros(40))
        assert np.linalg.norm(w) == pytest.approx(norm, rel=1e-7)
        overlap = w @ np.sqrt(spectrum.om * spectrum.tau) / np.sqrt(spectrum.om @ w**2)
        assert np.arccos(overlap) / np.pi == pytest.approx(error, rel=1e-7)


def test_the_mean_of_samples_is_the_theory():
    """To 4 standard errors, or to the bias of finite size: 4/n and two percent of finite p."""
    table = compare(samples_table(power_law(0.5, 0.8, 200), [100, 400], samples=12, points=8, lam_max=16, seed=0))
    assert len(table) == 16 and (table["samples"] == 12).all()
    allowed = np.maximum(4 * table["sem"], 4 / table["n"] + 0.02)
    assert (table["log_ratio"].abs() < allowed).all(), table
    # and the test could fail: a theory for twice as many patterns is further away than this
    other = compare(samples_table(power_law(0.5, 0.8, 200), [200], samples=2, points=8, lam_max=16, seed=0))
    best = {n: table.loc[table["n"] == n, "theory"].min() for n in (100, 400)} | {200: other["theory"].min()}
    assert np.log(best[100] / best[200]) > 0.1 and np.log(best[200] / best[400]) > 0.1


def test_the_same_seed_gives_the_same_table():
    def table(seed):
        return samples_table(power_law(1, 1, 20), [30], samples=2, points=3, lam_max=4, seed=seed)

    one = table(1)
    assert one.equals(table(1))
    assert not np.isclose(one["epsilon"], table(2)["epsilon"]).any()


def test_points_beyond_the_end_are_left_out():
    """Noisy labels, more patterns than the threshold: the theory has no penalty for a large lam."""
    table = samples_table(power_law(0.5, 0.8, 20, 0.5), [200], samples=2, points=10, lam_max=16, seed=0)
    assert 0 < len(table) < 20
    assert np.isfinite(table["epsilon"]).all()


@pytest.mark.parametrize(
    ("spectrum", "lam_max", "named"),
    [
        (power_law(1, 1), 4, "finite size"),
        (isotropic(5.0), 4, "finite size"),
        (power_law(1, 1, 10), 20, "lam_max = 20: between 0.1 and 16"),
    ],
)
def test_refused(spectrum, lam_max, named):
    with pytest.raises(BadInput, match=named):
        samples_table(spectrum, [10], samples=2, points=2, lam_max=lam_max, seed=0)
