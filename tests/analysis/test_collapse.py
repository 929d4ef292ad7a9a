"""The collapse: its quality is 1 for honest errors, and its shifts are the true ones."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from harness.paths import ROOT

from scaling.analysis.robust.chain import prepare
from scaling.analysis.robust.collapse import collapse, collapse_resamples, straightened
from scaling.analysis.robust.departure import Beginning, Departure
from scaling.analysis.robust.master_curve import Points, misfit
from scaling.analysis.robust.quality import houdayer_hartmann
from scaling.analysis.robust.runs import runs_on_grid
from scaling.analysis.robust.spline import penalty_of
from scaling.analysis.robust.thresholds import PRIOR_WIDTH


def curves(rng, sigma, number=8, points=60):
    x = [np.sort(rng.uniform(0, 4, points)) for _ in range(number)]
    return x, [np.sin(at) + sigma * rng.standard_normal(points) for at in x], [np.full(points, sigma)] * number


def test_the_quality_is_one_for_collapsed_curves_with_true_errors():
    rng = np.random.default_rng(0)
    values = [houdayer_hartmann(*curves(rng, 0.05)) for _ in range(10)]
    assert np.mean(values) == pytest.approx(1, abs=0.05)


def test_the_quality_is_large_where_a_curve_is_displaced():
    x, y, sigma = curves(np.random.default_rng(1), 0.05)
    y[0] = y[0] + 0.5
    assert houdayer_hartmann(x, y, sigma) > 5


def test_the_quality_equals_the_formula_written_point_by_point():
    """Houdayer and Hartmann's sums for every point by plain loops, in absolute x."""
    x, y, sigma = curves(np.random.default_rng(2), 0.1, number=3, points=12)
    terms = []
    for i in range(3):
        for at, height, error in zip(x[i], y[i], sigma[i], strict=True):
            chosen = []
            for j in range(3):
                right = np.searchsorted(x[j], at, side="right")
                if j != i and 0 < right < 12:
                    chosen += [(x[j][k], y[j][k], sigma[j][k]) for k in (right - 1, right)]
            if len(chosen) < 2:
                continue
            X, Y, S = np.array(chosen).T
            w = 1 / S**2
            K, Kx, Ky, Kxx, Kxy = w.sum(), (w * X).sum(), (w * Y).sum(), (w * X * X).sum(), (w * X * Y).sum()
            D = K * Kxx - Kx**2
            master = (Kxx * Ky - Kx * Kxy) / D + at * (K * Kxy - Kx * Ky) / D
            variance = (Kxx - 2 * at * Kx + at**2 * K) / D
            terms.append((height - master) ** 2 / (error**2 + variance))
    assert houdayer_hartmann(x, y, sigma) == pytest.approx(np.mean(terms), rel=1e-9)


def test_curves_that_do_not_overlap_have_no_quality():
    one = np.linspace(0, 1, 5)
    assert np.isnan(houdayer_hartmann([one, one + 3], [one, one], [one + 1, one + 1]))


def known(y, beginning=Beginning()):  # noqa: B008
    return Departure(10.0 ** y.min(), 10.0 ** y.max(), beginning)


def centres(departure, number):
    return np.repeat(departure.prior[0][None], number, 0)


def shifted(a, b, sigma=0.0, seed=0):
    """Curves with a bend, displaced by a and b; small P reach further right."""
    x = np.concatenate([np.linspace(-3, 1.5, 50) + shift for shift in a])
    owner = np.repeat(np.arange(len(a)), 50)
    u = x - np.asarray(a)[owner]
    y = -0.4 * u + 0.55 * 0.3 * np.logaddexp(0, u / 0.3) + np.asarray(b)[owner]
    y = y + sigma * np.random.default_rng(seed).standard_normal(x.size)
    return Points(x, owner, np.full(x.size, 0.01), np.asarray(a)), y


def test_the_shifts_are_found():
    a, b = [-1.5, -0.8, 0.0], [0.5, 0.3, 0.0]
    points, y = shifted(a, b)
    lowest = np.array([y[points.owner == i].min() for i in range(3)])
    found = collapse(points, y, lowest, known(y))
    assert np.allclose(found.a[0], a, atol=2e-3)
    assert np.allclose(found.b[0], b, atol=1e-3)


def test_a_pure_power_law_leaves_only_the_prior_to_say_where_it_ends():
    x = np.tile(np.linspace(0, 3, 40), 2)
    owner = np.repeat([0, 1], 40)
    points = Points(x, owner, np.full(80, 0.01), np.arange(2))
    found = collapse(points, -0.5 * x, np.array([-1.2, -1.5]), known(-0.5 * x))
    assert found.b[0, 0] == pytest.approx(0.3, abs=0.02)
    assert found.a[0, 0] == pytest.approx(-0.6, abs=0.05)


def test_an_outlying_end_does_not_pull():
    a, b = [-1.5, -0.8, 0.0], [0.5, 0.3, 0.0]
    points, y = shifted(a, b, sigma=0.003)
    lowest = np.array([y[points.owner == i].min() for i in range(3)])
    clean = collapse(points, y, lowest, known(y))
    y[48:50] += 0.4
    # Two points of 50, 0.4 too high; what they move is largest at their own P, since the floor is free.
    assert np.allclose(collapse(points, y, lowest, known(y)).a, clean.a, atol=0.2)


def test_resamples_reach_the_solution_that_they_would_find_alone():
    a, b = [-1.5, -0.8, 0.0], [0.5, 0.3, 0.0]
    points, y = shifted(a, b)
    lowest = np.array([y[points.owner == i].min() for i in range(3)])
    whole = collapse(points, y, lowest, known(y))
    noisy = y + 0.01 * np.random.default_rng(1).standard_normal(y.size)
    both, low, middle = np.stack([y, noisy]), np.stack([lowest, lowest]), centres(whole.departure, 2)
    batch = collapse_resamples(points, both, low, whole, middle)
    long = collapse_resamples(points, both, low, whole, middle, steps=30)
    assert np.allclose(batch.a[0], whole.a[0], atol=1e-6)
    assert np.allclose(batch.a, long.a, atol=2e-3)


def test_the_master_curve_is_the_common_shape():
    points, y = shifted([-1.0, 0.0], [0.4, 0.0])
    lowest = np.array([y[points.owner == i].min() for i in range(2)])
    found = collapse(points, y, lowest, known(y))
    u = np.linspace(-2.5, 1, 50)
    assert np.allclose(found.master(u)[0], -0.4 * u + 0.55 * 0.3 * np.logaddexp(0, u / 0.3), atol=3e-3)


TOLD, FLAT, BENT = Beginning(0.9, True, True), Beginning(None, True, True), Beginning(None, True)
LAW = np.linspace(-2.5, 2.5, 11)[None]


def theta(onset=1.0, approach=1.0, floor=0.0, inverse=0.0):
    return np.array([[np.log(onset), approach, floor, inverse]])


def test_the_departure_has_its_three_closed_forms():
    departure = Departure(0.01, 0.9, TOLD)
    law = 10**LAW
    for onset in (0.5, 1.0, 2.0):
        seen, _ = departure.seen(LAW, theta(onset, 1.0, 0.0, 1 / 0.9))
        assert np.allclose(10**seen, (law**-onset + 0.9**-onset) ** (-1 / onset), rtol=1e-9)
    seen, _ = departure.seen(LAW, theta(1.0, 0.0, 0.0, 1 / 0.9))
    assert np.allclose(10**seen, 0.9 * (1 - np.exp(-law / 0.9)), rtol=1e-4)
    seen, slope = departure.seen(LAW, theta())
    assert np.allclose(seen, LAW) and np.allclose(slope, 1)


@pytest.mark.parametrize(
    "values", [(1.0, 1.0, 0.5, 1 / 0.9), (2.0, 0.3, 0.9, 1 / 0.9), (0.5, 3.0, 0.0, 0.7), (1, 1, 0.4, 0)]
)
def test_the_law_is_the_inverse_of_what_is_seen_and_the_slope_its_derivative(values):
    departure, values, middle = Departure(0.01, 0.9, Beginning()), theta(*values), LAW[:, 2:6]
    seen, slope = departure.seen(middle, values)
    assert np.allclose(departure.law(seen, values), middle, atol=1e-6)
    step = 1e-5
    by_difference = (departure.seen(middle + step, values)[0] - departure.seen(middle - step, values)[0]) / (2 * step)
    assert np.allclose(slope, by_difference, atol=1e-7)
    assert np.isfinite(departure.law(np.log10([[1e-9, 0.5, 0.95, 1.0]]), values)).all()


def test_a_floor_is_approached_and_guessing_not_passed():
    departure = Departure(0.02, 0.9, TOLD)
    seen, _ = departure.seen(np.array([[-9.0, 9.0]]), theta(1.0, 1.0, 0.5, 1 / 0.9))
    assert np.allclose(10**seen, [[0.01, 0.9]])


def departed(guess, onset, floor):
    """Curves whose error begins at guessing and ends above a floor."""
    a, b = [-1.5, -0.8, 0.0], [0.5, 0.3, 0.0]
    points, law = shifted(a, b)
    law = law - 1.2
    departure = Departure(10.0 ** law.min() + floor, guess or 0.9, Beginning(guess))
    inverse = 1 / guess if guess else 0.0
    values = theta(onset, 1.0, floor / departure.lowest, inverse)
    y = departure.seen(law[None], values)[0][0]
    lowest = np.array([y[points.owner == i].min() for i in range(3)])
    return points, y, lowest, a, b


@pytest.mark.parametrize(
    ("beginning", "onset", "floor"),
    [(beginning, 1.0, floor) for beginning in (TOLD, FLAT, BENT) for floor in (0.0, 0.01)]
    + [(TOLD, 2.0, 0.02), (FLAT, 2.0, 0.02)],  # a bend whose shape is not fitted is harmonic
)
def test_plateau_and_floor_are_found_with_the_shifts_of_the_law_between_them(beginning, onset, floor):
    points, y, lowest, a, b = departed(0.9, onset, floor)
    departure = known(y, beginning)
    found = collapse(points, y, lowest, departure)
    # At a tolerance of 1% the prior of the shape (harmonic) still has a say where the truth is another.
    assert departure.floor(found.theta)[0] == pytest.approx(floor, abs=2e-3 if onset == 1 else 0.012)
    assert found.theta[0, 3] == pytest.approx(1 / 0.9, abs=0.15)
    assert np.allclose(found.a[0], a, atol=0.03)
    assert np.allclose(found.b[0], b, atol=0.03 if onset == 1 else 0.08)


def test_a_floor_is_found_without_a_plateau():
    points, y, lowest, _, b = departed(None, 1.0, 0.02)
    departure = known(y)
    found = collapse(points, y, lowest, departure)
    assert departure.floor(found.theta)[0] == pytest.approx(0.02, abs=2e-3)
    assert np.allclose(found.b[0], b, atol=0.03)


def test_a_straight_master_curve_is_one_up_to_where_it_was_asked_to_be():
    points, y = shifted([-1.5, -0.8, 0.0], [0.5, 0.3, 0.0], sigma=0.01)
    lowest = np.array([y[points.owner == i].min() for i in range(3)])
    free = collapse(points, y, lowest, known(y))
    found = straightened(points, y, lowest, free, -1.2)
    u = np.linspace(-2.9, -1.2 - found.spacing, 40)
    bends = [np.abs(np.diff(each.master(u)[0], 2)).max() for each in (found, free)]
    assert bends[0] < 1e-6 < bends[1]
    assert -found.slope(-2.0)[0] == pytest.approx(0.4, abs=0.01)


def test_resamples_find_the_plateau_and_the_floor_that_they_would_find_alone():
    points, y, lowest, _, _ = departed(0.9, 1.0, 0.01)
    whole = collapse(points, y, lowest, known(y, TOLD))
    noisy = y + 0.005 * np.random.default_rng(1).standard_normal(y.size)
    both, low, middle = np.stack([y, noisy]), np.stack([lowest, lowest]), centres(whole.departure, 2)
    batch = collapse_resamples(points, both, low, whole, middle)
    long = collapse_resamples(points, both, low, whole, middle, steps=30)
    assert np.allclose(batch.theta, long.theta, atol=0.05)
    assert batch.theta[1, 2] != whole.theta[0, 2]


@pytest.fixture(scope="module", params=[(1, 2, 3, 4), (5, 6, 7, 8)])
def hardly_turned(request):
    """Four recorded runs of a transformer: they begin at guessing, and hardly turn."""
    runs = pd.read_parquet(ROOT / "recorded/laptop_digits.parquet")
    runs = runs[(runs["cell"] == "ViT_digits") & (runs["norm"] == "spectral_complexity")]
    return prepare(runs_on_grid(runs[runs["seed"].isin(request.param)]), TOLD)


@pytest.mark.parametrize("onset", [0.6, 1.0, 1.6])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.6])
def test_fits_of_curves_that_hardly_turn_end_in_one_minimum_wherever_they_start(hardly_turned, onset, share):
    sample = hardly_turned

    class From(Departure):
        starts = property(lambda self: [theta(onset, 1.0, share, 1 / 0.9)[0]])

    departure = From(sample.free.departure.lowest, sample.free.departure.largest, TOLD)
    seen = sample.y[0][sample.index]
    found = collapse(sample.points, seen, sample.lowest, departure)
    assert misfit(sample.points, seen[None], found)[0] == pytest.approx(
        misfit(sample.points, seen[None], sample.free)[0], abs=1
    )
    assert np.allclose(found.theta, sample.free.theta, atol=0.03)
    assert np.allclose(found.a, sample.free.a, atol=0.02)


def everything(sample, fit):
    """What a fit makes smallest: residuals and priors, each over its width, squared and halved; written out."""
    seen, points = sample.y[0][sample.index], sample.points
    total = misfit(points, seen[None], fit)[0]
    heights = fit.departure.law(sample.lowest[None], fit.theta)[0]
    total += 0.5 * ((heights - heights[-1] - fit.b[0])[:-1] ** 2).sum() / PRIOR_WIDTH**2
    rough = penalty_of(fit.coefficients.shape[1], fit.straight)
    return total + 0.5 * fit.coefficients[0] @ rough @ fit.coefficients[0]


def test_a_fit_ends_at_a_minimum(hardly_turned):
    """No small change of any unknown makes the sum smaller; the master curve has no say (it is solved for)."""
    sample, fit = hardly_turned, hardly_turned.free
    least = everything(sample, fit)
    low, high = fit.departure.bounds
    for name, size in (("a", 0.02), ("b", 0.01), ("theta", 0.02)):
        values = getattr(fit, name)
        last = 3 if name == "theta" else values.shape[1] - 1
        for index in range(last):
            for sign in (-1, 1):
                moved = values.copy()
                moved[0, index] += sign * size
                if name == "theta":
                    moved = np.clip(moved, low, high)
                assert everything(sample, replace(fit, **{name: moved})) > least - 0.05, (name, index, sign)
