"""Networks of finite size: their minima, the frontier below them, spectra, and training without weight decay."""

import numpy as np
import pandas as pd
import pytest

from scaling.shallow import finite, spectra, trained
from scaling.shallow.samples import diagonal_samples, minimum, quadratic_samples
from scaling.shallow.sensing import Sensing, matrices, vectors
from scaling.shallow.teacher import power_law
from scaling.shallow.training import diagonal_path, quadratic_path


def test_vectors_keep_scalar_products():
    random = np.random.default_rng(0)
    a, b = (each + each.transpose(0, 2, 1) for each in random.standard_normal((2, 3, 5, 5)))
    np.testing.assert_allclose(np.sum(vectors(a) * vectors(b), axis=0), np.einsum("nij,nij->n", a, b))
    np.testing.assert_allclose(matrices(vectors(a)), a)


@pytest.mark.parametrize("design", ["network", "gaussian"])
def test_measurements_have_variance_one_in_every_direction(design):
    sensing = Sensing.draw(np.array([0.8, 0.6, 0.0]), 200_000, 0.25, np.random.default_rng(0), design)
    np.testing.assert_allclose(sensing.gram, np.eye(6), atol=0.04)  # standard errors: 0.002 to 0.008
    np.testing.assert_allclose(sensing.pull, sensing.target, atol=0.03)
    assert sensing.mean_square == pytest.approx(1.25, rel=0.02)


def test_the_measurement_is_that_of_a_network():
    """(|W^T x|^2 - |W|^2) / sqrt 2 with W W^T = S."""
    random = np.random.default_rng(1)
    w, x = random.standard_normal((4, 2)), np.random.default_rng(7).standard_normal((50, 4))
    sensing = Sensing.draw(np.ones(4), 50, 1e-30, np.random.default_rng(7), "network")
    output = (np.sum((x @ w) ** 2, axis=1) - np.sum(w * w)) / np.sqrt(2)
    learned = vectors((w @ w.T)[None])
    labels = (np.sum(x * x, axis=1) - 4) / np.sqrt(2)  # the target is the unit matrix
    assert sensing.train(learned)[0] == pytest.approx(np.mean((output - labels) ** 2), rel=1e-9)


def test_the_minimum_is_one():
    sensing = Sensing.draw(power_law(8, 0.75).sizes, 60, 0.1, np.random.default_rng(0), "network")
    decays = np.array([0.3, 0.03])
    learned, residual = minimum(sensing, decays)
    assert np.all(residual < 1e-5)

    def objective(S):
        return sensing.train(S) / 2 + decays * np.trace(matrices(S), axis1=1, axis2=2)

    best, random = objective(learned), np.random.default_rng(1)
    for size in (1e-3, 1e-2, 0.1):
        w = np.linalg.cholesky(matrices(learned) + 1e-12 * np.eye(8)) + size * random.standard_normal((2, 8, 8))
        assert np.all(objective(vectors(w @ w.transpose(0, 2, 1))) > best)


def test_descent_on_the_weights_reaches_it():
    """Gradient descent on W itself, with weight decay on W: the same network to 1e-3."""
    d, n, decay = 6, 80, 0.05
    target = power_law(d, 0.75).sizes
    sensing = Sensing.draw(target, n, 0.1, np.random.default_rng(3), "network")
    random = np.random.default_rng(3)
    x = random.standard_normal((n, d))
    y = (x * x - 1) @ target / np.sqrt(2) + np.sqrt(0.1) * random.standard_normal(n)
    w = 0.3 * np.random.default_rng(0).standard_normal((d, d))
    for _ in range(6000):
        error = (np.sum((x @ w) ** 2, axis=1) - np.sum(w * w)) / np.sqrt(2) - y
        gradient = 2 * (x.T @ (error[:, None] * (x @ w)) / n - error.mean() * w) / np.sqrt(2) + 2 * decay * w
        w = w - 0.05 * gradient
    learned, _ = minimum(sensing, np.array([decay]))
    np.testing.assert_allclose(w @ w.T, matrices(learned)[0], atol=1e-3)


@pytest.fixture(scope="module")
def small():
    """Both networks, their own measurements and Gaussian ones."""
    tables = [
        diagonal_samples(0.75, 100, n, [0.1, 0.03], 0.1, 20, 0).assign(model="diagonal", design="network")
        for n in (50, 200)
    ]
    for design in ("network", "gaussian"):
        tables.append(
            quadratic_samples(0.75, 20, 800, [0.1, 0.03], 0.1, 16, 0, design).assign(model="quadratic", design=design)
        )
    table = pd.concat(tables).assign(g=0.75)
    return table.assign(d=np.where(table["model"] == "diagonal", 100, 20))


def test_every_sample_lies_above_the_frontier_and_at_its_minimum(small):
    assert (small["above"] > 0).all() and (small["residual"] < 1e-5).all()


def test_finite_networks_follow_state_evolution(small):
    """Within four standard errors and 1/d: that is the accuracy of the theory at d = 20 and 100."""
    table = finite.compared(small, 0.1)
    risk = table[table["quantity"] == "risk"]
    assert len(risk) == 8
    allowed = 4 * risk["error"] / risk["state_evolution"] + np.where(risk["design"] == "network", 2.5, 1.5) / risk["d"]
    assert (risk["relative"].abs() < allowed).all(), risk
    assert table["z"].notna().all()


def test_spectra_of_a_trained_network():
    table = spectra.trained_spectra(1.25, 30, 2500, [0.1, 0.02], 0.1, 0)
    decays = spectra.slopes(table).set_index(["weight_decay", "quantity"])["decay"]
    for weight_decay in (0.1, 0.02):
        assert decays[weight_decay, "feature"] == pytest.approx(1.25)
        assert decays[weight_decay, "debiased"] == pytest.approx(1.25, abs=0.15)
        assert decays[weight_decay, "eigenvalue"] > decays[weight_decay, "debiased"] + 0.05
    first = table[table["k"] <= 2]
    np.testing.assert_allclose(first["debiased"], first["feature"], rtol=0.1)
    assert spectra.slopes(table)["largest_count_error"].max() < 3


@pytest.fixture(scope="module")
def paths():
    tables = [diagonal_path(g, 100, n, 0.1, 1e-3, 20_000, sample, 0).assign(model="diagonal", g=g, d=100)
              for g in (0.75, 1.25) for n in (40, 80, 160) for sample in (0, 1)]  # fmt: skip
    tables += [quadratic_path(1.25, 10, n, 0.1, 1e-2, 20_000, sample, 0).assign(model="quadratic", g=1.25, d=10)
               for n in (30, 60) for sample in (0, 1)]  # fmt: skip
    return pd.concat(tables, ignore_index=True)


def test_training_lies_above_the_frontier_and_turns(paths):
    assert (paths["above"] >= -1e-12).all()
    assert paths.groupby(["model", "g", "n", "sample"])["risen"].first().mean() > 0.7
    start = paths.sort_values("step").groupby(["model", "g", "n", "sample"]).first()
    assert (start["risk"] > 0.99).all() and (start["norm"] < 0.01).all()


def test_the_diagonal_path_is_that_of_descent_on_u_and_v(paths):
    """Plain steps on u and v of the first sample: the same risk at the same norm."""
    g, d, n, initial = 1.25, 100, 80, 1e-3
    random = np.random.default_rng([0, 2, n, 0])
    target = power_law(d, g).sizes
    x = random.standard_normal((n, d))
    y = x @ target + np.sqrt(0.1) * random.standard_normal(n)
    u, v = np.full(d, initial), np.full(d, initial)
    norms, risks = [], []
    for _ in range(4000):
        w = u * u - v * v
        gradient = x.T @ (x @ w - y) / n
        u, v = u * (1 - 0.02 * gradient), v * (1 + 0.02 * gradient)
        norms.append(np.abs(w).sum())
        risks.append(np.sum((w - target) ** 2))
    path = paths[(paths["model"] == "diagonal") & (paths["g"] == g) & (paths["n"] == n) & (paths["sample"] == 0)]
    at = np.linspace(0.2, 1.2, 12)
    ours = np.interp(at, *path.sort_values("norm")[["norm", "risk"]].to_numpy().T)
    order = np.argsort(norms)
    theirs = np.interp(at, np.array(norms)[order], np.array(risks)[order])
    np.testing.assert_allclose(ours, theirs, rtol=0.02)  # records are 2 % apart in the norm


def test_exponents_of_trained_networks(paths):
    best = trained.minima(paths, 0.1)
    assert len(best) == 16 and (best["early_over_frontier"] >= 1).all()
    table = trained.exponents(paths, best)
    assert set(table["quantity"]) == set(trained.QUANTITIES)
    risk = table[(table["quantity"] == "gamma") & (table["norm"] == "raw") & (table["model"] == "diagonal")]
    assert (risk["value"] > 0.2).all() and (risk["state_evolution"] > 0.2).all()


def test_exponents_that_are_known():
    """Paths made of exact laws give their exponents back; where a norm changes its sign there is none."""
    n, rows = np.array([100, 200, 400]), []
    shift = power_law(50, 0.75).norm_shift
    tail = power_law(50, 0.75).tail
    for each in n:
        shifted = np.geomspace(1.1 * shift, 10 * each**0.2 * shift, 200)
        risk = 100 * shifted**-2.0 - tail
        rows.append(pd.DataFrame({"n": each, "norm": shifted - shift, "risk": risk, "frontier": risk / 2}))
    paths = pd.concat(rows).assign(model="diagonal", g=0.75, d=50, sample=0, risen=True)
    best = (
        paths.loc[paths.groupby("n")["norm"].idxmax().to_numpy()]
        if paths.index.is_unique
        else paths.groupby("n").tail(1)
    )
    best = best.assign(state_evolution_norm=1.0, state_evolution_risk=1.0)
    found = trained.exponents(paths, best).set_index(["norm", "quantity"])["value"]["shifted"]
    assert found["gamma_1"] == pytest.approx(2, abs=1e-6) and found["gamma_2"] == pytest.approx(0.2, abs=1e-6)
    assert found["gamma"] == pytest.approx(0.4, abs=1e-6)
    assert np.isnan(trained._slope(np.array([1.0, 2.0]), np.array([-1.0, 1.0])))
