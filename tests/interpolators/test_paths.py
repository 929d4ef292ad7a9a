"""Regularised paths: their sums, their limit, their best points."""

from dataclasses import replace

import numpy as np
import pytest

from scaling.interpolators.paths import (
    COMPARED,
    half_norm,
    limiting_exponent,
    limiting_path,
    paths,
    power_law_weights,
    ratio_to_limit,
)
from scaling.interpolators.potentials import PNorm
from scaling.interpolators.state_evolution import Problem, solve

N = [1e3, 1e4]


@pytest.fixture(scope="module")
def table():
    return paths(1.0, 1.1, 1e5, N, 0.5, 31)


@pytest.mark.parametrize("a", [0.6, 1.0, 2.0])
@pytest.mark.parametrize("d", [30, 64, 65, 1000, 300_000])
def test_sums_over_the_weights(a, d):
    truth, counts = power_law_weights(a, d)
    k = np.arange(1.0, d + 1)
    for function in (lambda w: w, lambda w: w**2, lambda w: w**2 / (w + 0.01)):
        assert counts @ function(truth) == pytest.approx(function(k**-a).sum(), rel=1e-5)


@pytest.mark.parametrize(("a", "p"), [(1.0, 1.1), (0.75, 1.5), (0.6, 2.0)])
def test_the_slope_of_the_limiting_path_against_differences(a, p):
    lambdas = np.geomspace(0.01, 0.01 * 1.001, 3)
    near = limiting_path(a, p, 1e5, lambdas)
    norm, risk = (np.log(near[name].to_numpy()) for name in ("norm", "risk"))
    difference = (risk[2] - risk[0]) / (norm[2] - norm[0])
    assert near["slope"].iloc[1] == pytest.approx(difference, rel=1e-5)


def test_the_limiting_path_at_p_two_is_known():
    """w = w* / (1 + lambda): the risk is (1 - |w| / |w*|)^2 that of w = 0."""
    path = limiting_path(1.0, 2.0, 1e4, np.geomspace(0.01, 100, 9))
    k = np.arange(1, 1e4 + 1)
    expected = (1 - path["norm"] / np.sum(1 / k)) ** 2 * np.sum(k**-2)
    np.testing.assert_allclose(path["risk"], expected, rtol=1e-3)  # |w| / |w*| to 1e-6


@pytest.mark.parametrize(("a", "limit"), [(0.6, 0.5), (0.75, 2.0)])
def test_the_limiting_exponent_is_approached_slowly(a, limit):
    """In 1e16 dimensions; in a million it is not seen."""
    assert limiting_exponent(a) == pytest.approx(limit)
    path = limiting_path(a, 1.1, 1e16, np.geomspace(1e-6, 1, 400))
    off = [1 + np.interp(norm, path["norm"][::-1], path["slope"][::-1]) / limit for norm in (3.0, 10.0, 30.0, 100.0)]
    assert off[0] > off[1] > off[2] > off[3] > 0 and off[3] < 0.06 < 0.15 < off[0]


def test_where_the_limiting_path_is_no_power_law():
    assert np.isnan(limiting_exponent(1.0)) and np.isnan(limiting_exponent(1.5))
    path = limiting_path(1.0, 1.1, 1e9, np.geomspace(1e-7, 1, 200)).query("norm < 12 and norm > 1")
    # exponential in the norm: the local exponent is the norm itself
    np.testing.assert_allclose(-path["slope"], path["norm"], atol=0.15)


def test_paths_end_at_the_interpolator(table):
    for n in N:
        here = table[table["n"] == n]
        path, end = here[here["place"] == "path"], here[here["place"] == "interpolator"].iloc[0]
        assert np.all(np.diff(path["norm"]) > 0)
        assert path["norm"].iloc[0] < 0.5 * COMPARED[0] + 1e-9
        last = path.iloc[-1]
        assert end["norm"] == pytest.approx(last["norm"], rel=0.05) and end["norm"] > last["norm"]
        assert end["penalty"] == 0


def test_the_best_point_is_the_least_of_a_fine_grid(table):
    best = table[(table["place"] == "best") & (table["n"] == 1e4)].iloc[0]
    truth, counts = power_law_weights(1.0, 1e5)
    around = np.geomspace(0.8, 1.25, 41)
    problem = Problem(
        PNorm(np.full(41, 1.1)), truth, np.tile(counts, (41, 1)), np.full(41, 1e4), np.full(41, 0.5), np.zeros(41)
    )
    fine = solve(replace(problem, mu=best["penalty"] * 1e4 * around))
    assert best["risk"] <= fine.risk.min() * (1 + 1e-7)
    curve = np.polynomial.Polynomial.fit(np.log(around), fine.risk, 4)
    (least,) = [x.real for x in curve.deriv().roots() if abs(x.imag) < 1e-9 and abs(x.real) < 0.2]
    assert least == pytest.approx(0, abs=0.01)


def test_paths_leave_their_limit_later_with_more_examples(table):
    small, large = ratio_to_limit(table, 1.5)
    assert small > 1.05 > large > 0.999
    assert ratio_to_limit(table, 1e9).isna().all()


def test_without_collapse_no_number_of_examples_helps():
    ratios = ratio_to_limit(paths(1.0, 1.5, 1e5, N, 0.5, 21), 1.0)
    assert ratios.min() > 1.5


def test_where_the_limit_has_lost_half_its_error(table):
    norm = half_norm(table)
    path = limiting_path(1.0, 1.1, 1e5, np.geomspace(1e-3, 10, 400))
    half = np.interp(norm, path["norm"][::-1], path["risk"][::-1])
    assert half == pytest.approx(np.sum(np.arange(1, 1e5 + 1) ** -2.0) / 2, rel=0.03)
