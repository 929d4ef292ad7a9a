"""The tables: their columns, their accuracy, and what has no number."""

import numpy as np
import pytest

from scaling.core.channel import Quadrature
from scaling.core.errors import BadInput
from scaling.covariates import exponents, feature_scaling, tables
from scaling.covariates.spectra import power_law
from scaling.covariates.theory import Path

LAWS = [(0.5, 0.8, 0.0), (1, 1, 0.1)]
FINER = Quadrature(nodes=32, width=1.0, kernel_panels=12, gauss_panels=6, reach=11, tail=30)


def test_curves():
    table = tables.curves(LAWS, [100, 1e4], np.geomspace(0.01, 100, 9))
    assert list(table) == ["a", "delta", "noise", "n", "norm", "epsilon", "lam", "kappa", "slope"]
    assert len(table) == 36 and table.notna().all().all()
    assert (table.groupby(["a", "n"])["lam"].diff().dropna() > 0).all(), "lam rises with the norm"
    assert (table.groupby(["a", "n"])["kappa"].diff().dropna() < 0).all(), "kappa falls"


def test_curves_do_not_go_beyond_their_ends():
    """A path that starts above the smallest norm asked for, too."""
    table = tables.curves([(0.5, 0.8, 0.0)], [100], [1e-9, 1.0])
    assert list(table["norm"]) == [1.0]


def test_optima_and_their_accuracy():
    table = tables.optima(LAWS, [1e3, 1e6])
    assert list(table) == [
        "a", "delta", "noise", "n", "norm_opt", "epsilon_opt", "floor", "gamma_2", "gamma", "end_of_path", "norm_end",
        "epsilon_end",
    ]  # fmt: skip
    assert set(table["end_of_path"]) == {"maximum margin"} and np.isinf(table["norm_end"]).all()
    for row in table.itertuples():
        features = power_law(row.a, row.delta, noise=row.noise)
        finer = Path.follow(features, [row.n], quadrature=FINER).optimum()
        assert row.norm_opt == pytest.approx(np.exp(finer.log_norm[0]), rel=1e-9)
        assert row.epsilon_opt == pytest.approx(finer.epsilon[0], rel=1e-10)
        around = Path.follow(features, row.n * np.exp([-0.01, 0.01])).optimum()
        # one-sided in the table, to 1.01 n; centred here
        assert row.gamma_2 == pytest.approx(np.diff(around.log_norm)[0] / 0.02, abs=2e-3)
    assert (table["epsilon_end"] > table["epsilon_opt"]).all()


def test_an_optimum_that_is_not_there_has_no_number():
    table = tables.optima([(0.1, 0.5, 0.0)], [1e3])
    assert table[["norm_opt", "epsilon_opt", "gamma_2", "gamma"]].isna().all(axis=None)
    assert table["epsilon_end"].notna().all()
    measured = exponents.exponents([(0.1, 0.5, 0.0)], [1e3]).set_index("quantity")["measured"]
    assert measured.drop("k_1").isna().all()


def test_flow_leaves_laws_with_noise_out():
    table = tables.flow(LAWS, 10.0)
    assert set(table["a"]) == {0.5}
    early = table[table["norm"] < 0.01]
    np.testing.assert_allclose(early["epsilon"], early["epsilon_fixed"], rtol=2e-3)


def test_the_window_gives_far_less_than_the_exponent():
    """A fit from 0.03 to 0.5 of the optimal norm, as one would choose it by eye."""
    table = exponents.exponents([(0.5, 0.8, 0.0)], [1e2, 1e3, 1e6]).set_index(["quantity", "n"])["measured"]
    assert table["gamma_1_window"].max() < 0.38 < 0.53 < 0.8 / 1.5
    assert table["gamma_1_window", 1e3] < table["gamma_1", 1e3]


def test_phases():
    grid = exponents.phases([0.5, 2], [0.8, 4])
    assert list(grid["region"]) == ["I", "III", "I", "IV"]
    assert list(grid["product_over_gamma"][:3]) == pytest.approx([1, 1, 1])


def test_floors_and_their_exponents():
    table = feature_scaling.floors(0.5, 0.8, ["linear", "relu"], [30, 1000])
    assert list(table["features"]) == ["modes", "modes", "linear", "linear", "relu", "relu"]
    large = table[table["p"] == 1000].set_index("features")
    assert large.loc["modes", "floor"] == pytest.approx(power_law(0.5, 0.8, 1000).floor, rel=1e-12)
    for kind, tolerance in (("modes", 2e-3), ("linear", 4e-3), ("relu", 0.04)):
        assert large.loc[kind, "gamma"] == pytest.approx(large.loc[kind, "gamma_predicted"], abs=tolerance)
        assert large.loc[kind, "gamma_2"] == pytest.approx(large.loc[kind, "gamma_2_predicted"], abs=tolerance)
        # what turns resolution into norm is common to all kinds: gamma_1
        assert large.loc[kind, "gamma"] / large.loc[kind, "gamma_2"] == pytest.approx(0.8 / 1.5, abs=0.02)


def test_the_ends_of_the_population_paths_are_the_floors():
    paths = feature_scaling.population_paths(0.5, 0.8, [10, 100])
    floors = feature_scaling.floors(0.5, 0.8, [], [10, 100])
    last = paths.groupby("p").last()
    np.testing.assert_allclose(last["epsilon"], floors["floor"], rtol=1e-5)
    np.testing.assert_allclose(last["norm"], floors["norm_at_floor"], rtol=1e-4)


def test_the_joint_law_collapses():
    table = feature_scaling.joint(0.5, 0.8, [], [100, 1000], [0.1, 1, 10, 100])
    scaled = table.pivot_table(index="p", columns=table["n_scaled"].round(6), values="epsilon_scaled")
    assert (np.abs(np.log(scaled.loc[1000] / scaled.loc[100])) < 0.01).all()


def test_isotropic_inputs():
    """Many nonlinear features: no minimum; at p/d = 8 the optimal norm is not monotone in n."""
    table = feature_scaling.isotropic(["relu"], [8, 1e6], [1, 32, 1e6])
    few, many = table[table["p_over_d"] == 8], table[table["p_over_d"] == 1e6]
    assert list(few["norm_opt"]) == pytest.approx([4.15, 3.17, 8.15], abs=0.01)
    assert np.isnan(many["epsilon_opt"].iloc[1]) and many["epsilon_end"].iloc[1] > 0
    large = feature_scaling.isotropic(["relu"], [1024], [1.0])
    k1, ks = 1 / 4, 1 / 4 - 1 / (2 * np.pi)
    assert large["floor"].iloc[0] == pytest.approx(0.005998, abs=1e-6)
    assert large["floor"].iloc[0] == pytest.approx(np.sqrt(ks / k1 / 1024) / np.pi, rel=2e-3)


def test_no_collapse_outside_of_region_one():
    with pytest.raises(BadInput, match="delta below"):
        tables.collapse(0.5, 2, [100])


def test_no_collapse_where_there_is_no_minimum():
    with pytest.raises(BadInput, match=r"a = 0\.1, delta = 0\.5: the error falls up to the maximum margin"):
        tables.collapse(0.1, 0.5, [100])
