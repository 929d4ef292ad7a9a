"""The information bound of synthetic studies: of their curves and their noise, and what a fit attains."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.optimize import least_squares

from scaling.analysis.robust.thresholds import RISE
from scaling.core.errors import BadInput
from scaling.validation import information
from scaling.validation.information import PRIOR, QUANTITIES, half_widths
from scaling.validation.scenarios import SCENARIOS
from scaling.validation.synthetic import Noise, synthetic_study

WITHOUT_PRIOR = [(False, False), (True, False)]
UNKNOWN = [*WITHOUT_PRIOR, (False, True), (True, True)]  # floor, offset


def a_truth(name):
    return SCENARIOS[name].truth(np.random.default_rng([5, 0]))


@pytest.mark.parametrize("name", ["plain", "floor", "offset", "censored"])
@pytest.mark.parametrize(("floor", "offset"), UNKNOWN)
def test_the_curve_at_the_truth_is_the_truth(name, floor, offset):
    kind, truth = SCENARIOS[name], a_truth(name)
    unknowns = information._unknowns(truth, floor, offset)
    assert len(unknowns) == 7 + floor + offset
    for P, _, x in information._seen(truth, kind):
        curve = information._curve(truth, unknowns, x, P, kind.P[0])
        np.testing.assert_allclose(curve, truth.log10_error(x, P, kind.P[0]), rtol=0, atol=1e-9)


def test_the_curve_beside_the_truth_is_that_of_the_exponents():
    """Written out: lambda_opt ~ P^gamma_2 with an offset, minima ~ P^-gamma_meas, an offset moves no early law."""
    truth = a_truth("plain")
    made = {"gamma_1": 0.3, "gamma_2": 0.6, "gamma_meas": 0.25, "log10_k_1": 0.1, "log10_k_2": 0.9}
    made |= {"width": 0.2, "rise": 0.1, "floor": 0.01, "offset": 0.2}
    x, elbow = np.linspace(-1, 5, 50), 0.2 * np.log(0.1 / 0.3)
    for P in (500, 48000):
        offset = np.log10(1 + 0.2 * (500 / P) ** 0.6)
        u = x - (0.9 + 0.6 * np.log10(P) + offset)
        height = 0.1 - 0.3 * 0.9 - 0.25 * np.log10(P) - 0.3 * offset
        law = height - 0.3 * u + 0.4 * 0.2 * np.log1p(np.exp((u - elbow) / 0.2))
        np.testing.assert_allclose(information._curve(truth, made, x, P, 500), np.log10(10**law + 0.01), atol=1e-9)


@pytest.mark.parametrize("name", ["plain", "floor"])
def test_a_derivative_is_that_of_the_closed_form(name):
    """Also at a floor of 0."""
    truth, P = a_truth(name), 4000.0
    assert (truth.floor > 0) == (name == "floor")
    unknowns = information._unknowns(truth, True, True)
    x = np.linspace(1, 4.5, 30)
    slopes = dict(zip(unknowns, information._derivatives(truth, unknowns, x, P, 500.0).T, strict=True))
    error = 10 ** truth.log10_error(x, P, 500.0)
    share = 1 - truth.floor / error
    np.testing.assert_allclose(slopes["floor"], 1 / (error * np.log(10)), rtol=1e-6)
    np.testing.assert_allclose(slopes["gamma_meas"], -share * np.log10(P), rtol=1e-6)
    np.testing.assert_allclose(slopes["log10_k_1"], share, rtol=1e-6)


@pytest.mark.parametrize(("name", "rise"), [("plain", 0.3), ("flat", 0.02), ("censored", 0.3)])
def test_points_are_those_up_to_the_rise(name, rise, monkeypatch):
    kind = replace(SCENARIOS[name], rise=(rise, rise))
    truth = kind.truth(np.random.default_rng([5, 0]))
    cut = list(information._seen(truth, kind))
    monkeypatch.setattr(information, "RISE", np.inf)
    left_out = []
    for (P, seeds, x), (_, _, logged) in zip(cut, information._seen(truth, kind), strict=True):
        assert seeds == 10 and logged.size > 30
        np.testing.assert_array_equal(x, logged[: x.size])
        y = truth.log10_error(logged, P, kind.P[0])
        lowest = y.min()
        assert y[np.argmin(y) : x.size].max() <= lowest + RISE
        assert (y[x.size :] > lowest + RISE).all()
        left_out.append(logged.size - x.size)
    assert (left_out[0] > 0) == (name != "flat")
    assert (left_out[-1] > 0) == (name == "plain")


@pytest.mark.parametrize(
    "noise",
    [
        Noise(seed_scale=0.0, smooth=0.0, gaps=0.0, test_images=1000),
        Noise(seed_scale=0.05, smooth=0.02, gaps=0.0, test_images=0),
        Noise(seed_scale=0.02, smooth=0.04, gaps=0.0, test_images=0, growth=0.15),
    ],
)
def test_the_covariance_is_that_of_many_runs(noise):
    truth, P, runs = a_truth("offset"), np.array([500, 8000]), 2000
    made = synthetic_study(truth, noise, P, [1, runs], np.random.default_rng(2))
    quiet = replace(noise, seed_scale=0.0, smooth=0.0, test_images=0)
    x = synthetic_study(truth, quiet, P, 1, np.random.default_rng(2)).query("P == 8000")["log10_norm"].to_numpy()
    large = made[made["P"] == 8000]
    norms, errors = (large[name].to_numpy().reshape(runs, -1) for name in ("log10_norm", "test_error"))
    seen = np.array([np.interp(x, norm, np.log10(error)) for norm, error in zip(norms, errors, strict=True)])
    inside = (x > x[0] + 0.25) & (x < x[-1] - 0.25)
    found = np.cov(seen[:, inside].T)
    expected = information._covariance(truth, noise, x[inside], 8000.0, 500.0)
    size = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    # 2000 runs tell a correlation to 0.02 and a variance to 3%.
    assert np.abs((found - expected) / size).max() < 0.12
    assert np.abs(np.mean((found - expected) / size)) < 0.03
    assert np.diag(found).mean() == pytest.approx(np.diag(expected).mean(), rel=0.05)


def fits(truth, kind, unknowns, number, rng):
    """Most likely values [number, unknowns] of curves of the truth with noise; the prior's centre is drawn as well."""
    start = np.array(list(unknowns.values()))
    parts = []
    for P, seeds, x in information._seen(truth, kind):
        root = np.linalg.cholesky(information._covariance(truth, kind.noise, x, P, kind.P[0]) / seeds)
        parts.append((P, x, root, np.linalg.inv(root), truth.log10_error(x, P, kind.P[0])))
    found = []
    for _ in range(number):
        seen = [y + root @ rng.standard_normal(y.size) for _, _, root, _, y in parts]
        centre = truth.offset + PRIOR * rng.standard_normal()

        def residual(values, seen=seen, centre=centre):
            made = dict(zip(unknowns, values, strict=True))
            rest = [
                white @ (information._curve(truth, made, x, P, kind.P[0]) - y)
                for (P, x, _, white, _), y in zip(parts, seen, strict=True)
            ]
            prior = [[(made["offset"] - centre) / PRIOR]] if "offset" in made else []
            return np.concatenate([*rest, *prior])

        found.append(least_squares(residual, start, x_scale="jac", xtol=1e-6, ftol=1e-6).x)
    return np.array(found)


@pytest.mark.parametrize(("floor", "offset"), [(False, False), (True, True)])
def test_most_likely_estimates_scatter_as_the_bound_says(floor, offset):
    kind, truth = SCENARIOS["plain"], a_truth("plain")
    unknowns = information._unknowns(truth, floor, offset)
    found = dict(zip(unknowns, fits(truth, kind, unknowns, 200, np.random.default_rng(3)).T, strict=True))
    bound = half_widths(kind, 1, 5, floor, offset)
    assert tuple(bound) == QUANTITIES
    found["gamma_pred"] = found["gamma_1"] * found["gamma_2"]
    for name, half_width in bound.items():
        assert 1.96 * found[name].std(ddof=1) == pytest.approx(half_width, rel=0.15), name
        true = truth.gamma if name == "gamma_pred" else unknowns[name]
        assert abs(found[name].mean() - true) < 0.2 * half_width


@pytest.mark.parametrize("name", ["plain", "floor", "offset"])
def test_what_is_not_known_shortens_no_interval(name):
    found = {unknown: half_widths(SCENARIOS[name], 3, 0, *unknown) for unknown in UNKNOWN}
    for less, more in product(UNKNOWN, UNKNOWN):
        if less[0] <= more[0] and less[1] <= more[1]:
            assert all(found[more][each] >= found[less][each] * (1 - 1e-6) for each in QUANTITIES)
    assert found[True, True]["gamma_meas"] > 2 * found[False, False]["gamma_meas"]


@pytest.mark.parametrize(("floor", "offset"), WITHOUT_PRIOR)
def test_four_times_the_seeds_halve_the_intervals(floor, offset):
    few, many = (half_widths(replace(SCENARIOS["plain"], seeds=seeds), 2, 0, floor, offset) for seeds in (5, (20,) * 8))
    assert many == pytest.approx({name: half_width / 2 for name, half_width in few.items()})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("guessing", "guessing"),
        ("featureless", "without an elbow"),
        ("no_law", "a bend"),
        ("small_P", "small P off the law"),
        ("heavy_tails", "heavy tails"),
    ],
)
def test_kinds_that_the_bound_does_not_cover_are_refused_in_one_line(name, said):
    with pytest.raises(BadInput, match=said) as problem:
        half_widths(SCENARIOS[name], 1, 0, False, False)
    assert "\n" not in str(problem.value)


@pytest.mark.parametrize(("noise", "said"), [(Noise(stuck=0.5), "stuck"), (Noise(test_images=0), "no counting noise")])
def test_noise_that_the_bound_does_not_cover_is_refused(noise, said):
    with pytest.raises(BadInput, match=said):
        half_widths(replace(SCENARIOS["plain"], noise=noise), 1, 0, False, False)
