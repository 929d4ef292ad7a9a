"""State evolution of the quadratic network (|W^T x|^2 - |W|^2) / sqrt 2 with weight decay on W.

With S = W W^T it is linear in S: a matrix compressed sensing problem with S >= 0 and the penalty lambda Tr S. The
trained S is (M - tau)_+ with M = S* + s W (Donoho, Gavish and Montanari 2013): state evolution with the noise width
s^2 = delta^2 (d + 1) / 2 and n delta^2 = Delta + R. The spectrum of M is that of `scaling.shallow.free`: exact as d
grows, with corrections of order 1/d.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.optimize import brentq, elementwise, minimize_scalar

from scaling.core.errors import NotConverged
from scaling.shallow.free import NODES, Spectrum, spectrum
from scaling.shallow.state import States
from scaling.shallow.teacher import Teacher

BAND_POINTS = 400  # thresholds at which a band without trained networks is looked for
BRACKET_STEPS = 80  # of 1/2 in log s


def at_width(teacher: Teacher, s: float, t: np.ndarray, noise: np.ndarray, nodes: int = NODES) -> States:
    """The trained networks at one width of the effective noise and given t = tau / s: n and lambda follow from them.

    Parameters
    ----------
    t, noise : of shapes that go together; noise is the variance Delta of the labels' noise.
    """
    t, noise = np.broadcast_arrays(np.asarray(t, float), np.asarray(noise, float))
    return _states(teacher, spectrum(teacher, s, nodes), s, t, noise)


def _states(teacher: Teacher, noisy: Spectrum, s: float, t: np.ndarray, noise: np.ndarray) -> States:
    d, tau = teacher.d, s * t
    rank, first, second, signal, pull = noisy.moments_above(tau)
    overlap = pull - tau * signal  # Tr S* S
    risk = d * (second - 2 * tau * first + tau**2 * rank) - 2 * overlap + teacher.sizes**2 @ teacher.counts
    dof = (d * (second - tau * first) - overlap) * (d + 1) / (2 * s * s)  # Stein's lemma
    n = (noise + risk) * (d + 1) / (2 * s * s)
    free = 1 - dof / n
    norm = d * (first - tau * rank)
    return States(n, tau * free, t, np.full(t.shape, s), tau, risk, dof, norm, d * rank, (noise + risk) * free**2)


def at_threshold(teacher: Teacher, n: float, t: float, noise: float, nodes: int = NODES) -> States:
    """The trained network at one n and t = tau / s; its lambda may be negative, which belongs to no trained network.

    Raises
    ------
    NotConverged where no width has this n: t is too small for it.
    """

    def excess(log_s: float) -> float:
        return float(np.log(at_width(teacher, np.exp(log_s), t, noise, nodes).n / n))

    log_s = _root(excess, _start(teacher, n, noise), f"n = {n:g}, t = {t:g}")
    return at_width(teacher, np.exp(log_s), t, noise, nodes)


def at_weight_decay(teacher: Teacher, n: float, weight_decay: float, noise: float, nodes: int = NODES) -> States:
    """The trained network at one n and weight decay lambda > 0; raises NotConverged if it is not found."""

    def trained(log_s: float) -> States:
        s = np.exp(log_s)
        noisy = spectrum(teacher, s, nodes)

        def excess(t: float) -> float:  # rises through 0 once: below dof = n it is negative
            state = _states(teacher, noisy, s, np.asarray(t), np.asarray(noise))
            return float(s * t * (1 - state.dof / n) - weight_decay)

        all_cut = 1.1 * max(noisy.high[-1], weight_decay) / s
        return _states(teacher, noisy, s, np.asarray(brentq(excess, 0, all_cut)), np.asarray(noise))

    log_s = _root(
        lambda log_s: float(np.log(trained(log_s).n / n)),
        _start(teacher, n, noise),
        f"n = {n:g}, lambda = {weight_decay:g}",
    )
    return trained(log_s)


def band(teacher: Teacher, s: float, noise: float, nodes: int = NODES) -> tuple[float, float]:
    """The t between which a width belongs to no trained network, dof >= n.

    Where there is no such band, twice the t nearest to one. The lower one is 0 if networks of small t have too many
    degrees of freedom as well.
    """
    free, t, values, least = _freedom(teacher, s, noise, nodes)
    if values[least] >= 0:
        return float(t[least]), float(t[least])
    above = brentq(free, t[least], t[-1])
    return (brentq(free, 0.0, t[least]) if values[0] > 0 else 0.0), above


def widest_without_band(teacher: Teacher, noise: float, narrowest: float, widest: float, nodes: int = NODES) -> float:
    """The width between the two at which the band begins, to 1 %, from below; `widest` if none has a band."""

    def least(log_s: float) -> float:
        *_, values, place = _freedom(teacher, np.exp(log_s), noise, nodes)
        return float(values[place])

    if least(np.log(widest)) >= 0:
        return widest
    return float(np.exp(brentq(least, np.log(narrowest), np.log(widest), xtol=1e-3) - 5e-3))


def _freedom(teacher: Teacher, s: float, noise: float, nodes: int):
    """1 - dof/n as a function of t, with values of it, and where they are smallest."""
    noisy = spectrum(teacher, s, nodes)

    def free(t: np.ndarray) -> np.ndarray:
        state = _states(teacher, noisy, s, np.asarray(t), np.zeros(np.shape(t)) + noise)
        return 1 - state.dof / state.n

    t = np.linspace(0, noisy.high[-1] / s, BAND_POINTS)
    values = free(t)
    return free, t, values, int(np.argmin(values))


def _start(teacher: Teacher, n: float, noise: float) -> float:
    """The logarithm of the width if nothing is learned."""
    return float(np.log((noise + 1) * (teacher.d + 1) / (2 * n)) / 2)


def _root(excess: Callable[[float], float], start: float, where: str) -> float:
    """The logarithm of s at which a falling function is 0, sought around `start`."""
    low = high = start
    for _ in range(BRACKET_STEPS):
        if excess(low) >= 0:
            break
        low, high = low - 0.5, low
    for _ in range(BRACKET_STEPS):
        if excess(high) <= 0:
            return brentq(excess, low, high, xtol=1e-13, rtol=1e-14) if high > low else low
        low, high = high, high + 0.5
    raise NotConverged(f"no state evolution of the quadratic network at {where}")


def path(teacher: Teacher, n: float, noise: float, points: int, nodes: int = NODES) -> pd.DataFrame:
    """The networks at one n for all weight decays, through the smallest risk, which is at the smallest width of the
    noise.

    At a width s the risk is n delta^2 - Delta; of the two thresholds that have it, one is on each side of the best.

    Returns
    -------
    Columns of `States` and side: "best" (one row), "under-fit" (larger weight decay) and "over-fit" (smaller), each
    from the best outwards; points of negative lambda are left out.
    """

    def wanted(s: float) -> float:
        return n * 2 * s * s / (teacher.d + 1) - noise

    def lowest(log_s: float) -> tuple[float, float]:
        s = np.exp(log_s)
        noisy = spectrum(teacher, s, nodes)
        found = minimize_scalar(
            lambda t: float(_states(teacher, noisy, s, np.asarray(t), np.asarray(noise)).risk),
            bounds=(0, 3), method="bounded", options={"xatol": 1e-9},
        )  # fmt: skip
        return found.x, found.fun

    top = _start(teacher, n, noise)
    # At the first the risk wanted is 0, at the second it is above 1.
    ends = np.log(noise * (teacher.d + 1) / (2 * n)) / 2, top + 1e-6
    log_best = brentq(lambda log_s: lowest(log_s)[1] - wanted(np.exp(log_s)), *ends, xtol=1e-12)
    t_best = lowest(log_best)[0]
    tables = [at_width(teacher, np.exp(log_best), t_best, noise, nodes).table().assign(side="best")]
    for share in np.geomspace(1e-3, 0.999, points):
        s = np.sqrt(np.exp(2 * log_best) + share * (np.exp(2 * top) - np.exp(2 * log_best)))
        noisy = spectrum(teacher, s, nodes)

        def excess(t):
            return _states(teacher, noisy, s, t, np.zeros(np.shape(t))).risk - wanted(s)  # noqa: B023 (called here)

        ends = np.array([lowest(np.log(s))[0]] * 2), np.array([0.0, 1.1 * noisy.high[-1] / s])
        found = elementwise.find_root(excess, ends)
        t = np.where(found.success, found.x, np.nan)
        table = _states(teacher, noisy, s, t, np.full(2, noise)).table().assign(side=["over-fit", "under-fit"])
        tables.append(table[(table["weight_decay"] > 0) & found.success])
    return pd.concat(tables).sort_values("side", kind="stable").reset_index(drop=True).assign(n=n)
