"""Mean curves of runs that begin and end at different norms."""

import numpy as np
import pandas as pd
import pytest

from scaling.analysis.robust.chain import minima_of
from scaling.analysis.robust.means import log10_mean_curves
from scaling.analysis.robust.runs import runs_on_grid
from scaling.analysis.robust.thresholds import GOING_ON

FACTORS = np.array([0.8, 0.9, 1.1, 1.2])
ENDS = np.array([2.0, 2.4, 2.7, 3.0])


def runs_of(ends: np.ndarray, begins: np.ndarray | None = None) -> pd.DataFrame:
    """Four runs of one curve with a minimum at log10 norm 2, each times a factor of its own."""
    begins = np.zeros(ends.size) if begins is None else begins
    return pd.concat(
        [
            pd.DataFrame(
                {"P": 100, "seed": seed, "log10_norm": x, "test_error": factor * 10 ** (0.2 * (x - 2) ** 2 - 1)}
            )
            for seed, (factor, x) in enumerate(
                zip(
                    FACTORS,
                    (np.linspace(*ends) for ends in zip(begins, ends, [200] * ends.size, strict=True)),
                    strict=True,
                )
            )
        ]
    )


def test_the_mean_of_runs_that_all_last_is_the_plain_mean():
    curves = runs_on_grid(runs_of(np.full(4, 3.0)))
    assert curves.mask.all()
    assert log10_mean_curves(curves)[0, 0] == pytest.approx(np.log10(curves.errors.mean(axis=0)), abs=1e-12)


def test_a_mean_goes_on_without_a_jump_while_half_of_its_runs_do():
    curves = runs_on_grid(runs_of(ENDS))
    inside = curves.mask[0]
    assert curves.grid[inside][-1] == pytest.approx(ENDS[round(GOING_ON * 4)], abs=0.04)
    truth = 0.2 * (curves.grid - 2) ** 2 - 1  # the mean of the factors is one
    assert log10_mean_curves(curves)[0, 0, inside] == pytest.approx(truth[inside], abs=1e-3)
    # The plain mean of those that are there is off by the factors of those that are not.
    plain = np.log10(np.nanmean(curves.errors[:, inside], axis=0))
    assert np.abs(plain - truth[inside]).max() > 0.04


def test_a_minimum_that_most_runs_reached_is_found_where_the_first_run_ends_before():
    curves = runs_on_grid(runs_of(np.array([1.8, 2.4, 2.7, 3.0])))
    location, error, censored = minima_of(curves, log10_mean_curves(curves))
    assert not censored.any()
    assert location[0, 0] == pytest.approx(2.0, abs=0.03) and error[0, 0] == pytest.approx(-1, abs=0.005)


def test_a_mean_begins_where_nearly_all_runs_have_begun():
    curves = runs_on_grid(runs_of(np.full(4, 3.0), np.array([0.0, 0.0, 0.0, 0.5])))
    assert curves.grid[curves.mask[0]][0] == pytest.approx(0.5, abs=0.04)


def test_a_resample_without_the_runs_that_last_goes_on_as_the_whole_sample():
    curves = runs_on_grid(runs_of(ENDS))
    whole, drawn = log10_mean_curves(curves)[0, 0], log10_mean_curves(curves, np.array([[2, 2, 0, 0]]))[0, 0]
    late = curves.mask[0] & (curves.grid > 2.45)
    assert np.diff(drawn[late]) == pytest.approx(np.diff(whole[late]), abs=1e-12)
    assert drawn[curves.mask[0]] == pytest.approx((whole + np.log10(0.85))[curves.mask[0]], abs=1e-3)


def test_runs_that_never_overlap_all_leave_no_hole_in_the_mean():
    """Two of four runs end where the other two begin: there is a mean where all have begun, known at every point."""
    curves = runs_on_grid(runs_of(np.array([1.4, 1.4, 3.0, 3.0]), np.array([0.0, 0.0, 1.45, 1.45])))
    mean = log10_mean_curves(curves)[0, 0]
    assert curves.grid[curves.mask[0]][0] == pytest.approx(1.45, abs=0.04) and curves.mask[0, -1]
    assert np.isfinite(mean[curves.mask[0]]).all()
