"""The rows of "where the laws hold": one for each regime, errors beside exponents, what cannot be told is left out."""

import numpy as np
import pandas as pd
import pytest

from scaling.shallow import laws, paths
from scaling.shallow.frontier import Frontier
from scaling.shallow.where import COLUMNS, where_the_laws_hold


@pytest.fixture(scope="module")
def rows():
    trained = pd.DataFrame(
        [
            ("diagonal", 1.25, norm, quantity, value, 0.1, 2, np.nan)
            for norm in ("shifted", "raw")
            for quantity, value in (
                ("gamma_1", -5.0),
                ("gamma_2", np.nan if norm == "shifted" else 0.1),
                ("gamma_1 gamma_2", np.nan if norm == "shifted" else -0.5),
                ("gamma", 0.7),
            )
        ],
        columns=["model", "g", "norm", "quantity", "value", "error", "sets", "state_evolution"],
    )
    minima = pd.DataFrame(
        {
            "model": "diagonal",
            "g": 1.25,
            "d": 500,
            "n": [100, 100, 200, 200],
            "sample": [0, 1, 0, 1],
            "risen": [1, 1, 1, 0],
        }
    )
    spreads = paths.spreads(paths.edge_curves(1.25, 10**5, 0.1).assign(model="quadratic", g=1.25))
    return where_the_laws_hold(laws.norm_laws([1.25], 10**5, 10**6, 5, 0.1), spreads, trained, minima)


def test_columns_and_regimes(rows):
    assert list(rows) == COLUMNS
    assert len(rows) == 10 and rows["regime"].is_unique is False
    assert not rows.duplicated(["model", "regime"]).any()
    assert rows["sentence"].str.endswith(".").all() and rows["how"].str.len().min() > 10


def test_the_offsets_are_those_that_make_the_laws_powers(rows):
    shifted = rows[rows["regime"].str.endswith("shifted norm N + N_0")]
    assert (shifted["q_1"] < 0).all() and (shifted["q_2"] > 0).all(), "g > 1: N_0 is negative"
    evolved = laws.quadratic_curves(Frontier(10**5, 1.25), np.geomspace(1e-3, 1, 5) * 10**5, 0.1, "edge")
    edge = shifted[shifted["regime"].str.startswith("weight decay at the noise's edge")].iloc[0]
    # law 1 along the path, which begins at few features: nearly one power with these offsets, and none without
    shifted_norm, risk = np.abs(evolved.norm - edge["q_2"]), evolved.risk - edge["q_1"]
    with_them = np.diff(np.log(risk)) / np.diff(np.log(shifted_norm))
    without = np.diff(np.log(evolved.risk)) / np.diff(np.log(evolved.norm))
    assert with_them == pytest.approx(6, rel=0.07)
    assert abs(without).max() > 2 * abs(without).min()
    assert rows.loc[~rows.index.isin(shifted.index), ["q_1", "q_2"]].isna().all(axis=None)


def test_the_collapse_is_judged_by_the_spread(rows):
    at_edge = rows[rows["regime"].str.startswith("weight decay at the noise's edge")].set_index("regime")["collapse"]
    assert "under-fit side yes" in at_edge.iloc[0] and "over-fit side no" in at_edge.iloc[0]
    assert "under-fit side no" in at_edge.iloc[1]


def test_what_cannot_be_told_has_no_number(rows):
    shifted, raw = (rows[rows["regime"].str.startswith("trained")].iloc[i] for i in (0, 1))
    assert np.isnan(shifted["gamma_2"]) and "gamma_1 gamma_2 = cannot be told" in shifted["sentence"]
    assert raw["gamma_2"] == 0.1 and raw["minimum"] == "in 3 of 4 trainings"
