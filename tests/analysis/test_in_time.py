"""Means against training time, worked out by hand."""

import numpy as np
import pandas as pd

from scaling.analysis.in_time import curves_in_time


def test_means_of_the_runs_that_did_not_diverge():
    epochs = [0, 0.25, 1, 4]
    rows = [
        {"P": P, "seed": seed, "epoch": epoch, "log10_norm": 3 + seed + i, "test_error": seed / (10 + i)}
        | {"diverged": seed == 3}
        for P in (200, 100)
        for seed in (1, 2, 3)
        for i, epoch in enumerate(epochs)
    ]
    table = curves_in_time(pd.DataFrame(rows))
    assert list(table["P"]) == [100] * 3 + [200] * 3 and list(table["epoch"]) == [0.25, 1, 4] * 2
    np.testing.assert_allclose(table["error_mean"], np.tile(1.5 / np.array([11, 12, 13]), 2))
    np.testing.assert_allclose(table["error_sem"], np.tile(0.5 / np.array([11, 12, 13]), 2))
    np.testing.assert_allclose(table["log10_norm_mean"], np.tile([5.5, 6.5, 7.5], 2))
    np.testing.assert_allclose(table["log10_norm_sem"], 0.5)


def test_one_run_has_no_error():
    run = {"P": [100], "seed": [1], "epoch": [1.0], "log10_norm": [2.0], "test_error": [0.5]}
    table = curves_in_time(pd.DataFrame(run | {"diverged": [False]}))
    assert table["error_mean"].tolist() == [0.5] and table["error_sem"].isna().all()
