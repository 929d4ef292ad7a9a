"""The closed laws: where they are each other, and where state evolution tends to them."""

import numpy as np
import pytest

from scaling.interpolators.laws import (
    Signal,
    bulk_peak_at_fixed_d,
    elbow_at_fixed_d,
    elbow_at_fixed_ratio,
    gaussian_moment,
    noise_bulk,
    noise_onset,
    ray,
    slope_at_fixed_d,
    slope_with_noise,
    slope_without_noise,
    sparse_limit,
    threshold,
    two_blocks,
)
from scaling.interpolators.network_laws import effective_p, network_elbow, network_limit
from scaling.interpolators.potentials import Network, PNorm
from scaling.interpolators.state_evolution import solve, spike

P = [1.1, 1.25, 1.5, 1.75, 1.9]


def bulk(kind, parameter, n, d, r=1.0, sigma=0.0):
    found = solve(spike(kind, parameter, n, d, sigma=sigma))
    return ((np.asarray(d) - 1) * found.powers((r,))[0, :, 1]) ** (1 / r)


def slope(kind, parameter, n, d, r=1.0, sigma=0.0):
    return np.diff(np.log(bulk(kind, parameter, n, d, r, sigma)))[0] / np.log(n[1] / n[0])


def test_gaussian_moments():
    assert [gaussian_moment(k) for k in (0, 2, 4, 6)] == pytest.approx([1, 1, 3, 15])
    assert gaussian_moment(1) == pytest.approx(np.sqrt(2 / np.pi))


@pytest.mark.parametrize("p", P)
@pytest.mark.parametrize("n", [10, 300, 20_000])
def test_without_noise_two_blocks_are_the_ray(p, n):
    signal, r = Signal(50_000, 3, 0.7), np.array([1.0, 1.5])
    (spike_1, bulk_1), (spike_2, bulk_2) = ray(p, n, signal, r), two_blocks(p, n, signal, r)
    # What the ray puts between spikes and bulk without noise is what two blocks find.
    assert spike_2 == pytest.approx(spike_1, rel=1e-9)
    np.testing.assert_allclose(bulk_2, bulk_1, rtol=1e-8)


@pytest.mark.parametrize("p", P)
def test_at_its_elbow_a_spike_is_half_of_itself(p):
    signal = Signal(50_000)
    assert ray(p, elbow_at_fixed_d(p, signal), signal, 1.0)[0] == pytest.approx(0.5, rel=1e-3)
    kappa = 50.0
    n = elbow_at_fixed_ratio(p, kappa, signal)
    # (d - s is d in the elbow)
    assert ray(p, n, Signal(kappa * n), 1.0)[0] == pytest.approx(0.5, rel=1e-2)


@pytest.mark.parametrize("p", [1.1, 1.25, 1.5])
def test_the_peak_of_the_bulk_on_the_ray(p):
    signal = Signal(10**9)
    n = bulk_peak_at_fixed_d(p, signal)
    below, at, above = (ray(p, each, signal, 1.0)[1] for each in (n / 1.02, n, n * 1.02))
    assert at > below and at > above


@pytest.mark.parametrize(("p", "kappa"), [(1.25, 5), (1.5, 5), (1.6, 3), (1.75, 2)])
def test_the_sparse_limit_is_exact(p, kappa):
    """Spike, risk and elbow at n >> 1: x / (1 - x) = (n / elbow)^((q-2)/2), and the risk falls as n^-(q-2)."""
    limit, q = sparse_limit(p, kappa), p / (p - 1)
    n = 1e9 * np.array([1, 10.0])
    found = solve(spike(PNorm, p, n, kappa * n))
    missing = np.sqrt(found.error[:, 0])
    expected = np.array([1 - limit.spike(each) for each in n])
    if p > 1.5:  # else 1 - x has lost its digits
        np.testing.assert_allclose(missing, expected, rtol=1e-4)
    assert -np.diff(np.log(found.risk))[0] / np.log(10) == pytest.approx(q - 2, abs=0.01)


@pytest.mark.parametrize(("p", "kappa"), [(1.25, 5), (1.5, 5), (1.6, 3)])
@pytest.mark.parametrize("r", [1.0, 1.5])
def test_exponents_at_fixed_ratio(p, kappa, r):
    n = np.array([1e9, 1e10])
    assert slope(PNorm, p, n, kappa * n, r) == pytest.approx(slope_without_noise(p, r), abs=1e-3)
    assert slope(PNorm, p, n, kappa * n, r, 0.1) == pytest.approx(slope_with_noise(r), abs=2e-3)
    assert slope_without_noise(p, threshold(p)) == pytest.approx(0) and slope_with_noise(2) == 0


@pytest.mark.parametrize("p", [1.25, 1.5])
@pytest.mark.parametrize("r", [1.0, 1.5])
def test_exponents_at_fixed_d(p, r):
    """Beyond the elbow the bulk falls alike for every r; the risk falls as n^-q."""
    d = 1e20
    n = elbow_at_fixed_d(p, Signal(d)) * np.array([1e3, 1.1e3])
    assert slope(PNorm, p, n, np.full(2, d), r) == pytest.approx(slope_at_fixed_d(p), abs=2e-3)
    found = solve(spike(PNorm, p, n, d))
    assert -np.diff(np.log(found.risk))[0] / np.log(1.1) == pytest.approx(p / (p - 1), abs=0.01)


@pytest.mark.parametrize("p", [1.25, 1.5])
def test_noise_at_fixed_d(p):
    """Beyond its onset the bulk grows as sqrt(n) for every r, and the risk as n in the end."""
    signal = Signal(1e18, sigma=0.1)
    n = noise_onset(p, signal) * np.array([1e3, 1.1e3])
    for r in (1.0, 1.5):
        np.testing.assert_allclose(bulk(PNorm, p, n, signal.d, r, 0.1), noise_bulk(p, n, signal, r), rtol=1e-2)
    n, d = 1e21 * np.array([1, 1.1]), 1e24
    risk = solve(spike(PNorm, p, n, d, sigma=0.1)).risk
    assert np.diff(np.log(risk))[0] / np.log(1.1) == pytest.approx(1, abs=0.02)
    q = p / (p - 1)
    expected = n / d * gaussian_moment(2 * q - 2) / gaussian_moment(q) ** 2 * 0.01
    np.testing.assert_allclose(risk, expected, rtol=0.05)
    assert noise_onset(p, Signal(1e6)) == np.inf


# ----------------------------------------------------------------------------------------------------- networks


@pytest.mark.parametrize("alpha", [0.00102, 0.0664, 0.229])
@pytest.mark.parametrize("d", [500.0, 5000.0, 50_000.0])
def test_the_elbow_of_a_network(alpha, d):
    """To 2 % from d = 50,000 on; at d = 500 with an elbow of eleven examples to 22 %."""
    law = network_elbow(alpha, d)
    x = solve(spike(Network, alpha, [law / 1.3, law * 1.3], d)).powers((1.0,))[0, :, 0]
    assert x[0] < 0.5 < x[1]
    if d == 50_000:
        x = solve(spike(Network, alpha, [law / 1.02, law * 1.02], d)).powers((1.0,))[0, :, 0]
        assert x[0] < 0.5 < x[1]


@pytest.mark.parametrize("alpha", [0.00102, 0.0664, 0.229])
def test_a_networks_bulk_is_linear_in_the_end(alpha):
    n = np.array([1e9, 1e10])
    for r in (1.0, 1.5):
        assert slope(Network, alpha, n, 5 * n, r) == pytest.approx(slope_with_noise(r), abs=1e-5)
    x = solve(spike(Network, alpha, n, 5 * n)).powers((1.0,))[0, 1, 0]
    assert x == pytest.approx(network_limit(alpha, 5), abs=1e-8)


def test_the_effective_p():
    """Between l_1 for small and l_2 for large alpha, and what the published alphas were chosen for."""
    assert effective_p(1e-100) == pytest.approx(1, abs=0.01)
    assert effective_p(1e3) == pytest.approx(2, abs=1e-4)
    assert [effective_p(alpha) for alpha in (0.00102, 0.0664)] == pytest.approx([1.1, 1.5], abs=5e-4)
    assert effective_p(0.275) == pytest.approx(1.9, abs=5e-4)
    # The range of the probes decides.
    assert abs(effective_p(0.0664, 2.0 ** np.arange(10)) - 1.5) > 0.05
