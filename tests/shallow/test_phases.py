"""Closed forms of the phases, the peak's and the floor's exponents, and the collapse on one side."""

import numpy as np
import pytest

from scaling.core.errors import BadInput
from scaling.shallow import maps, paths
from scaling.shallow.frontier import Frontier
from scaling.shallow.phases import phases

#: How far state evolution may be from the limit at the points of the table, by phase and quantity.
TOLERANCES = {
    "I": 1e-9,
    "II": 0.02,
    "III": 2e-3,
    "IV": 0.06,  # the diagonal network's logarithms
    "peak": 1e-3,
    "VI": 1e-5,
}


def test_closed_forms():
    table = phases()
    assert set(table["phase"]) == {*TOLERANCES, "V"}
    for row in table[table["phase"] != "V"].itertuples():
        apart = abs(row.state_evolution - row.theory) / max(abs(row.theory), 1)
        assert apart < TOLERANCES[row.phase], row
    # The floor is approached slowly: monotonically as n/d^2 falls.
    floor = table[(table["phase"] == "V") & (table["model"] == "quadratic")]
    for _, rows in floor.groupby("quantity"):
        distance = np.abs(rows["state_evolution"] - rows["theory"]).to_numpy()
        assert np.all(np.diff(distance) < 0) and distance[-1] < 1e-3
    diagonal = table[(table["phase"] == "V") & (table["model"] == "diagonal")]["state_evolution"].to_numpy()
    assert diagonal[0] == pytest.approx(1, abs=1e-3) and diagonal[1] == pytest.approx(1, abs=0.08)


@pytest.mark.parametrize("make", [maps.diagonal_map, maps.quadratic_map])
def test_the_local_exponent_is_the_slope_at_fixed_lambda(make):
    """Against single networks a little to the left and right in n."""
    from scaling.shallow import diagonal, quadratic
    from scaling.shallow.teacher import power_law

    d = 60 if make is maps.diagonal_map else 20
    table = make(d, 1.0, 0.1, 61 if d == 60 else 9, 120)
    network = diagonal if d == 60 else quadratic
    teacher, checked = power_law(d, 1.0), 0
    chosen = table[table["weight_decay"].between(0.02, 0.3) & table["n"].between(2 * d, 20 * d)]
    for row in chosen.iloc[:: max(1, len(chosen) // 4)].itertuples():
        risks = [
            float(network.at_weight_decay(teacher, np.float64(row.n * f), np.float64(row.weight_decay), 0.1).risk)
            for f in (0.99, 1.01)
        ]
        slope = -np.log(risks[1] / risks[0]) / np.log(1.01 / 0.99)
        assert row.exponent == pytest.approx(slope, abs=0.02)
        checked += 1
    assert checked >= 3


def test_the_under_fit_side_collapses_in_the_shifted_norm_alone():
    for g in (0.75, 1.25):
        spreads = paths.spreads(paths.edge_curves(g, 10**6, 0.1)).set_index(["norm", "side"])
        share = spreads["largest_spread"] / spreads["height"]
        assert share["shifted", "under-fit"] < 0.1
        assert share["raw", "under-fit"] > 0.4
        assert share["shifted", "over-fit"] > 0.4


def test_spreads_of_equal_and_of_shifted_curves():
    import pandas as pd

    x = np.geomspace(0.1, 1, 20)
    curves = [pd.DataFrame({"norm": "raw", "n": n, "x": x, "y": n ** (name == "apart") * x**-2.0}).assign(set=name)
              for name in ("equal", "apart") for n in (1, 2, 3)]  # fmt: skip
    found = paths.spreads(pd.concat(curves)).set_index("set")
    assert found.loc["equal", "largest_spread"] == pytest.approx(0, abs=1e-12)
    assert found.loc["apart", "median_spread"] == pytest.approx(np.log(3))
    assert found.loc["equal", "height"] == pytest.approx(2 * np.log(10))


def test_paths_lie_above_the_frontier():
    table = paths.diagonal_paths(1.25, 1000, [100.0, 300.0], 0.1)
    assert (table["risk"] >= table["frontier"] * (1 - 1e-12)).all()
    assert set(table["side"]) == {"best", "under-fit", "over-fit"}
    curves = paths.best_curves(table, Frontier(1000, 1.25))
    best = curves[curves["x"] == 1]
    np.testing.assert_allclose(best["y"], 1)


def test_too_few_examples_for_a_path():
    with pytest.raises(BadInput, match=r"shallow\.paths: at g = 0\.51 and diagonal_d = 30, 10 examples are too few"):
        paths.diagonal_paths(0.51, 30, [10.0], 0.1)
