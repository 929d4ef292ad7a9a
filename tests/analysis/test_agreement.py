"""Runs beside published mean curves, on runs whose agreement is known by hand."""

import numpy as np
import pandas as pd
import pytest

from scaling.analysis.agreement import agreement, difference
from scaling.analysis.mean_curves import mean_curves
from scaling.core.errors import BadInput
from scaling.validation.synthetic import Noise, Truth, synthetic_study

GRID = np.linspace(0.0, 1.0, 11)


def published(P=100, error=0.4, runs=8):
    return pd.DataFrame({"P": P, "log10_norm": GRID, "error_mean": error, "runs": runs})


def flat(*errors, P=100, until=1.0):
    """Runs of constant error whose norm goes from 1 to 10**until."""
    rows = [
        {"P": P, "seed": seed, "epoch": epoch, "log10_norm": epoch * until, "test_error": error, "diverged": False}
        for seed, error in enumerate(errors)
        for epoch in (0.0, 1.0)
    ]
    return pd.DataFrame(rows)


def test_the_difference_is_judged_by_our_scatter_and_both_numbers_of_runs():
    (row,) = agreement(flat(0.2, 0.3), published()).to_dict("records")
    sigma = np.std([0.2, 0.3], ddof=1) * np.sqrt(1 / 2 + 1 / 8)
    assert row["points"] == 11 and (row["runs"], row["published_runs"]) == (2, 8)
    assert row["rms_shift"] == pytest.approx(0.15 / sigma) and row["largest_shift"] == pytest.approx(-0.15 / sigma)
    assert row["rms_relative"] == pytest.approx(0.15 / 0.4)
    assert row["error_opt"] == pytest.approx(0.25) and row["published_error_opt"] == pytest.approx(0.4)


def test_a_run_counts_where_it_has_a_norm():
    """One that stays at guessing takes no part in what the others reach; beyond all runs nothing is compared."""
    stays = flat(0.9, until=0.0).assign(seed=7)
    (row,) = agreement(pd.concat([flat(0.2, 0.3), stays]), published(error=0.25)).to_dict("records")
    assert row["runs"] == 3 and row["error_opt"] == pytest.approx(0.25)
    assert row["points"] == 11 and row["rms_relative"] == pytest.approx((1.4 / 3 / 0.25 - 1) / np.sqrt(11))
    runs = pd.concat([flat(0.5, until=0.72), flat(0.9, until=0.25).assign(seed=1)])
    (row,) = agreement(runs, published()).to_dict("records")
    error = np.array([0.7] * 3 + [0.5] * 5)
    assert row["points"] == 8 and row["rms_relative"] == pytest.approx(np.sqrt(np.mean((error / 0.4 - 1) ** 2)))
    assert row["rms_shift"] == pytest.approx(0.3 / (np.std([0.5, 0.9], ddof=1) * np.sqrt(1 / 2 + 1 / 8)))


def test_one_run_is_compared_but_not_judged():
    (row,) = agreement(flat(0.3), published()).to_dict("records")
    assert np.isnan(row["rms_shift"]) and row["rms_relative"] == pytest.approx(0.25)


def test_diverged_runs_and_other_P_do_not_count():
    lost = flat(0.9).assign(seed=7, diverged=True)
    table = agreement(pd.concat([flat(0.3), lost, flat(0.1, P=50)]), pd.concat([published(), published(P=200)]))
    assert table.P.tolist() == [100] and table.runs.tolist() == [1]
    with pytest.raises(BadInput, match="runs at P = 50, published curves at P = 100: no P is in both"):
        agreement(flat(0.1, P=50), published())


def test_points_without_scatter_are_left_out():
    found = difference(np.array([0.9, 0.4, np.nan]), np.array([0.8, 0.5, 0.5]), np.array([0.0, 0.1, 0.1]))
    assert found["points"] == 1 and found["largest_shift"] == pytest.approx(-1)
    assert difference(np.array([np.nan]), np.array([0.1]), np.array([1.0]))["points"] == 0


def test_runs_of_one_law_agree_within_their_scatter_and_those_of_another_do_not():
    P = np.array([200, 400, 800])

    def study(seed, truth=None, runs=8):
        table = synthetic_study(truth or Truth(), Noise(), P, runs, np.random.default_rng(seed))
        return table.assign(diverged=False)

    def shifts(ours, theirs):
        return agreement(ours, mean_curves(theirs)[0].assign(runs=20)).rms_shift

    same = np.concatenate([shifts(study(2 * k), study(2 * k + 1, runs=20)) for k in range(5)])
    assert 0.5 < np.sqrt(np.mean(same**2)) < 1.6
    assert shifts(study(1, Truth(gamma_1=0.6)), study(2, runs=20)).min() > 2
