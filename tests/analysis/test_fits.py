"""The chain's parts: smooth minimum, early law, offsets, resampling."""

import numpy as np
import pytest
from scipy.stats import norm, t

from scaling.analysis.robust.bootstrap import degrees_of_freedom, interval, resample_counts, widen
from scaling.analysis.robust.early_law import early_law_window
from scaling.analysis.robust.offsets import fit_with_offset
from scaling.analysis.robust.optimum import smooth_minimum
from scaling.analysis.robust.thresholds import EARLY_LAW_POINTS, STRAIGHT

GRID = np.linspace(0, 5, 101)
ALL = np.ones(GRID.size, bool)


def test_the_minimum_of_a_cubic_is_found_between_grid_points():
    t = GRID - 2.713
    location, value, censored = smooth_minimum(GRID, (0.05 * t**2 + 0.01 * t**3 - 1.2)[None], ALL)
    assert location[0] == pytest.approx(2.713, abs=2e-4)
    assert value[0] == pytest.approx(-1.2, abs=1e-6)
    assert not censored[0]


def test_the_minimum_moves_with_the_curve():
    curve = lambda x: -0.3 * x + 0.5 * 0.2 * np.logaddexp(0, x / 0.2)  # noqa: E731
    shift = 7 * (GRID[1] - GRID[0])
    y = np.stack([curve(GRID - 2), curve(GRID - 2 - shift) + 0.4])
    location, value, _ = smooth_minimum(GRID, y, ALL)
    assert location[1] - location[0] == pytest.approx(shift, abs=1e-9)
    assert value[1] - value[0] == pytest.approx(0.4, abs=1e-9)


def test_a_flat_noisy_minimum_is_found_better_than_by_the_grid():
    rng = np.random.default_rng(0)
    y = 0.05 * (GRID - 2.5) ** 2 + 0.01 * rng.standard_normal((200, GRID.size))
    location, _, _ = smooth_minimum(GRID, y, ALL)
    grid_minimum = GRID[np.argmin(y, axis=1)]
    assert np.std(location) < 0.6 * np.std(grid_minimum)
    assert abs(np.mean(location) - 2.5) < 0.02


def test_a_curve_that_still_falls_is_censored_and_one_of_few_points_is_nan():
    location, _, censored = smooth_minimum(GRID, -0.3 * GRID[None], ALL)
    assert censored[0] and location[0] == pytest.approx(5, abs=0.01)
    location, value, _ = smooth_minimum(GRID, -GRID[None], GRID < 0.2)
    assert np.isnan(location[0]) and np.isnan(value[0])


def test_the_early_law_ends_at_the_elbow_and_starts_after_the_plateau():
    u = np.linspace(-4, 0, 80)
    plateau, elbow = -3.0, -1.0
    assert early_law_window(u, -0.4 * np.clip(u, plateau, elbow)) == pytest.approx((plateau, elbow), abs=0.15)


def test_the_window_is_the_one_that_numpys_lines_give():
    rng = np.random.default_rng(1)
    u = np.linspace(0, 3, 40)
    f = -0.5 * u + 0.2 * u**2 * (u > 1.5) + 0.002 * rng.standard_normal(40)
    falls = {}
    for first in range(40):
        for last in range(first + EARLY_LAW_POINTS - 1, 40):
            x, y = u[first : last + 1], f[first : last + 1]
            line = np.polyfit(x, y, 1)
            if np.sqrt(np.mean((y - np.polyval(line, x)) ** 2)) <= STRAIGHT:
                falls[x[0], x[-1]] = -line[0] * (x[-1] - x[0])
    assert early_law_window(u, f) == pytest.approx(max(falls, key=falls.get))


@pytest.mark.parametrize("place", [np.linspace(0, 1, 20), np.zeros(20)])
def test_a_rising_curve_or_a_single_place_has_no_early_law(place):
    assert early_law_window(place, np.linspace(0, 1, 20)) is None


def test_an_offset_is_found_where_there_is_one():
    x = np.linspace(1, 4, 20)
    y = np.log10(10 ** (-0.5 * x) + 0.02)
    law = fit_with_offset(x, y)
    assert law.chosen
    assert law.exponent == pytest.approx(-0.5, abs=1e-5)
    assert 10**law.log10_q == pytest.approx(0.02, rel=1e-4)
    assert law.log10_k == pytest.approx(0, abs=1e-4)


def test_an_offset_that_is_not_there_is_not_chosen_and_never_negative():
    rng = np.random.default_rng(3)
    x = np.linspace(1, 4, 12)
    chosen = [fit_with_offset(x, 0.7 * x + 1 + 0.03 * rng.standard_normal(12)) for _ in range(60)]
    assert np.mean([law.chosen for law in chosen]) < 0.1
    bent = fit_with_offset(x, np.log10(10 ** (0.7 * x) - 3))
    assert not bent.chosen


def test_a_wave_along_the_curve_is_no_offset():
    rng = np.random.default_rng(5)
    x = np.linspace(1, 3, 40)
    waves = [0.01 * np.convolve(rng.standard_normal(50), np.ones(11) / 11**0.5, "valid") for _ in range(40)]
    chosen = [fit_with_offset(x, -0.5 * x + wave, correlated=True).chosen for wave in waves]
    assert np.mean(chosen) < 0.15


def test_an_offset_of_norms_beyond_single_precision():
    x = np.linspace(3, 5, 15)
    law = fit_with_offset(x, np.log10(10 ** (20 * (x - 3)) + 1e3) + 70)
    assert law.chosen and law.log10_q == pytest.approx(73, abs=0.01) and law.exponent == pytest.approx(20, rel=1e-3)


def test_few_points_have_no_offset():
    assert not fit_with_offset(np.arange(5.0), np.arange(5.0)).chosen


def test_counts_are_stratified_and_reproducible():
    runs = np.array([3, 5])
    counts = resample_counts(runs, np.array([10, 20]), 200, 0)
    assert (counts[:, :3].sum(axis=1) == 3).all() and (counts[:, 3:].sum(axis=1) == 5).all()
    assert (counts == resample_counts(runs, np.array([10, 20]), 200, 0)).all()
    assert np.allclose(counts.mean(axis=0), 1, atol=0.2)


def test_widened_means_have_the_unbiased_variance():
    rng = np.random.default_rng(0)
    runs = np.array([4])
    values = rng.standard_normal(4)
    drawn = resample_counts(runs, np.array([10]), 40_000, 0) @ values / 4
    wide = widen(drawn[:, None, None], np.array([[[values.mean()]]]), runs)
    assert wide.var() == pytest.approx(values.var(ddof=1) / 4, rel=0.03)


def test_the_interval_is_of_percentiles_and_their_reflection_and_refuses_failures():
    drawn = np.arange(1001) / 1000
    assert interval(drawn, 0.5, 0.95) == (pytest.approx(0.025), pytest.approx(0.975))
    assert interval(drawn, 0.6, 0.95) == (pytest.approx(0.025), pytest.approx(1.175))
    assert np.isnan(interval(drawn, np.nan, 0.95)).all()
    assert np.isnan(interval(np.full(100, np.nan), 0.5, 0.95)).all()
    assert np.isnan(interval(np.where(np.arange(100) < 30, np.nan, 1.0), 1.0, 0.95)).all()


def estimates_of(shares, runs, resamples, rng):
    """Estimates [B] to which the mean of each P's runs gives its share, from resampled runs; counts and owners."""
    numbers = np.full(len(shares), runs)
    counts = resample_counts(numbers, np.arange(1, len(shares) + 1), resamples, int(rng.integers(2**31)))
    owner = np.repeat(np.arange(len(shares)), runs)
    values = rng.standard_normal(owner.size)
    values -= np.bincount(owner, values)[owner] / runs
    means = np.stack([counts[:, owner == i] @ values[owner == i] / runs for i in range(len(shares))])
    return np.asarray(shares) @ means * np.sqrt(runs / (runs - 1)), counts, owner


@pytest.mark.parametrize(("shares", "freedom"), [([1.0], 3), ([1.0, 0.0, 0.0], 3), ([1.0] * 6, 18)])
def test_the_scatter_of_few_runs_has_few_degrees_of_freedom(shares, freedom):
    """Expected: those of a variance pooled over the P that count; with equal true shares Satterthwaite's lie below."""
    rng = np.random.default_rng(2)
    found = [degrees_of_freedom(*estimates_of(shares, 4, 400, rng)) for _ in range(60)]
    assert np.median(found) == pytest.approx(freedom, rel=0.35)
    assert min(found) > 2.9


def test_what_comes_from_a_prior_has_a_known_scatter():
    rng = np.random.default_rng(6)
    drawn, counts, owner = estimates_of([1.0], 4, 4000, rng)
    half_prior = drawn + drawn.std() * rng.standard_normal(drawn.size)
    assert degrees_of_freedom(half_prior, counts, owner) == pytest.approx(4 * 3, rel=0.15)
    assert degrees_of_freedom(rng.standard_normal(4000), counts, owner) > 100
    assert degrees_of_freedom(np.full(50, 0.4), counts[:50], owner) == np.inf


def test_few_degrees_of_freedom_lengthen_the_interval_by_students_ratio():
    drawn = np.arange(1001) / 1000
    longer = t.ppf(0.975, 3) / norm.ppf(0.975)
    assert interval(drawn, 0.5, 0.95, freedom=3) == pytest.approx((0.5 - 0.475 * longer, 0.5 + 0.475 * longer))


def test_the_mean_of_four_runs_is_covered_as_often_as_claimed():
    """Independent of the formula: the share of 600 studies of four runs whose interval holds the true mean, 0."""
    rng = np.random.default_rng(8)
    owner, held = np.zeros(4, int), {True: 0, False: 0}
    counts = resample_counts(np.array([4]), np.array([1]), 400, 5)
    for _ in range(600):
        values = rng.standard_normal(4)
        drawn = values.mean() + np.sqrt(4 / 3) * (counts @ values / 4 - values.mean())
        for corrected in held:
            freedom = degrees_of_freedom(drawn, counts, owner) if corrected else np.inf
            low, high = interval(drawn, values.mean(), 0.95, freedom)
            held[corrected] += low <= 0 <= high
    assert held[True] / 600 == pytest.approx(0.95, abs=0.025)
    assert held[False] / 600 < 0.92
