"""What the procedures return for curves whose exponents are known."""

import numpy as np
import pandas as pd
import pytest

from scaling.laws.procedures import COLUMNS, KNOWN, WINDOWS, returned

GAMMA_1, GAMMA_2 = 0.5, 1.0
SIZES = [100, 300, 1000, 3000]


def curves(sharpness: float) -> pd.DataFrame:
    """Curves that collapse exactly, (x^(-s/2) + x^(s/2))^(1/s) each: the larger s, the sharper the minimum."""
    grid = np.linspace(-3, 3, 121)
    tables = []
    for P in SIZES:
        x = 10 ** (grid - GAMMA_2 * np.log10(P / SIZES[0]))
        shape = (x ** (-sharpness * GAMMA_1) + x ** (sharpness * GAMMA_1)) ** (1 / sharpness)
        error = 0.02 * (P / SIZES[0]) ** (-GAMMA_1 * GAMMA_2) * shape
        inside = error < 1
        tables.append(pd.DataFrame({"P": P, "log10_norm": grid[inside], "test_error": error[inside]}))
    return pd.concat(tables).assign(
        model="made", regime=f"s = {sharpness:g}", gamma_1=GAMMA_1, gamma_2=GAMMA_2, gamma=GAMMA_1 * GAMMA_2
    )


@pytest.fixture(scope="module")
def table():
    return returned(pd.concat([curves(8.0), curves(1.0)])[KNOWN])


def test_a_row_for_each_window_and_one_of_ours(table):
    assert list(table.columns) == COLUMNS
    assert table.groupby("regime", sort=False)["procedure"].agg(list).tolist() == [["authors", "authors", "robust"]] * 2
    windows = table[table["procedure"] == "authors"][["x_left", "x_right"]].to_numpy()
    np.testing.assert_allclose(windows, [*WINDOWS, *WINDOWS])
    assert (table["P_min"] == 100).all() and (table["P_max"] == 3000).all()


def test_a_sharp_minimum_hides_nothing(table):
    sharp = table[table["regime"] == "s = 8"]
    # At 0.5 of the optimal norm the local exponent is that of the law but for 2^-8.
    np.testing.assert_allclose(sharp["gamma_1_over_true"], 1, atol=0.02)
    np.testing.assert_allclose(sharp["gamma_2"], GAMMA_2, atol=0.05)  # the optimum is a point of a grid of 1/20 decade
    np.testing.assert_allclose(sharp["gamma_meas"], GAMMA_1 * GAMMA_2, atol=0.02)


def test_a_broad_minimum_costs_the_window_its_exponent(table):
    """The local exponent is gamma_1 (1 - x) / (1 + x) for s = 1: the mean over a window, by the same least squares."""
    broad = table[(table["regime"] == "s = 1") & (table["procedure"] == "authors")]
    for row in broad.itertuples():
        u = np.linspace(*np.log((row.x_left, row.x_right)), 2000)
        slope = np.polyfit(u, np.log(np.exp(-u / 2) + np.exp(u / 2)), 1)[0]
        assert row.gamma_1 == pytest.approx(-slope, abs=0.01)  # few points of the grid lie in the window
    assert broad["gamma_1_over_true"].is_monotonic_decreasing and broad["gamma_1_over_true"].iloc[-1] < 0.85


def test_without_rooms():
    nothing = returned(pd.DataFrame(columns=KNOWN))
    assert nothing.empty and list(nothing.columns) == COLUMNS
