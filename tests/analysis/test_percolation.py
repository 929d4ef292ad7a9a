"""The robust procedure on a study that is not of its own kind: percolation, whose exponents are known exactly."""

import numpy as np
import pandas as pd
import pytest
from harness.percolation import FILE, NEIGHBOURS, SIZES, curve, second_moment, trajectories
from scipy.ndimage import label

from scaling.analysis.robust.procedure import robust_exponents

GAMMA_2, GAMMA_MEAS = -3 / 4, 43 / 24


@pytest.fixture(scope="module")
def study():
    return pd.read_parquet(FILE)


def test_the_file_is_what_its_program_makes(study):
    made = curve(SIZES[0], 3)
    kept = study[(study["P"] == SIZES[0]) & (study["seed"] == 3)].reset_index(drop=True)
    pd.testing.assert_frame_equal(made, kept, rtol=1e-12)


def test_the_second_moment_is_that_of_each_lattice_alone():
    occupied = np.random.default_rng(0).random((5, 12, 12)) < 0.5
    for lattice, found in zip(occupied, second_moment(occupied), strict=True):
        sizes = np.bincount(label(lattice, NEIGHBOURS[1])[0].ravel())[1:]
        assert found == pytest.approx((np.sum(sizes**2) - sizes.max() ** 2) / lattice.size)


def test_where_curves_have_minima_the_exact_exponents_lie_in_the_intervals(study):
    row = robust_exponents(trajectories(study, "below"), resamples=100).exponents.iloc[0]
    assert row["gamma_2_low"] < GAMMA_2 < row["gamma_2_high"] < 0
    assert row["gamma_meas_low"] < GAMMA_MEAS < row["gamma_meas_high"]
    assert row["gamma_meas_high"] - row["gamma_meas_low"] < 0.1
    assert row["collapse_p"] > 0.05 and "no early power law" in row["note"]


def test_where_curves_fall_all_the_way_the_answer_is_exact_or_doubted(study):
    """Their plateaus are no guessing, since they lie at other heights; sizes up to 192 do not quite collapse."""
    row = robust_exponents(trajectories(study, "above"), resamples=100).exponents.iloc[0]
    exact = row["gamma_2_low"] < GAMMA_2 < row["gamma_2_high"]
    doubted = np.isnan(row["gamma_2"]) or "no range of P and norm collapses" in row["note"]
    assert exact or doubted
    assert row["fitted_plateau"] == 0 and np.isnan(row["gamma_meas"]) and np.isnan(row["gamma_1"])
