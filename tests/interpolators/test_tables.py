"""The tables: what they hold, that exact and theory meet in them, and that verdicts follow from numbers."""

import numpy as np
import pandas as pd
import pytest

from scaling.interpolators import elbows
from scaling.interpolators.claims import REGIMES, claims
from scaling.interpolators.comparison import agreement, network_curves, network_table
from scaling.interpolators.design import CELL, Block, blocks, cells
from scaling.interpolators.elbows import crossing, elbow_table, extremum, measured_elbow
from scaling.interpolators.limits import limit_table
from scaling.interpolators.paths import paths
from scaling.interpolators.samples import solved
from scaling.interpolators.settings import FixedDimension, FixedRatio
from scaling.interpolators.slopes import slope_of_means, slope_table
from scaling.interpolators.theory_tables import curves
from scaling.interpolators.two_laws import COLUMNS, table

R = [1.0, 1.25, 1.75]
FIXED_D = FixedDimension(d=400, n=[20, 40, 80], p=[1.25, 1.5], alpha=[0.0664], sigma=[0, 0.1], seeds=3)
FIXED_RATIO = FixedRatio(p_kappa=[(1.75, 2), (1.25, 3)], alpha_kappa=[(0.0664, 3)], n=[20, 40], sigma=[0, 0.1], seeds=3)


def solved_block(block: Block) -> pd.DataFrame:
    found = solved(block.n, block.d, block.potentials, block.sigma, block.spikes, block.samples, 0, R)
    return found.assign(study=block.study, kappa=block.kappa)


@pytest.fixture(scope="module")
def samples():
    return pd.concat([solved_block(block) for block in blocks(FIXED_D, FIXED_RATIO)], ignore_index=True)


@pytest.fixture(scope="module")
def theory():
    return curves(cells(blocks(FIXED_D, FIXED_RATIO)), R)


def at(table, **values):
    for name, value in values.items():
        table = table[table[name] == value]
    return table


def test_the_blocks(samples):
    found = blocks(FIXED_D, FIXED_RATIO)
    assert {block.name for block in found} == {
        *(f"fixed_d/n{n}" for n in (20, 40, 80)),
        *(f"fixed_ratio/kappa{kappa}_n{n}" for kappa in (2, 3) for n in (20, 40)),
    }
    # more data sets at few examples
    assert at(samples, study="fixed_d").groupby("n")["sample"].nunique().to_dict() == {20: 12, 40: 6, 80: 3}
    assert at(samples, study="fixed_ratio")["sample"].nunique() == 3
    assert (at(samples, study="fixed_ratio", kappa=3)["d"] == 3 * at(samples, study="fixed_ratio", kappa=3)["n"]).all()


def test_the_samples(samples):
    keys = ["study", "kappa", *CELL, "sample", "r"]
    assert not samples.duplicated(keys).any()
    assert samples["residual"].max() < 1e-8
    first = solved(20, 400, [("p", 1.5)], [0.1], 1, 2, 0, R)
    again = at(samples, study="fixed_d", n=20, kind="p", parameter=1.5, sigma=0.1)
    np.testing.assert_allclose(first["norm"], again["norm"][: len(first)], rtol=1e-9)  # whatever is solved beside it
    other_seed = solved(20, 400, [("p", 1.5)], [0.1], 1, 2, 1, R)
    assert abs(other_seed["norm"] / first["norm"].to_numpy() - 1).min() > 1e-4
    falls = first.sort_values("r").groupby("sample")["norm"].apply(lambda norms: np.all(np.diff(norms) < 0))
    assert falls.all(), "norms fall with r"


def test_a_bulk_below_the_residual_is_missing():
    """At p = 1.05 without noise it is nothing but rounding."""
    table = solved(200, 2000, [("p", 1.05)], [0.0], 1, 1, 0, [1.0])
    assert table["bulk"].isna().all() and table["norm"].iloc[0] == pytest.approx(1)


def test_theory_lies_through_the_samples(samples, theory):
    found = agreement(samples, theory)
    assert set(found["quantity"]) == {"norm", "bulk", "spike", "risk"}
    one_spike = at(found, quantity="norm", r=1.0)
    assert len(one_spike) == len(samples[["study", *CELL]].drop_duplicates())
    assert one_spike["deviation"].abs().median() < 0.05
    assert (one_spike["deviation"].abs() < 6 * one_spike["error"] + 4 / one_spike["n"]).all()
    row = at(samples, study="fixed_d", n=40, kind="p", parameter=1.5, sigma=0.0, r=1.25)
    mine = at(found, study="fixed_d", n=40, kind="p", parameter=1.5, sigma=0.0, r=1.25, quantity="norm").iloc[0]
    assert mine["exact"] == pytest.approx(row["norm"].mean()) and mine["samples"] == 6
    assert mine["error"] == pytest.approx(row["norm"].sem() / row["norm"].mean())


def test_the_curves_go_on_beyond_the_samples(theory):
    drawn = at(theory, study="fixed_d", kind="p", parameter=1.5, sigma=0.1, r=1.0)
    assert drawn["n"].min() == pytest.approx(4) and drawn["n"].max() == pytest.approx(320)
    ratio = at(theory, study="fixed_ratio", kind="p", parameter=1.25, sigma=0.1, r=1.0)
    assert ratio["n"].max() == pytest.approx(80_000)
    np.testing.assert_allclose(ratio["d"], 3 * ratio["n"])
    networks = at(theory, kind="alpha")
    assert networks[["ray_bulk", "two_block_bulk"]].isna().all(axis=None)
    # On few examples the ray is right.
    few = at(theory, study="fixed_d", kind="p", parameter=1.5, sigma=0.0, r=1.0).sort_values("n").iloc[0]
    assert few["ray_bulk"] == pytest.approx(few["bulk"], rel=0.1)


def test_crossings_and_extrema():
    assert crossing(lambda log_n: log_n - np.log(300), 4, 1e4) == pytest.approx(300)
    assert np.isnan(crossing(lambda log_n: log_n - 100, 4, 1e4))
    bump = extremum(lambda log_n: -((log_n - np.log(50)) ** 2) + 0.1 * (log_n - np.log(50)) ** 3, 4, 1e4, 1)
    assert bump == pytest.approx(50, rel=1e-3)
    assert np.isnan(extremum(lambda log_n: log_n, 4, 1e4, 1))


def test_a_measured_elbow():
    n = np.array([50, 100, 200])
    odds = (n / 130) ** 2.0
    rows = [
        {"n": each, "spike": x + shift} for each, x in zip(n, odds / (1 + odds), strict=True) for shift in (-0.01, 0.01)
    ]
    elbow, error = measured_elbow(pd.DataFrame(rows))
    assert elbow == pytest.approx(130, rel=1e-3)
    # slope 2 of the log odds in log n, and an error of 0.01 / (x (1 - x)) at both ends
    assert 0.2 < error / (130 * 0.01 / 0.25 / 2) < 1.5
    assert np.isnan(measured_elbow(pd.DataFrame(rows[:2]))[0])


def test_the_elbow_table(samples):
    found = elbow_table(at(samples, study="fixed_d"), [("p", 1.25), ("alpha", 0.0664)], [400, 5000], [0, 0.1])
    assert len(found) == 8
    mine = at(found, kind="p", d=400, sigma=0.0).iloc[0]
    assert mine["seeds"] == 12 and mine["elbow_measured_error"] > 0
    assert abs(mine["elbow_measured"] - mine["elbow"]) < 5 * mine["elbow_measured_error"] + 0.1 * mine["elbow"]
    assert at(found, d=5000)["elbow_measured"].isna().all()
    # The fixed numbers of d = 5000: elbow, peak and onset of noise of p = 1.25
    far = at(found, kind="p", d=5000, sigma=0.1).iloc[0]
    assert far["peak"] < far["elbow"] < far["noise"]
    x = elbows.spike_odds("p", 1.25, 5000, 1, 0.1)(np.log([far["elbow"]]))
    assert x == pytest.approx(0, abs=1e-6)
    curve = elbows.log_bulk("p", 1.25, 5000, 1, 0.1)
    for sign, n in ((1, far["peak"]), (-1, far["noise"])):
        below, here, above = sign * curve(np.log(n) + np.array([-0.02, 0, 0.02]))
        assert here > below and here > above


def test_a_slope_and_its_error():
    random = np.random.default_rng(0)
    n = np.repeat([100, 200, 400], 500)
    rows = pd.DataFrame({"n": n, "bulk": n**0.3 * (1 + 0.1 * random.standard_normal(n.size))})
    value, error, points = slope_of_means(rows)
    assert points == 3
    resampled = [slope_of_means(rows.groupby("n").sample(frac=1, replace=True, random_state=k))[0] for k in range(200)]
    assert error == pytest.approx(np.std(resampled), rel=0.2)
    assert abs(value - 0.3) < 4 * error


def test_the_slope_table(samples):
    found = slope_table(at(samples, study="fixed_ratio"), [("p", 1.75, 2.0), ("alpha", 0.0664, 3.0)], [0, 0.1], R)
    assert len(found) == 2 * 2 * 3
    assert ((found["slope"] - found["slope_theory"]).abs() < 6 * found["slope_error"] + 0.05).all()
    quiet, noisy = at(found, kind="p", r=1.0, sigma=0.0).iloc[0], at(found, kind="p", r=1.0, sigma=0.1).iloc[0]
    assert quiet["slope_far"] == pytest.approx(1 / 3, abs=0.01) == quiet["rule_without_noise"]
    assert noisy["slope_far"] == pytest.approx(noisy["rule_with_noise"], abs=0.02)


@pytest.fixture(scope="module")
def tables(samples):
    limits = limit_table(FIXED_RATIO.p_kappa, 0.1, R)
    elbow = elbow_table(at(samples, study="fixed_d"), [("p", 1.25), ("p", 1.5)], [400], [0])
    slopes = slope_table(at(samples, study="fixed_ratio"), [("p", 1.75, 2.0)], [0, 0.1], R)
    return limits, elbow, slopes, network_table([0.00102, 0.0664], [50_000], [5.0])


def test_the_limits(tables):
    limits = tables[0]
    assert set(limits["regime"]) == set(REGIMES)
    assert (limits["r"] <= limits["p"]).all()
    np.testing.assert_allclose(limits["slope"], limits["slope_law"], atol=0.015)
    at_fixed_ratio = limits[limits["regime"].str.startswith("fixed d/n")]
    np.testing.assert_allclose(at_fixed_ratio["slope"], at_fixed_ratio["slope_law"], atol=0.002)


def test_the_verdicts(tables):
    found = claims(*tables).set_index("claim")
    verdicts = found["verdict"]
    assert verdicts["norms with r < r_star = 2(p-1) grow, the others reach a plateau"] == (
        "holds only at fixed d/n and without noise"
    )
    assert verdicts["the norms that grow do so as n^(1/r - 1/(2(p-1)))"] == "holds only at fixed d/n and without noise"
    assert verdicts["the dual ray gives the norms in closed form"] == "holds only at fixed d and without noise"
    assert verdicts["norms have an elbow n_star, given by the data"] == "holds only at fixed d"
    assert verdicts["the threshold is universal"] == "fails"
    assert verdicts["diagonal networks have the elbow of their effective p"] == "holds only for alpha = 0.00102"
    assert verdicts["diagonal networks have the threshold of their effective p"] == "fails"
    assert found["figure"].str.startswith("results/figures/interpolators_").all()


def test_other_numbers_give_other_verdicts(tables):
    limits, elbow, slopes, network = tables
    told = limits.assign(slope=limits["slope_rule"], ray_over_bulk=1.0, elbow_law_over_elbow=1.0)
    same = network.assign(network=network["at_effective_p"])
    verdicts = claims(told, elbow, slopes, same)["verdict"]
    assert list(verdicts) == ["holds"] * len(verdicts) or set(verdicts) == {
        "holds",
        "holds only at fixed d/n",
    }, "a claim that is looked at in one regime alone"
    none = limits.assign(slope=-limits["slope_rule"] - 1, ray_over_bulk=2.0, elbow_law_over_elbow=2.0)
    far = network.assign(network=2 * network["at_effective_p"] + 1)
    assert set(claims(none, elbow, slopes, far)["verdict"]) == {"fails"}


def test_the_curves_of_networks():
    found = network_curves([0.0664], 1000.0, 5.0, points=8)
    assert len(found) == 4 * 8
    network, norm = (at(found, of=of, at="fixed d/n").sort_values("n") for of in ("network", "norm"))
    growth = [np.log(each["bulk"].iloc[-1] / each["bulk"].iloc[-2]) for each in (network, norm)]
    assert growth[0] > 0.45 * np.log(network["n"].iloc[-1] / network["n"].iloc[-2]) and growth[1] < growth[0] / 4


def test_where_the_laws_hold():
    followed = pd.concat(
        [paths(a, p, 1e5, [1e3, 3e3, 1e4], 0.5, 21) for a, p in ((1.0, 1.1), (0.75, 1.1), (1.0, 1.5))],
        ignore_index=True,
    )
    found = table(followed, [(1.75, 2), (2.0, 2)], [(0.0664, 5)])
    assert list(found.columns) == COLUMNS
    assert found["sentence"].str.len().min() > 40
    assert not found["model"].str.contains("p = 2,").any(), "no elbow at p = 2"
    interpolators = found[found["model"].str.startswith("least l_p interpolator")]
    assert interpolators["gamma"].tolist() == pytest.approx([1 / 3, 0, 7 / 3, -1])
    on_paths = found[found["model"].str.contains("weights k")].reset_index(drop=True)
    assert on_paths["collapse"].tolist() == ["on the path of n = infinity, not rescaled"] * 2 + ["no"]
    assert np.isnan(on_paths["gamma_1"][0]) and on_paths["gamma_1"][1] == pytest.approx(2)
    assert on_paths["minimum"].isin(["yes", "no", "only at large n"]).all()
    # where an exponent is given, its local values scatter little about it
    for name in ("gamma_2", "gamma"):
        given = on_paths[on_paths[name].notna()]
        assert (given[f"{name}_error"] < 0.1 * given[name].abs()).all()


def test_paths_that_do_not_reach_far_enough_are_not_judged():
    """With weights that fall as k^-4 the norm ends at 1.08, and without noise no minimum lies inside."""
    followed = paths(4.0, 1.1, 1e4, [100.0, 300.0, 1000.0], 0.0, 41)
    short = followed[~((followed["place"] == "path") & (followed["n"] == 100) & (followed["norm"] > 0.2))]
    row = table(short, [(2.0, 2)], []).iloc[-1]
    assert row["collapse"] == "not measured" and row["minimum"] == "no"
    assert "no minima" in row["regime"] and "nan" not in row["sentence"]
