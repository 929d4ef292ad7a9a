"""The collapse: its quality is 1 for honest errors, and its shifts are the true ones."""

import numpy as np
import pytest

from scaling.analysis.robust.collapse import Points, collapse, collapse_resamples, law_error
from scaling.analysis.robust.quality import houdayer_hartmann


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


def shifted(a, b, sigma=0.0, seed=0):
    """Curves with a bend, displaced by a and b; small P reach further right."""
    x = np.concatenate([np.linspace(-3, 1.5, 50) + shift for shift in a])
    owner = np.repeat(np.arange(len(a)), 50)
    u = x - np.asarray(a)[owner]
    y = -0.4 * u + 0.55 * 0.3 * np.logaddexp(0, u / 0.3) + np.asarray(b)[owner]
    y = y + sigma * np.random.default_rng(seed).standard_normal(x.size)
    return Points(x, owner, np.full(x.size, 0.01)), y


def test_the_shifts_are_found():
    a, b = [-1.5, -0.8, 0.0], [0.5, 0.3, 0.0]
    points, y = shifted(a, b)
    lowest = np.array([y[points.owner == i].min() for i in range(3)])
    found = collapse(points, y, lowest)
    assert np.allclose(found.a[0], a, atol=2e-3)
    assert np.allclose(found.b[0], b, atol=1e-3)


def test_a_pure_power_law_leaves_only_the_prior_to_say_where_it_ends():
    x = np.tile(np.linspace(0, 3, 40), 2)
    owner = np.repeat([0, 1], 40)
    points = Points(x, owner, np.full(80, 0.01))
    found = collapse(points, -0.5 * x, np.array([-1.2, -1.5]))
    assert found.b[0, 0] == pytest.approx(0.3, abs=0.02)
    assert found.a[0, 0] == pytest.approx(-0.6, abs=0.05)


def test_an_outlying_end_does_not_pull():
    a, b = [-1.5, -0.8, 0.0], [0.5, 0.3, 0.0]
    points, y = shifted(a, b, sigma=0.003)
    y[48:50] += 0.4
    lowest = np.array([y[points.owner == i].min() for i in range(3)])
    assert np.allclose(collapse(points, y, lowest).a[0], a, atol=0.06)


def test_resamples_reach_the_solution_that_they_would_find_alone():
    a, b = [-1.5, -0.8, 0.0], [0.5, 0.3, 0.0]
    points, y = shifted(a, b)
    lowest = np.array([y[points.owner == i].min() for i in range(3)])
    whole = collapse(points, y, lowest)
    noisy = y + 0.01 * np.random.default_rng(1).standard_normal(y.size)
    batch = collapse_resamples(points, np.stack([y, noisy]), np.stack([lowest, lowest]), whole)
    long = collapse_resamples(points, np.stack([y, noisy]), np.stack([lowest, lowest]), whole, steps=30)
    assert np.allclose(batch.a[0], whole.a[0], atol=1e-6)
    assert np.allclose(batch.a, long.a, atol=2e-3)


def test_the_master_curve_is_the_common_shape():
    points, y = shifted([-1.0, 0.0], [0.4, 0.0])
    lowest = np.array([y[points.owner == i].min() for i in range(2)])
    found = collapse(points, y, lowest)
    u = np.linspace(-2.5, 1, 50)
    assert np.allclose(found.master(u)[0], -0.4 * u + 0.55 * 0.3 * np.logaddexp(0, u / 0.3), atol=3e-3)


def saturated(kappa, sigma=0.0):
    """Curves whose error is epsilon_law/(1 + kappa epsilon_law)."""
    a, b = [-1.5, -0.8, 0.0], [0.5, 0.3, 0.0]
    points, law = shifted(a, b)
    law = law - 1.2
    lowest = np.array([law[points.owner == i].min() for i in range(3)])
    y = law - np.log10(1 + kappa * 10**law) + sigma * np.random.default_rng(2).standard_normal(law.size)
    return points, y, lowest - np.log10(1 + kappa * 10**lowest), a, b


@pytest.mark.parametrize("kappa", [0.0, 1.1, 3.0])
def test_a_plateau_is_found_with_the_shifts_of_the_law_below_it(kappa):
    points, y, lowest, a, b = saturated(kappa)
    found = collapse(points, y, lowest, saturates=True)
    assert found.kappa[0] == pytest.approx(kappa, abs=0.05)
    assert np.allclose(found.a[0], a, atol=0.01)
    assert np.allclose(found.b[0], b, atol=0.01)
    if kappa:
        assert not np.allclose(collapse(points, y, lowest).b[0], b, atol=0.02)


def test_resamples_find_the_plateau_that_they_would_find_alone():
    points, y, lowest, _, _ = saturated(1.1)
    whole = collapse(points, y, lowest, saturates=True)
    noisy = y + 0.005 * np.random.default_rng(1).standard_normal(y.size)
    both, low = np.stack([y, noisy]), np.stack([lowest, lowest])
    batch = collapse_resamples(points, both, low, whole, saturates=True)
    long = collapse_resamples(points, both, low, whole, saturates=True, steps=30)
    assert batch.kappa == pytest.approx(long.kappa, abs=0.02)
    assert batch.kappa[1] != whole.kappa[0]


def test_the_laws_own_error_undoes_the_plateau_and_stays_finite_on_it():
    law = np.array([[-1.0, -0.5, 0.3]])
    y = law - np.log10(1 + 1.25 * 10**law)
    assert np.allclose(law_error(y, np.array([1.25])), law)
    assert np.isfinite(law_error(np.log10([[0.8, 0.9]]), np.array([1.25]))).all()
