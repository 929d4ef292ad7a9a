"""Time and accuracy of the interpolators' state evolution and of the exact solver (`make bench-interpolators`)."""

import time

import numpy as np
from scipy.optimize import minimize

from scaling.interpolators.interpolation import interpolate
from scaling.interpolators.potentials import Network, PNorm
from scaling.interpolators.state_evolution import solve, spike

N = np.geomspace(20, 4000, 100)
SIGMAS = (0.0, 0.1)
D = 5000
NORMS = [1.1, 1.25, 1.5, 1.75, 1.9]
ALPHAS = [0.00102, 0.0664, 0.229]
PROBLEMS = [(100, 5000, 1.5), (400, 5000, 1.5), (800, 5000, 1.1), (800, 5000, 1.5)]


#: What the ratio compares with (tests/benchmarks/trends.py).
PEER = "scipy's SLSQP on the weights"
SMALL = (30, 120, 1.5)  # n, d and p that it can do


def ratio() -> tuple[float, float]:
    """Processor seconds of an exact interpolator: the peer's, ours. Both must find the same norm."""
    n, d, p = SMALL
    random = np.random.default_rng(0)
    X, y = random.standard_normal((n, d)), random.standard_normal(n)
    repeats = 20
    interpolate(X, y, PNorm(p))  # imports and caches
    start = time.process_time()
    for _ in range(repeats):
        found = interpolate(X, y, PNorm(p))
    ours = (time.process_time() - start) / repeats
    start = time.process_time()
    theirs = minimize(
        lambda w: np.sum(np.abs(w) ** p),
        np.linalg.lstsq(X, y, rcond=None)[0],
        jac=lambda w: p * np.sign(w) * np.abs(w) ** (p - 1),
        constraints={"type": "eq", "fun": lambda w: X @ w - y, "jac": lambda w: X},
        method="SLSQP",
        options={"maxiter": 1000, "ftol": 1e-12},
    )
    took = time.process_time() - start
    if abs(np.sum(np.abs(found.weights) ** p) / theirs.fun - 1) > 1e-5:
        raise ArithmeticError("SLSQP finds another norm")
    return took, ours


def main() -> None:
    """Print the benchmark's lines."""
    solve(spike(PNorm, 1.5, [100.0], D))  # imports and caches
    for name, kind, parameters in (("l_p", PNorm, NORMS), ("networks", Network, ALPHAS)):
        seconds, change, points = 0.0, 0.0, 0
        for parameter in parameters:
            for sigma in SIGMAS:
                problem = spike(kind, parameter, N, D, sigma=sigma)
                start = time.process_time()
                found = solve(problem)
                norms = found.norms(np.array([1.0]))[0]
                seconds, points = seconds + time.process_time() - start, points + N.size
                fine = solve(problem, 900, (found.log_lambda, found.log_omega))
                change = max(change, np.abs(norms / fine.norms(np.array([1.0]), 900)[0] - 1).max())
        print(f"state evolution, {name}: {points} points (d = {D}) in {seconds:.2f} s of one core, |w|_1 with them;")
        print(f"    largest relative change of |w|_1 when the integrals are refined: {change:.1e}")
    for n, d, p in PROBLEMS:
        random = np.random.default_rng(0)
        X, noise = random.standard_normal((n, d)), random.standard_normal(n)
        start = time.process_time()
        found = interpolate(X, X[:, 0] + 0.1 * noise, PNorm(p))
        took = time.process_time() - start
        print(f"exact, n = {n}, d = {d}, p = {p}: {took:.2f} s, {found.steps} steps, residual {found.residual:.0e}")


if __name__ == "__main__":
    main()
