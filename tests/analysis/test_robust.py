"""The robust procedure: known exponents, one chain for sample and resamples, open about what data do not bear."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from scaling.analysis.robust.chain import Drawn, estimate, prepare
from scaling.analysis.robust.departure import Beginning
from scaling.analysis.robust.procedure import robust_exponents
from scaling.analysis.robust.resampling import collapse_again, resampled_curves
from scaling.analysis.robust.rows import notes_of
from scaling.analysis.robust.runs import runs_on_grid
from scaling.core.errors import BadInput
from scaling.validation.synthetic import Noise, Truth, synthetic_study

P = np.array([500, 1000, 2000, 4000, 8000, 16000])
TRUTH = Truth(gamma_1=0.4, gamma_2=0.7)
NO_NOISE = Noise(seed_scale=0, smooth=0, test_images=0, gaps=0)


@pytest.fixture(scope="module")
def study() -> pd.DataFrame:
    return synthetic_study(TRUTH, Noise(), P, 8, np.random.default_rng(4))


@pytest.fixture(scope="module")
def result(study):
    return robust_exponents(study, resamples=100, seed=1)


def one(result) -> pd.Series:
    return result.exponents.iloc[0]


def test_exponents_without_noise_are_the_true_ones():
    row = one(robust_exponents(synthetic_study(TRUTH, NO_NOISE, P, 1, np.random.default_rng(0))))
    assert row.gamma_2 == pytest.approx(0.7, abs=1e-3)
    assert row.gamma_2_opt == pytest.approx(0.7, abs=1e-3)
    assert row.gamma_meas == pytest.approx(0.28, abs=2e-4)
    assert row.gamma_shift == pytest.approx(0.28, abs=2e-4)
    # The early law is an asymptote: a window that ends before the elbow sees 1% of the bend.
    assert row.gamma_1 == pytest.approx(0.4, abs=5e-3)
    assert row.min_P == 500 and row.censored_P == 0


@pytest.mark.parametrize("exponents", [(0.25, 0.9), (0.6, 0.5)])
def test_other_exponents_are_found_too(exponents):
    truth = Truth(gamma_1=exponents[0], gamma_2=exponents[1], rise=0.1)
    row = one(robust_exponents(synthetic_study(truth, NO_NOISE, P, 1, np.random.default_rng(0))))
    assert row.gamma_2 == pytest.approx(exponents[1], abs=5e-3)
    assert row.gamma_meas == pytest.approx(exponents[0] * exponents[1], abs=5e-4)
    assert row.gamma_1 == pytest.approx(exponents[0], rel=0.03)


def test_scales_and_prefactors_are_in_the_units_of_the_norm_and_the_error():
    result = robust_exponents(synthetic_study(TRUTH, NO_NOISE, P, 1, np.random.default_rng(0)))
    row = one(result)
    # lambda_s is the collapse's own minimum: of the spline, a flat minimum is known to some hundredths of a decade.
    assert np.allclose(result.scales.log10_lambda_s, TRUTH.log10_lambda_opt(P), atol=0.1)
    assert np.allclose(result.scales.log10_lambda_opt, TRUTH.log10_lambda_opt(P), atol=0.1)
    error_opt = [TRUTH.log10_error(TRUTH.log10_lambda_opt(value), value) for value in P]
    assert np.allclose(result.scales.log10_error_opt, error_opt, atol=2e-3)
    assert row.log10_k_2 == pytest.approx(TRUTH.log10_k_2, abs=0.1)
    assert row.log10_k_meas == pytest.approx(error_opt[0] + 0.28 * np.log10(P[0]), abs=5e-3)


def test_the_true_values_lie_in_the_intervals(result):
    row = one(result)
    for name, truth in [("gamma_1", 0.4), ("gamma_2", 0.7), ("gamma_pred", 0.28), ("gamma_meas", 0.28)]:
        assert row[f"{name}_low"] < truth < row[f"{name}_high"], name
    assert row.difference_low < 0 < row.difference_high
    assert row.note == ""


def test_the_collapse_is_better_against_the_norm_than_against_epochs(study, result):
    """Every second P trains at another pace: its curve is stretched against epochs and not against the norm."""
    slow = study["P"].isin(P[1::2])
    paced = study.assign(epoch=np.where(slow, study["epoch"] ** 2, study["epoch"]))
    row = one(robust_exponents(paced, resamples=100, seed=1))
    assert row.collapse_chi2 < 1 < row.collapse_chi2_epochs
    assert row.collapse_p_epochs < 0.05 < row.collapse_p
    assert list(result.collapse.min_P) == [500, 1000, 2000]


def test_it_is_reproducible_from_the_seed(study, result):
    again = robust_exponents(study, resamples=100, seed=1)
    pd.testing.assert_frame_equal(again.exponents, result.exponents)
    other = robust_exponents(study, resamples=100, seed=2)
    assert other.exponents.gamma_2_low[0] != result.exponents.gamma_2_low[0]


def test_the_order_of_rows_does_not_matter(study, result):
    shuffled = study.sample(frac=1, random_state=0)
    pd.testing.assert_frame_equal(robust_exponents(shuffled, resamples=100, seed=1).exponents, result.exponents)


def plain_chain(drawn: np.ndarray, runs: np.ndarray) -> np.ndarray:
    """log10 mean of the runs drawn [n, G], step by step from the middle of where most of all `runs` are."""
    number = np.isfinite(runs).sum(axis=0)
    most = np.flatnonzero(number == number.max())
    anchor = most[len(most) // 2]
    result = np.full(runs.shape[1], np.nan)
    result[anchor] = np.log10(np.nanmean(drawn[:, anchor]))

    def step(there, here):
        both = np.isfinite(drawn[:, here]) & np.isfinite(drawn[:, there])
        return result[here] + np.log10(drawn[both, there].mean() / drawn[both, here].mean())

    for here in range(anchor, runs.shape[1] - 1):
        result[here + 1] = step(here + 1, here)
    for here in range(anchor, 0, -1):
        result[here - 1] = step(here - 1, here)
    return result


def test_all_resamples_at_once_are_the_same_as_one_after_the_other(study):
    """Slow and plain: draw the runs themselves, average them with numpy, run the chain for one resample."""
    from scaling.analysis.robust.bootstrap import resample_counts

    sample = prepare(runs_on_grid(study))

    def again(y, centres):
        collapsed = collapse_again(sample, sample.collapsed, y, centres)
        return Drawn(counts, y, collapsed, collapsed, np.zeros(len(y)))

    curves = sample.curves
    counts = resample_counts(curves.runs, curves.P, 5, 3)
    centres = sample.collapsed.departure.draw_centres(5, np.random.default_rng(4))
    drawn = resampled_curves(sample, counts, seed=3)
    at_once = estimate(sample, again(drawn, centres))
    factor = np.sqrt(curves.runs / (curves.runs - 1))
    for index in range(5):
        y = np.full_like(sample.y, np.nan)
        for i, mask in enumerate(curves.mask):
            mine = np.flatnonzero(curves.owner == i)
            drawn = np.concatenate([[run] * counts[index, run] for run in mine]).astype(int)
            mean = plain_chain(curves.errors[np.ix_(drawn, mask)], curves.errors[np.ix_(mine, mask)])
            y[0, i, mask] = sample.y[0, i, mask] + factor[i] * (mean - sample.y[0, i, mask])
        alone = estimate(sample, again(y, centres[index : index + 1]))
        for name, values in at_once.exponents.items():
            assert values[index] == pytest.approx(alone.exponents[name][0], rel=1e-8), name


def test_runs_that_end_before_their_optimum_are_counted_and_left_out():
    noise = Noise(shortfall=0.9)
    result = robust_exponents(synthetic_study(TRUTH, noise, P, 8, np.random.default_rng(6)), resamples=50)
    row = one(result)
    assert row.censored_P == result.scales.censored.sum() > 0
    assert result.scales.censored_runs[result.scales.censored].min() >= 4
    assert "minimum not reached at P = " in row.note
    assert result.scales.log10_lambda_opt[result.scales.censored].isna().all()
    # The whole curve still knows its scale.
    assert row.gamma_2 == pytest.approx(0.7, abs=0.15)


def test_all_censored_gives_no_gamma_meas_and_says_so():
    noise = Noise(reach=-0.9)
    row = one(robust_exponents(synthetic_study(TRUTH, noise, P, 4, np.random.default_rng(6)), resamples=100))
    assert np.isnan(row.gamma_meas) and np.isnan(row.gamma_2_opt) and np.isnan(row.gamma_meas_low)
    assert row.censored_P == row.number_of_P
    assert "fewer than 3 P with a minimum" in row.note
    assert np.isfinite(row.gamma_1)


def test_mean_curves_without_seeds_have_no_intervals(study):
    mean = study[study.seed == 0].drop(columns=["seed", "epoch", "diverged"])
    row = one(robust_exponents(mean))
    assert np.isfinite(row.gamma_2) and np.isnan(row.gamma_2_low) and np.isnan(row.sigma_2)
    assert "without seeds" in row.note


def test_one_seed_has_no_interval(study):
    row = one(robust_exponents(study[study.seed == 0]))
    assert np.isfinite(row.gamma_2) and np.isnan(row.gamma_2_low)
    assert "one run at every P" in row.note


def test_one_P_with_a_single_run_changes_little_and_has_the_scatter_of_its_neighbour():
    """The plateau that is looked for with many runs must be found as well where one P has a single run."""
    truth = Truth(gamma_1=0.52, gamma_2=0.5, guess=0.9, log10_k_1=0.7)
    runs = synthetic_study(truth, Noise(), P, 10, np.random.default_rng(6)).drop(columns=["guess", "epoch"])
    less = runs[(runs["P"] != 1000) | (runs["seed"] == 0)]
    rows = [one(robust_exponents(table, resamples=100)) for table in (runs, less)]
    for row in rows:
        assert row.gamma_1_low < 0.52 < row.gamma_1_high
        assert "bend into a plateau" in row.note
    assert rows[1].gamma_1 == pytest.approx(rows[0].gamma_1, abs=0.03)


def test_two_P_are_not_enough(study):
    result = robust_exponents(study[study.P <= 1000])
    assert np.isnan(one(result).gamma_2) and "2 values of P" in one(result).note
    assert len(result.collapse) == 0


def test_gaps_and_diverged_runs_do_not_hurt(study):
    holed = study.copy()
    holed.loc[holed.index[::17], "test_error"] = np.nan
    holed.loc[holed.index[::19], "log10_norm"] = np.nan
    lost = (holed.seed == 3) & (holed.P == 1000)
    holed.loc[lost, "diverged"] = True
    holed.loc[lost, "test_error"] = 0.9
    result = robust_exponents(holed, resamples=50)
    assert one(result).gamma_2 == pytest.approx(0.7, abs=0.05)
    assert result.scales.runs[1] == 7


def test_curves_of_noise_alone_give_numbers_or_nan_but_no_crash():
    rng = np.random.default_rng(0)
    rows = [
        pd.DataFrame(
            {"P": p, "seed": s, "epoch": range(1, 9), "log10_norm": np.arange(8.0), "test_error": rng.random(8)}
        )
        for p in (10, 20, 40, 80)
        for s in range(2)
    ]
    # Within their scatter they are one flat curve, on which there is no scale.
    noise = one(robust_exponents(pd.concat(rows), resamples=30))
    assert np.isnan(noise.gamma_2) and "featureless" in noise.note
    constant = pd.concat(rows).assign(test_error=0.5)
    assert np.isnan(one(robust_exponents(constant, resamples=30)).gamma_1)
    zero = pd.concat(rows).assign(test_error=0.0)
    assert "values of P" in one(robust_exponents(zero, resamples=30)).note
    empty = pd.concat(rows).assign(test_error=np.nan)
    assert one(robust_exponents(empty)).note.startswith("no run has two finite points")


def test_a_missing_column_is_named(study):
    with pytest.raises(BadInput, match="column test_error is missing"):
        robust_exponents(study.drop(columns="test_error"))


@pytest.mark.parametrize(
    ("chi2", "said"),
    [
        (0.9, []),
        (2.34, ["no range of P and norm collapses (chi2 2.34 > 1)"]),
        (np.nan, ["no range of P and norm collapses: rescaled curves do not overlap"]),
    ],
)
def test_a_collapse_that_is_none_is_told_in_words(chi2, said):
    table = pd.DataFrame([{"chi2": chi2, "p": np.nan, "min_log10_norm": 1.0, "bend": 0.0}])
    curves = SimpleNamespace(stuck=0, lost=(), left_at=None)
    departure = SimpleNamespace(beginning=Beginning())
    collapsed = SimpleNamespace(theta=np.zeros((1, 4)), departure=departure)
    whole = {"corrected": False, "censored": np.zeros(4, bool), "drawn": None}
    sample = SimpleNamespace(curves=curves, collapsed=collapsed, **whole)
    assert notes_of(sample, table.iloc[0], 1.0) == said


def test_runs_that_never_leave_guessing_are_left_out_and_told(study):
    """Six of eight at the smallest P: their norm ends where the others' curves begin."""
    start = study["log10_norm"].min()
    stuck = [
        {"P": P[0], "seed": 100 + seed, "epoch": epoch, "log10_norm": start + 0.05 * epoch, "test_error": error}
        for seed in range(6)
        for epoch, error in enumerate((0.9, 0.8865, 0.9108, 0.8865))
    ]
    scale = study["test_error"].max() / 0.9
    stuck = pd.DataFrame(stuck).assign(diverged=False, test_error=lambda table: scale * table["test_error"])
    more = pd.concat([study, stuck])
    expected, found = (one(robust_exponents(table, resamples=20, seed=1)) for table in (study, more))
    assert found.note == "; ".join(filter(None, ["6 runs never learned: left out", expected.note]))
    numbers = [name for name in expected.index if name != "note"]
    pd.testing.assert_series_equal(found[numbers], expected[numbers])
    # Where no curve falls by much, none is said to be of guessing.
    assert runs_on_grid(study.assign(test_error=0.3 + 0.01 * study["test_error"])).stuck == 0
