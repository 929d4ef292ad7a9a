"""The spectrum of a matrix plus noise, and the quadratic network's state evolution, against independent methods."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from scaling.core.errors import NotConverged
from scaling.shallow import quadratic
from scaling.shallow.free import spectrum
from scaling.shallow.teacher import Teacher, no_teacher, power_law


def semicircle(function, tau):
    """Integral of the function over the semicircle of half edge 1, above tau."""
    return quad(lambda x: function(x) * np.sqrt(4 - x * x) / (2 * np.pi), tau, 2, epsabs=1e-13)[0]


def test_noise_alone_is_the_semicircle():
    noisy = spectrum(no_teacher(7), 0.3)
    tau = np.array([-1.0, -0.2, 0.0, 0.35, 0.6])
    rank, first, second, *of_target = noisy.moments_above(tau)
    for moment, power in ((rank, 0), (first, 1), (second, 2)):
        expected = [0.3**power * semicircle(lambda x, power=power: x**power, max(at / 0.3, -2)) for at in tau]
        np.testing.assert_allclose(moment, expected, atol=1e-10)
    np.testing.assert_allclose(of_target, 0, atol=1e-15)


@pytest.mark.parametrize("g", [0.6, 1.0, 1.5])
@pytest.mark.parametrize("s", [3.0, 0.12, 0.01, 1e-4])
def test_mass_mean_and_variance(g, s):
    """Of S* + s W: 1, Tr S*/d, Tr S*^2/d + s^2; and of the target's trace, Tr S*, Tr S*^2 = 1."""
    teacher = power_law(60, g)
    l = teacher.sizes
    expected = [1, l.mean(), 1 / 60 + s * s, l.sum(), 1]
    np.testing.assert_allclose(spectrum(teacher, s).moments_above(-1e3), expected, rtol=1e-10)


@pytest.mark.parametrize("s", [0.5, 0.12, 0.03, 0.0025])
def test_more_nodes_change_nothing(s):
    """Also where bumps nearly merge, which is the hard case; moments are absolute errors of numbers near 1."""
    teacher, tau = power_law(40, 1.0), np.linspace(-2 * s, 0.9, 60)
    coarse, fine = (spectrum(teacher, s, nodes).moments_above(tau) for nodes in (32, 96))
    np.testing.assert_allclose(coarse, fine, atol=1e-8)


def two_sizes(a=0.5, b=0.1, many=3, few=2):
    """Features of two sizes: the transform of the spectrum solves a cubic equation."""
    return Teacher(many + few, float("nan"), np.array([a, b]), np.array([float(few), float(many)]))


def densities_by_roots(teacher, s, points):
    """rho and h at points: the cubic's root with positive imaginary part, w = x - s^2 G, G = mean of 1 / (w - l)."""
    a, b = teacher.sizes
    p, q = teacher.counts / teacher.d
    # (x - w) (w - a) (w - b) = s^2 (p (w - b) + q (w - a)), written as w^3 + ... = 0, its roots by companion matrices
    companion = np.zeros((points.size, 3, 3))
    companion[:, 1, 0] = companion[:, 2, 1] = 1
    companion[:, 0, 2] = points * a * b + s * s * (p * b + q * a)
    companion[:, 1, 2] = -(a * b + points * (a + b) + s * s)
    companion[:, 2, 2] = points + a + b
    roots = np.linalg.eigvals(companion)
    w = roots[np.arange(points.size), roots.imag.argmax(axis=1)]
    rho = w.imag / s**2 / np.pi
    h = -np.sum(teacher.counts * teacher.sizes / (w[:, None] - teacher.sizes), axis=1).imag / np.pi
    return rho, h


@pytest.mark.parametrize("s", [0.05, 0.2, 0.6])
def test_a_cubic_equation_gives_the_same_moments(s):
    teacher = two_sizes()
    points = np.linspace(-3 * s, 0.5 + 3 * s, 20_001)
    rho, h = densities_by_roots(teacher, s, points)
    noisy = spectrum(teacher, s)
    for tau in (0.0, 0.15, 0.5):
        learned = np.maximum(points - tau, 0)
        rank, first, second, signal, pull = noisy.moments_above(tau)
        # The trapezoid rule misses some 1e-6 at the edges, where the density is a square root.
        expected = [np.trapezoid(f, points) for f in (rho * learned, rho * learned**2, h * learned)]
        found = first - tau * rank, second - 2 * tau * first + tau**2 * rank, pull - tau * signal
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_random_matrices_have_this_spectrum():
    """d = 200 of 20 draws: their scatter and the correction of order 1/d are both below 1 %."""
    teacher, s, random = power_law(200, 1.25), 0.1, np.random.default_rng(0)
    tau, counted = np.array([0.0, 0.1, 0.3]), []
    for _ in range(20):
        w = random.standard_normal((200, 200))
        eigenvalues = np.linalg.eigvalsh(np.diag(teacher.sizes) + s * (w + w.T) / np.sqrt(2 * 200))
        over = np.maximum(eigenvalues - tau[:, None], 0)
        counted.append([over.sum(axis=1), (over**2).sum(axis=1)])
    rank, first, second, *_ = 200 * spectrum(teacher, s).moments_above(tau)
    expected = first - tau * rank, second - 2 * tau * first + tau**2 * rank
    np.testing.assert_allclose(np.mean(counted, axis=0), expected, rtol=0.01)


def test_the_equations_hold():
    teacher = power_law(60, 0.75)
    for n, t, noise in ((3000.0, 1.0, 0.1), (500.0, 2.0, 0.0), (800.0, 1.5, 1.0)):
        state = quadratic.at_threshold(teacher, n, t, noise)
        assert state.n == pytest.approx(n, rel=1e-10)
        assert 2 * n * state.width**2 / 61 == pytest.approx(noise + state.risk, rel=1e-10)
        assert state.weight_decay == pytest.approx(state.tau * (1 - state.dof / n), rel=1e-10)


@pytest.mark.parametrize("n", [400, 1800, 6000])
def test_weight_decay_is_found(n):
    teacher = power_law(50, 1.25)
    states = [quadratic.at_weight_decay(teacher, n, decay, 0.1) for decay in (0.3, 0.05, 0.01)]
    for state, decay in zip(states, (0.3, 0.05, 0.01), strict=True):
        assert state.weight_decay == pytest.approx(decay, rel=1e-8) and state.n == pytest.approx(n, rel=1e-8)
        finer = quadratic.at_weight_decay(teacher, n, decay, 0.1, nodes=64)
        assert finer.risk == pytest.approx(state.risk, rel=1e-6), "stable under doubled quadrature"
    assert states[0].norm < states[1].norm < states[2].norm


def test_an_iteration_on_the_cubic_gives_the_same_network():
    """Another route to one network: densities by roots, the threshold by bisection, the width by iteration."""
    teacher, n, weight_decay, noise = two_sizes(0.4, 0.1, 12, 4), 160.0, 0.03, 0.1
    d, energy = teacher.d, teacher.sizes**2 @ teacher.counts
    s = np.sqrt((noise + energy) * (d + 1) / 2 / n)
    for _ in range(60):
        points = np.linspace(-2.2 * s, 0.5 + 2.2 * s, 4001)
        rho, h = densities_by_roots(teacher, s, points)

        def moments(tau, s=s, points=points, rho=rho, h=h):
            learned = np.maximum(points - tau, 0)
            overlap = np.trapezoid(h * learned, points)
            dof = (d * np.trapezoid(rho * learned * points, points) - overlap) * (d + 1) / (2 * s * s)
            return d * np.trapezoid(rho * learned**2, points) - 2 * overlap + energy, dof

        tau = brentq(lambda tau, at=moments: tau * (1 - at(tau)[1] / n) - weight_decay, 1e-6, 2)
        new = np.sqrt((noise + moments(tau)[0]) * (d + 1) / 2 / n)
        if abs(new / s - 1) < 1e-7:
            break
        s = new
    state = quadratic.at_weight_decay(teacher, n, weight_decay, noise)
    assert state.risk == pytest.approx(moments(tau)[0], rel=1e-4)
    assert state.tau == pytest.approx(tau, rel=1e-4)


def test_too_small_a_threshold_is_refused():
    with pytest.raises(NotConverged, match="n = 100, t = 0"):
        quadratic.at_threshold(power_law(50, 0.75), 100.0, 0.0, 0.1)


def test_a_path_has_one_n_and_its_best_point():
    teacher = power_law(50, 1.25)
    path = quadratic.path(teacher, 1000.0, 0.1, 12)
    assert set(path["side"]) == {"best", "under-fit", "over-fit"} and (path["weight_decay"] > 0).all()
    best = path[path["side"] == "best"].iloc[0]
    assert best["risk"] == path["risk"].min()
    for row in path.iloc[::6].itertuples():
        same = quadratic.at_threshold(teacher, 1000.0, row.t, 0.1)
        assert same.risk == pytest.approx(row.risk, rel=1e-6)
    assert path.loc[path["side"] == "under-fit", "weight_decay"].min() > best["weight_decay"] * 0.99
    assert path.loc[path["side"] == "over-fit", "weight_decay"].max() < best["weight_decay"] * 1.01
