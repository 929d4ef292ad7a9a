"""The comparison of precisions, on studies whose answer is known."""

import numpy as np
import pandas as pd
import pytest

from scaling.analysis.settings import Exponents
from scaling.core.errors import BadInput
from scaling.networks.audits.precision import precision_audit
from scaling.validation.synthetic import Noise, Truth, synthetic_study

SETTINGS = Exponents(bootstrap_resamples=100)
P = np.array([200, 400, 800, 1600])
EXPONENTS = ["gamma_1", "gamma_2", "gamma_pred", "gamma_meas"]


def study(seed, seeds=6, truth=None):
    random = np.random.default_rng(seed)
    return synthetic_study(truth or Truth(), Noise(), P, seeds, random).assign(diverged=False)


def audit(variant, baseline):
    return precision_audit({("A_x", "baseline"): baseline, ("A_x", "bf16"): variant}, SETTINGS)


def test_the_same_runs_are_the_same():
    runs = study(1)
    exponents, curves = audit(runs, runs)
    assert list(exponents.procedure) == ["authors", "robust"] and set(exponents.runs) == {24}
    assert (exponents[[f"{key}_shift" for key in EXPONENTS]].to_numpy() == 0).all()
    assert list(curves.P) == list(P) and (curves.runs == 6).all() and (curves.points > 5).all()
    assert (curves[["rms_shift", "largest_shift", "rms_relative"]].to_numpy() == 0).all()


def test_other_seeds_of_the_same_law_agree_within_their_scatter():
    shifts = pd.concat([audit(study(2 * k), study(2 * k + 1))[1] for k in range(1, 6)]).rms_shift
    assert 0.5 < np.sqrt(np.mean(shifts**2)) < 1.6


def test_a_change_beyond_the_scatter_is_seen_with_its_sign_and_size():
    baseline = study(1)
    off = baseline.P == 800
    changed = baseline.assign(test_error=baseline.test_error.where(~off, 0.9 * baseline.test_error))
    curves = audit(changed, baseline)[1].set_index("P")
    assert curves.rms_relative[800] == pytest.approx(0.1)
    assert curves.largest_shift[800] < -2 and curves.rms_shift[800] > 2
    assert curves.rms_shift.drop(800).max() == 0


def test_the_shift_is_the_difference_over_the_joint_standard_error():
    """Two runs each at one P, of constant errors: means and standard errors by hand."""

    def flat(*errors):
        rows = [
            {"P": p, "seed": seed, "epoch": epoch, "log10_norm": norm, "test_error": error * (1 - 0.01 * k)}
            for k, p in enumerate(P)
            for seed, error in enumerate(errors)
            for epoch, norm in ((1.0, 0.0), (2.0, 1.0))
        ]
        return pd.DataFrame(rows).assign(diverged=False)

    curves = audit(flat(0.2, 0.3), flat(0.5, 0.6))[1]
    assert curves.points[0] == SETTINGS.grid_points
    assert curves.rms_shift[0] == pytest.approx(0.3 / np.hypot(0.05, 0.05))
    assert curves.largest_shift[0] == pytest.approx(-0.3 / np.hypot(0.05, 0.05))
    assert curves.rms_relative[0] == pytest.approx(0.3 / 0.55)


def test_only_runs_that_both_have_are_compared():
    baseline, variant = study(1, seeds=8), study(1, seeds=8)
    variant = variant[variant.seed < 5]
    lost = (baseline.P == 400) & (baseline.seed == variant.seed.min())
    exponents, curves = audit(variant, baseline.assign(diverged=lost))
    left = variant.groupby("P").seed.nunique()
    assert curves.set_index("P").runs.to_dict() == {**left.to_dict(), 400: left[400] - 1}
    assert (exponents.gamma_1_shift == 0).all() and (curves.rms_shift == 0).all()


def test_one_run_has_no_scatter_to_judge_by():
    runs = study(1, seeds=1)
    curves = audit(runs, runs)[1]
    assert (curves.points > 5).all() and curves.rms_shift.isna().all() and (curves.rms_relative == 0).all()


def test_nothing_to_compare_is_an_error():
    runs = study(1, seeds=2)
    with pytest.raises(BadInput, match="no cell names a variant"):
        precision_audit({("A_x", "baseline"): runs}, SETTINGS)
    with pytest.raises(BadInput, match="A_x/bf16: no run of the same P and seed"):
        audit(runs.assign(seed=runs.seed + 100), runs)
