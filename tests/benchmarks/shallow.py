"""State evolution of the shallow networks: points per second on one core (`make bench-shallow`)."""

import time

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq

from scaling.shallow import diagonal, quadratic
from scaling.shallow.teacher import power_law

#: What the ratio compares with (tests/benchmarks/trends.py).
PEER = "quad for every feature, brentq for the noise"
SMALL = power_law(50, 0.8)
POINT = (100.0, 1.0, 0.1)  # n, t, noise


def plain(n: float, t: float, noise: float) -> float:
    """The risk as one would write it down first: n delta^2 = noise + R(delta), each feature's risk by quad."""

    def risk(delta: float) -> float:
        def of_feature(mu: float) -> float:
            def density(z: float) -> float:
                learned = np.sign(mu + z) * max(abs(mu + z) - t, 0)
                return (learned - mu) ** 2 * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)

            kinks = sorted({min(max(edge, -10), 10) for edge in (-t - mu, t - mu)})
            return quad(density, -10, 10, points=kinks, epsabs=0, epsrel=1e-10, limit=200)[0]

        parts = [count * of_feature(size / delta) for size, count in zip(SMALL.sizes, SMALL.counts, strict=True)]
        return delta**2 * sum(parts)

    delta = brentq(lambda delta: noise + risk(delta) - n * delta**2, 1e-3, 10, xtol=1e-12)
    return risk(delta)


def ratio() -> tuple[float, float]:
    """Processor seconds of a point: the peer's, ours. Both must find the same risk."""
    n, t, noise = POINT
    many = np.geomspace(60, 1e4, 40)[:, None], np.geomspace(0.5, 5, 50)
    start = time.process_time()
    points = diagonal.at_threshold(SMALL, *many, noise).risk.size
    ours = (time.process_time() - start) / points
    start = time.process_time()
    theirs = plain(n, t, noise)
    took = time.process_time() - start
    if abs(diagonal.at_threshold(SMALL, np.array(n), np.array(t), noise).risk / theirs - 1) > 1e-6:
        raise ArithmeticError("quad and brentq find another risk")
    return took, ours


def report(name: str, points: int, seconds: float) -> None:
    """One line."""
    print(f"{name}: {points} points in {seconds:.2f} s, {1000 * seconds / points:.2f} s for 1,000")


if __name__ == "__main__":
    teacher = power_law(1000, 1.0)
    n, t = np.geomspace(10, 1e5, 40)[:, None], np.geomspace(0.05, 30, 50)
    start = time.process_time()
    found = np.isfinite(diagonal.at_threshold(teacher, n, t, 0.1).risk).sum()
    report("diagonal network, 1000 inputs, at n and t", int(found), time.process_time() - start)

    n, decays = np.geomspace(50, 1e4, 20)[:, None], np.geomspace(1e-3, 0.5, 20)
    start = time.process_time()
    diagonal.at_weight_decay(teacher, n, decays, 0.1)
    report("diagonal network, 1000 inputs, at n and lambda", 400, time.process_time() - start)

    teacher, t = power_law(100, 1.0), np.geomspace(1e-2, 20, 100)
    start = time.process_time()
    for s in np.geomspace(2, 1e-3, 40):
        quadratic.at_width(teacher, s, t, 0.1)
    report("quadratic network, 100 inputs, at s and t", 4000, time.process_time() - start)

    start = time.process_time()
    for decay in (0.3, 0.1, 0.03, 0.01):
        quadratic.at_weight_decay(teacher, 3000, decay, 0.1)
    report("quadratic network, 100 inputs, at n and lambda", 4, time.process_time() - start)
