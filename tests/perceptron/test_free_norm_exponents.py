"""From paths to exponents, on paths whose exponents are known."""

import numpy as np
import pandas as pd
import pytest

from scaling.perceptron.comparison import side_by_side, theory_plus_difference
from scaling.perceptron.free_norm_exponents import (
    analyse,
    exponents_table,
    gamma_1_windows,
    mean_curves,
    optima_table,
    sample_optima,
    smooth_minimum,
)

LAMBDAS = np.geomspace(1e-3, 300, 110)
ALPHAS = [10.0, 25.0, 50.0, 100.0]


def synthetic_paths(free_over_fixed=1.01, noise=0.03, samples=4, tilt=0.0):
    """An early power 1/2 that turns up near lambda = 0.9 alpha, epsilon_0 ~ alpha^-1/2, and scatter by sample."""
    rng, tables = np.random.default_rng(0), []
    for alpha in ALPHAS:
        x = LAMBDAS / (0.9 * alpha)
        curve = alpha**-0.5 * (1 + LAMBDAS) ** -0.5 * (1 + x**2) ** (0.5 * (1 + 0.5))
        for sample in range(samples):
            scale = np.exp(rng.standard_normal() * (noise + tilt * np.log1p(LAMBDAS)))
            for method, factor in (("flow", free_over_fixed), ("fixed", 1.0)):
                columns = {"lambda": LAMBDAS, "epsilon": factor * scale * curve, "log_time": np.log(LAMBDAS)}
                tables.append(pd.DataFrame(columns).assign(alpha=alpha, sample=sample, method=method))
    return pd.concat(tables, ignore_index=True)


def test_the_smooth_minimum_does_not_see_the_grid():
    for points in (30, 47):
        x = np.linspace(-3, 4, points)
        place, depth = smooth_minimum(x, np.log(np.cosh(x - 0.777)) + 0.1)
        assert place == pytest.approx(0.777, abs=2e-3) and depth == pytest.approx(0.1, abs=1e-4)


def test_a_minimum_at_an_end_is_none():
    x = np.linspace(0, 1, 20)
    assert np.isnan(smooth_minimum(x, x)).all() and np.isnan(smooth_minimum(x, -x)).all()


def test_mean_curves_pair_the_samples():
    curves = mean_curves(synthetic_paths())
    flow = curves[curves["method"] == "flow"]
    assert np.allclose(flow["epsilon_to_fixed"], 1.01) and np.allclose(flow["epsilon_to_fixed_sem"], 0, atol=1e-12)
    assert np.all(flow["epsilon_sem"] / flow["epsilon"] > 1e-3)  # the samples' own scatter


def test_optima_and_their_ratios():
    table = optima_table(sample_optima(synthetic_paths()))
    flow = table[table["method"] == "flow"].set_index("alpha")
    assert list(flow["samples"]) == [4] * 4 and list(flow["censored"]) == [0] * 4
    assert np.allclose(flow["epsilon_opt_to_fixed"], 1.01) and np.allclose(flow["lambda_opt_to_fixed"], 1)
    # d/dlog(lambda) of log epsilon: -lambda/(1 + lambda)/2 + 1.5 x^2/(1 + x^2) = 0; for large lambda x^2 = 1/2
    assert flow.loc[100, "lambda_opt"] == pytest.approx(0.9 * 100 / np.sqrt(2), rel=0.02)


def test_censored_samples_are_counted_and_left_out():
    paths = synthetic_paths()
    short = paths[(paths["alpha"] < 100) | (paths["sample"] > 0) | (paths["lambda"] < 10)]
    table = optima_table(sample_optima(short)).set_index(["alpha", "method"])
    assert table.loc[(100, "flow"), "censored"] == 1 and table.loc[(100, "flow"), "samples"] == 3


def test_gamma_1_by_window():
    table = gamma_1_windows(synthetic_paths(), [(2, 0.15), (5, 0.2), (50, 0.1)])
    assert not (table["lambda_min"] == 50).any()  # nothing is in that window
    assert set(table["method"]) == {"flow", "fixed", "difference"}
    row = table[(table["alpha"] == 100) & (table["lambda_min"] == 5) & (table["method"] == "flow")].iloc[0]
    inside = (LAMBDAS >= 5) & (LAMBDAS <= 20)
    curve = (1 + LAMBDAS[inside]) ** -0.5 * (1 + (LAMBDAS[inside] / 90) ** 2) ** 0.75
    assert row["gamma_1"] == pytest.approx(-np.polyfit(np.log(LAMBDAS[inside]), np.log(curve), 1)[0])
    assert row["lambda_max"] == 20 and row["samples"] == 4
    assert np.allclose(table[table["method"] == "difference"]["gamma_1"], 0, atol=1e-12)


def test_exponents_of_a_known_law():
    table = analyse(synthetic_paths(noise=0.0), [(2, 0.15)], 25, 25)[3].set_index(["quantity", "setting"])
    assert table.loc[("gamma_2", "free-norm"), "value"] == pytest.approx(1, abs=0.04)
    # epsilon_opt ~ alpha^-1 and epsilon_hebb ~ alpha^-1/2
    assert table.loc[("gamma", "free-norm"), "value"] == pytest.approx(0.5, abs=0.03)
    assert table.loc[("gamma", "free-norm minus fixed-norm at finite N"), "value"] == pytest.approx(0, abs=1e-10)
    product = table.loc[("gamma_1", "free-norm"), "value"] * table.loc[("gamma_2", "free-norm"), "value"]
    assert table.loc[("gamma_pred", "free-norm"), "value"] == pytest.approx(product)
    assert table.loc[("gamma_1", "free-norm"), "alpha_min"] == 25


def test_sigma_of_gamma_is_the_scatter_of_repeated_studies():
    """The table's sigma covers the spread that noise of known size in epsilon_opt causes."""
    rng, found = np.random.default_rng(1), []
    windows = gamma_1_windows(synthetic_paths(samples=2), [(2, 0.15)])
    for _ in range(20):
        rows = [(a, s, -0.5 * np.log(a) + 0.05 * rng.standard_normal()) for a in ALPHAS for s in range(5)]
        optima = pd.DataFrame(rows, columns=["alpha", "sample", "log_epsilon_opt"])
        optima = optima.assign(log_lambda_opt=np.log(optima["alpha"]), log_epsilon_hebb=0.0)
        both = pd.concat([optima.assign(method="flow"), optima.assign(method="fixed")])
        table = exponents_table(windows, both, 25, 10)
        found.append(table.set_index(["quantity", "setting"]).loc[("gamma", "free-norm"), ["value", "sigma"]].tolist())
    values, sigmas = np.array(found, float).T
    assert np.mean(values) == pytest.approx(0.5, abs=0.01)
    assert np.mean(sigmas) == pytest.approx(np.std(values), rel=0.5)


def test_too_few_alphas_give_no_row_instead_of_a_wrong_one():
    paths = synthetic_paths()
    table = analyse(paths[paths["alpha"] == 10], [(2, 0.15)], 25, 10)[3]
    assert table.empty


def test_theory_plus_difference_is_sharper_than_the_samples():
    """Scatter that free and fixed norm share leaves no trace in theory plus difference."""
    dynamics = analyse(synthetic_paths(tilt=0.05), [(2, 0.15)], 25, 25)[3]
    exact = optima_table(sample_optima(synthetic_paths(noise=0.0))).query("method == 'fixed'")
    table = theory_plus_difference(exact, dynamics).set_index("quantity")
    samples = dynamics[dynamics["setting"] == "free-norm"].set_index("quantity")
    law = np.polyfit(np.log(exact["alpha"][1:]), np.log(exact["epsilon_opt"] / exact["epsilon_hebb"])[1:], 1)
    assert table.loc["gamma", "value"] == pytest.approx(-law[0], abs=1e-8)
    assert table.loc["gamma", "sigma"] < samples.loc["gamma", "sigma"] / 5
    assert table.loc["gamma_2", "alpha_min"] == 25
    assert theory_plus_difference(exact[:2], dynamics).empty  # alphas 10 and 25: one in the range


def test_side_by_side():
    theory = pd.DataFrame({"quantity": ["gamma_1", "gamma"], "setting": "fixed-norm", "value": [0.5, 0.5], "note": "x"})
    optima = pd.DataFrame({"alpha": [1.0], "lambda_opt": 1.0, "epsilon_opt": 0.1, "epsilon_hebb": 0.2})
    dynamics = pd.DataFrame({"quantity": ["gamma_1"], "setting": "free-norm", "value": [0.48]})
    published = pd.DataFrame({"quantity": ["gamma", "gamma_1"], "setting": "fixed-norm", "value": [0.5, 0.5]})
    table = side_by_side(theory, optima, dynamics, published)
    assert list(table["quantity"]) == ["gamma_1"] * 3 + ["gamma"] * 2
    assert list(table["source"]) == ["ours", "ours", "published", "ours", "published"]
