"""Mean curves: worked out by hand, and what turns back, diverges or has gaps."""

import numpy as np
import pandas as pd
import pytest

from scaling.analysis.mean_curves import CURVE_COLUMNS, OPTIMA_COLUMNS, log10_mean, mean_curves, minima_at_end


def run(P, seed, log10_norm, error, diverged=False):
    return pd.DataFrame(
        {
            "P": P,
            "seed": seed,
            "epoch": np.arange(1, len(error) + 1),
            "log10_norm": np.asarray(log10_norm, float),
            "test_error": np.asarray(error, float),
            "diverged": diverged,
        }
    )


def test_two_runs_by_hand():
    runs = pd.concat([run(10, 1, [0, 2, 4], [0.8, 0.4, 0.6]), run(10, 2, [1, 3], [0.7, 0.3])])
    curves, optima = mean_curves(runs, grid_points=5)
    assert list(curves.columns) == CURVE_COLUMNS and list(optima.columns) == OPTIMA_COLUMNS
    np.testing.assert_allclose(curves["log10_norm"], [0, 1, 2, 3, 4])
    np.testing.assert_allclose(curves["error_mean"], [0.8, (0.6 + 0.7) / 2, (0.4 + 0.5) / 2, (0.5 + 0.3) / 2, 0.6])
    assert list(curves["runs"]) == [1, 2, 2, 2, 1]
    # Two values a and b: standard error |a - b| / 2; one value has none.
    np.testing.assert_allclose(curves["error_sem"], [np.nan, 0.05, 0.05, 0.1, np.nan])
    best = optima.iloc[0]
    assert best["log10_lambda_opt"] == 3 and best["error_opt"] == pytest.approx(0.4)
    assert best["log10_l_0"] == pytest.approx(np.log10((1e2 + 1e3) / 2))
    assert (best["runs"], best["censored"], best["diverged"], best["turned"]) == (2, 1, 0, 0)


def test_the_grid_spans_all_P_and_a_curve_its_own_range():
    curves, _ = mean_curves(pd.concat([run(10, 1, [0, 5], [0.8, 0.4]), run(20, 1, [4, 10], [0.5, 0.1])]), 11)
    assert list(curves.loc[curves["P"] == 10, "log10_norm"]) == list(range(6))
    assert list(curves.loc[curves["P"] == 20, "log10_norm"]) == list(range(4, 11))


def test_agrees_with_a_plain_loop():
    rng = np.random.default_rng(0)
    runs = [run(P, s, np.sort(rng.uniform(0, 9, 20)), rng.uniform(0, 1, 20)) for P in (5, 9) for s in range(4)]
    curves, optima = mean_curves(pd.concat(runs), 50)
    x_all = np.concatenate([r["log10_norm"] for r in runs])
    for P, of_P in (5, runs[:4]), (9, runs[4:]):
        got = curves[curves["P"] == P].set_index("log10_norm")
        for x in np.linspace(x_all.min(), x_all.max(), 50):
            values = []
            for r in of_P:
                xs, ys = r["log10_norm"].to_numpy(), r["test_error"].to_numpy()
                if xs[0] <= x <= xs[-1]:
                    k = min(np.searchsorted(xs, x, side="right"), xs.size - 1)
                    values.append(ys[k - 1] + (ys[k] - ys[k - 1]) * (x - xs[k - 1]) / (xs[k] - xs[k - 1]))
            if values:
                assert got.loc[x, "error_mean"] == pytest.approx(np.mean(values))
            else:
                assert x not in got.index
        l_0 = np.mean([10 ** r["log10_norm"][r["test_error"].idxmin()] for r in of_P])
        assert optima.set_index("P").loc[P, "log10_l_0"] == pytest.approx(np.log10(l_0))


def test_a_run_that_turns_back_keeps_its_records():
    # Up, down below what was (with a lower error there), up again beyond it.
    turning = run(10, 1, [0, 1, 2, 1.5, 1.9, 3], [0.9, 0.8, 0.7, 0.1, 0.2, 0.6])
    curves, optima = mean_curves(turning, 4)
    np.testing.assert_allclose(curves["error_mean"], [0.9, 0.8, 0.7, 0.6])
    assert optima.loc[0, ["turned", "censored"]].tolist() == [1, 1]
    assert optima.loc[0, "log10_l_0"] == 3


def test_a_run_that_only_falls_is_its_first_point():
    curves, optima = mean_curves(pd.concat([run(10, 1, [2, 1, 0], [0.9, 0.5, 0.4]), run(10, 2, [0, 2], [0.8, 0.4])]), 3)
    np.testing.assert_allclose(curves["error_mean"], [0.8, 0.6, (0.9 + 0.4) / 2])
    assert optima.loc[0, ["turned", "runs"]].tolist() == [1, 2]


def test_rounding_is_no_turn():
    _, optima = mean_curves(run(10, 1, [0, 1, 1 - 1e-7, 2], [0.9, 0.8, 0.7, 0.6]), 5)
    assert optima.loc[0, "turned"] == 0


def test_diverged_runs_and_missing_points_are_left_out():
    good = run(10, 1, [0, 1, 2], [0.9, np.nan, 0.5])
    bad = run(10, 2, [0, 1, np.inf], [0.1, 0.1, np.nan], diverged=True)
    curves, optima = mean_curves(pd.concat([good, bad, run(20, 1, [0, 1], [0.5, 0.4], diverged=True)]), 3)
    np.testing.assert_allclose(curves["error_mean"], [0.9, 0.7, 0.5])
    assert optima["diverged"].tolist() == [1, 1] and optima["runs"].tolist() == [1, 0]
    assert optima.loc[1, ["log10_lambda_opt", "error_opt", "log10_l_0"]].isna().all()


def test_all_diverged_is_empty_not_an_error():
    curves, optima = mean_curves(run(10, 1, [0, 1], [0.5, 0.4], diverged=True), 5)
    assert curves.empty and list(curves.columns) == CURVE_COLUMNS
    assert optima["diverged"].tolist() == [1]


def test_runs_of_a_single_point():
    curves, optima = mean_curves(run(10, 1, [3], [0.5]), 5)
    assert curves["log10_norm"].tolist() == [3] and curves["error_mean"].tolist() == [0.5]
    assert optima.loc[0, ["censored", "error_opt", "log10_l_0"]].tolist() == [1, 0.5, 3]


def test_means_of_huge_norms_do_not_overflow():
    assert log10_mean(np.array([400.0, 400.0])) == 400
    assert log10_mean(np.array([400.0, 0.0])) == pytest.approx(400 + np.log10(0.5))


def test_a_minimum_that_is_the_last_point_is_an_end():
    curves = {100: [3.0, 1.0, 2.0], 200: [3.0, 2.0, 1.0], 400: [3.0, 1.0, 1.0], 800: [1.0, 2.0, np.nan]}
    table = pd.concat(
        pd.DataFrame({"P": size, "log10_norm": [0.0, 1.0, 2.0], "error_mean": errors})
        for size, errors in curves.items()
    )
    assert minima_at_end(table.sample(frac=1, random_state=0)) == 2
