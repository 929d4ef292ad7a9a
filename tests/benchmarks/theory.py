"""Time and accuracy of the fixed-norm theory beside a plain solver of the same equations (`make bench-theory`)."""

import resource
import sys
import time
from pathlib import Path

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq, root
from scipy.special import ndtr

sys.path.append(str(Path(__file__).parents[1]))
from harness.theory import REFERENCE

from scaling.perceptron.saddle_point import Quadrature
from scaling.perceptron.theory import solve

ALPHAS = [0.1, 0.5, 1, 2, 5, 10, 100, 1e3, 1e4, 1e5, 3e5, 1e6]
LAMBDAS = np.geomspace(1e-4, 1e4, 200)
FINER = Quadrature(nodes=32, width=1.0, kernel_panels=12, gauss_panels=6, reach=11, tail=30)
PLAIN = [(0.5, 1.0), (5.0, 4.5), (10.0, 2.0), (100.0, 10.0)]


def plain(alpha: float, lambda_: float) -> float:
    """epsilon as one would write it down first: quad over t, a root for the proximal point, a root of two equations."""

    def q(t: float, x: float) -> float:
        def excess(D: float) -> float:
            return np.tanh(lambda_ * D) - 1 + (D - t) / x

        return brentq(excess, t - 1e-9, t + 2 * x + 1e-9, xtol=1e-14) - t

    def equations(unknowns: np.ndarray) -> list[float]:
        theta, x = np.arctan(np.exp(unknowns[0])), np.exp(unknowns[1])
        R, s = np.cos(theta), np.sin(theta)

        def gauss(t: float) -> float:
            return np.exp(-(t**2) / 2) / np.sqrt(2 * np.pi)

        options = {"epsabs": 0, "epsrel": 1e-10, "limit": 200}
        first = quad(lambda t: gauss(t) * q(t, x) ** 2 * ndtr(R * t / s), -9, 9, points=[0], **options)[0]
        second = quad(lambda v: gauss(v) * q(s * v, x), -9, 9, points=[0], **options)[0]
        return [np.log(2 * alpha * first / s**2), np.log(alpha * np.sqrt(2 / np.pi) * second / R)]

    tangent = np.sqrt(np.pi / 2 / alpha)  # the Hebb rule
    found = root(equations, [np.log(tangent), np.log(tangent / np.sqrt(alpha) / np.hypot(1, tangent))], tol=1e-10)
    if not found.success:
        raise ArithmeticError(found.message)
    return np.arctan(np.exp(found.x[0])) / np.pi


#: What the ratio compares with (tests/benchmarks/trends.py).
PEER = "quad for every integral, root for the equations"


def ratio() -> tuple[float, float]:
    """Processor seconds of a point: the peer's, ours."""
    solve([1.0], [1.0])  # imports and caches
    start = time.process_time()
    points = solve(ALPHAS, LAMBDAS).theta.size
    ours = (time.process_time() - start) / points
    start = time.process_time()
    for alpha, lambda_ in PLAIN:
        plain(alpha, lambda_)
    return (time.process_time() - start) / len(PLAIN), ours


def main() -> None:
    """Print the benchmark's lines."""
    solve([1.0], [1.0])  # imports and caches
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        solution = solve(ALPHAS, LAMBDAS)
        seconds.append(time.perf_counter() - start)
    points, best = solution.theta.size, min(seconds)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{points} points ({LAMBDAS.size} lambda x {len(ALPHAS)} alpha): {best:.2f} s on one core (best of 3)")
    print(f"largest memory of the process: {memory:.0f} MB")

    finer = solve(ALPHAS, LAMBDAS, FINER)
    change = np.abs(solution.epsilon / finer.epsilon - 1)
    i, j = np.unravel_index(change.argmax(), change.shape)
    where = f"alpha = {ALPHAS[i]:g}, lambda = {LAMBDAS[j]:.3g}"
    print(f"largest relative change of epsilon when the integrals are refined: {change.max():.1e} (at {where})")
    off = {key: abs(solve([key[0]], [key[1]]).epsilon[0, 0] / value - 1) for key, value in REFERENCE.items()}
    (alpha, lambda_), worst = max(off.items(), key=lambda item: item[1])
    where = f"alpha = {alpha:g}, lambda = {lambda_:g}"
    print(f"largest relative difference to the 25-digit reference at {len(off)} points: {worst:.1e} (at {where})")

    plain_seconds = []
    for alpha, lambda_ in PLAIN:
        start = time.perf_counter()
        epsilon = plain(alpha, lambda_)
        plain_seconds.append(time.perf_counter() - start)
        ours = solve([alpha], [lambda_]).epsilon[0, 0]
        print(
            f"plain quad + root, alpha = {alpha:g}, lambda = {lambda_:g}: {plain_seconds[-1]:.2f} s,"
            f" relative difference {abs(epsilon / ours - 1):.1e}"
        )
    ratio = np.mean(plain_seconds) / (best / points)
    print(f"time per point, plain over ours: {ratio:.0f}")


if __name__ == "__main__":
    main()
