"""State evolution of the shallow networks: points per second on one core (`make bench-shallow`)."""

import time

import numpy as np

from scaling.shallow import diagonal, quadratic
from scaling.shallow.teacher import power_law


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
