"""The mean field of the dynamics: its start in closed form, finite samples, two grids, two seeds, the limit."""

import numpy as np
import pandas as pd
import pytest

from scaling.core.errors import BadInput, NotConverged
from scaling.perceptron import mean_field
from scaling.perceptron.adiabatic import adiabatic_path, adiabatic_paths
from scaling.perceptron.dynamics import flow_path, free_norm_paths
from scaling.perceptron.finite_n import fixed_norm_path, fixed_norm_paths
from scaling.perceptron.free_norm_exponents import mean_curves
from scaling.perceptron.free_norm_limit import beside_samples, lag, ratios, windows
from scaling.perceptron.large_alpha import large_alpha
from scaling.perceptron.mean_field import free_norm
from scaling.perceptron.samples import draw_sample

LAMBDAS = np.array([0.1, 0.3, 1.0, 2.0])


def test_it_begins_as_the_hebb_rule():
    """t small: m = t alpha sqrt(2/pi), C = t^2 alpha; the first corrections are of order t alpha."""
    path = free_norm(4, 0.05, 1024, seed=0)
    t = np.exp(path.log_time[0])
    assert path.norm[0] == pytest.approx(t * np.sqrt(4 * (1 + 2 * 4 / np.pi)), rel=5 * t)
    assert path.epsilon[0] == pytest.approx(np.arctan(np.sqrt(np.pi / 8)) / np.pi, rel=5 * t)
    assert np.all(np.diff(path.norm) > 0)


@pytest.mark.parametrize("alpha", [2, 10])
def test_finite_samples_agree(alpha):
    """Paired samples of N = 100, within 4 of their standard errors or their bias of order 1/N."""
    found = ratios(alpha, LAMBDAS, patterns=1024, runs=2, seed=0)
    paths = [free_norm_paths(alpha, 100, 16, LAMBDAS, 1e-6, 0), fixed_norm_paths(alpha, 100, 16, LAMBDAS, 0)]
    table = beside_samples(found, mean_curves(pd.concat(paths)))
    apart = (table["samples"] - table["log_ratio"]).abs()
    assert (apart < np.maximum(4 * np.hypot(table["sigma"], table["samples_sigma"]), 0.01)).all(), table
    assert table["log_ratio"].max() > 0.04  # what is compared is not small


def test_other_samples_and_grids_agree_within_the_stated_error():
    one, other = (ratios(5, LAMBDAS, patterns=1024, runs=3, seed=seed) for seed in (0, 100))
    sigma = np.hypot(np.hypot(one["sigma"], other["sigma"]), 2e-4)
    # of three runs each: a ratio of 5 in such a t distribution is one in a thousand
    assert ((one["log_ratio"] - other["log_ratio"]).abs() < 5 * sigma).all()
    finer = free_norm(5, 1.1, 1024, 0, step=0.2)
    coarse = free_norm(5, 1.1, 1024, 0, step=0.4)
    between = np.interp(np.log(0.9), np.log(finer.norm), np.log(finer.epsilon))
    assert np.interp(np.log(0.9), np.log(coarse.norm), np.log(coarse.epsilon)) == pytest.approx(between, abs=5e-3)


def test_large_alpha_comes_to_the_limit():
    """The distance falls as 1/alpha."""
    limit = np.log(large_alpha(LAMBDAS)["ratio"].to_numpy())
    apart = [np.abs(ratios(alpha, LAMBDAS, 1024, 2, 0)["log_ratio"] - limit).max() for alpha in (25, 100)]
    assert apart[1] < 0.004
    assert apart[0] / apart[1] == pytest.approx(4, rel=0.3)


def test_windows_that_start_early_raise_the_free_norms_exponent():
    table = windows([5, 50, 100, 1e6]).set_index(["alpha", "lambda_min"])
    assert set(table.index.get_level_values(0)) == {50, 100}
    assert table.loc[(100, 2), "free"] == pytest.approx(0.466, abs=1e-3)
    assert table.loc[(100, 2), "fixed"] == pytest.approx(0.447, abs=1e-3)
    assert (table[["free", "fixed"]] < 0.5).all(axis=None) and (table["free_minus_fixed"] > 0).all()


def test_an_alpha_without_samples_has_no_number_there():
    found = pd.DataFrame({"alpha": [3.0], "lambda": [1.0], "log_ratio": [0.1], "sigma": [0.0]})
    curves = pd.DataFrame(columns=["alpha", "method", "lambda", "epsilon_to_fixed", "epsilon_to_fixed_sem"])
    assert beside_samples(found, curves)[["samples", "samples_sigma"]].isna().all(axis=None)


def test_a_single_sample_has_no_error():
    """Its mean is there, the standard error is not."""
    paths = [free_norm_paths(5, 30, 1, LAMBDAS, 1e-6, 0), fixed_norm_paths(5, 30, 1, LAMBDAS, 0)]
    found = pd.DataFrame({"alpha": 5.0, "lambda": [0.2, 1.0], "log_ratio": 0.1, "sigma": 0.0})
    table = beside_samples(found, mean_curves(pd.concat(paths)))
    assert table["samples"].notna().all() and table["samples_sigma"].isna().all()


@pytest.mark.parametrize(
    ("alpha", "lambda_max", "patterns"), [(0, 1, 1024), (5, 0, 1024), (5, 2e3, 1024), (5, 1, 1000), (5, 1, 32)]
)
def test_refused(alpha, lambda_max, patterns):
    with pytest.raises(BadInput, match=f"{patterns} patterns: alpha and lambda above 0"):
        free_norm(alpha, lambda_max, patterns, seed=0)


def test_norms_and_runs_are_checked():
    for lambdas, runs in (([0.01], 2), ([1, 0.5], 2), ([1.0], 1)):
        with pytest.raises(BadInput, match=r"norms must rise from 0\.05 or more, and runs be 2 or more"):
            ratios(5, lambdas, 1024, runs, 0)


def test_a_failure_names_alpha(monkeypatch):
    monkeypatch.setattr(mean_field, "MOST_BLOCKS", 3)
    with pytest.raises(NotConverged, match="lambda = 5 was not reached at alpha = 5"):
        free_norm(5, 5, 256, seed=0)


def test_the_adiabatic_lag_is_that_of_the_flow():
    """On one sample: the flow itself, but for a share of order 1/lambda^2 and 4e-4 of the error."""
    sample, lambdas = draw_sample(60, 10, 0, 0), np.array([3.0, 5, 7, 12, 20])
    free, fixed = flow_path(sample, lambdas, 1e-8), fixed_norm_path(sample, lambdas)
    measured = np.log(free["epsilon"] / fixed["epsilon"]).to_numpy()
    predicted = adiabatic_path(sample, lambdas)
    assert np.all(np.abs(predicted - measured) < 2 / lambdas**2 * np.abs(measured) + 4e-4)
    assert measured[0] > 0.02


def test_the_table_of_the_lag():
    lambdas = np.array([1.0, 5.0, 9.0])
    paths = [free_norm_paths(10, 40, 3, lambdas, 1e-6, 0), fixed_norm_paths(10, 40, 3, lambdas, 0)]
    table = lag(mean_curves(pd.concat(paths)), adiabatic_paths(10, 40, 3, lambdas, 0))
    assert list(table["lambda_over_alpha"]) == pytest.approx([0.5, 0.9])
    assert (table["measured"] - table["adiabatic"]).abs().max() < 0.2
    assert table.notna().all(axis=None)
