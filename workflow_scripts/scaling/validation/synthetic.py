"""Synthetic studies with known exponents, made from Eqs. 2-4, with the faults of real ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import expit


@dataclass(frozen=True)
class Truth:
    """A family of learning curves epsilon(lambda, P) = epsilon_opt(P) Phi(lambda / lambda_opt(P)).

    The master curve is a power law that turns smoothly into a rise,
    log10 Phi(u) = -gamma_1 u + (gamma_1 + rise) width ln(1 + exp((u - u_e)/width)) + constant,
    u = log10(lambda/lambda_opt), with u_e such that the minimum lies at u = 0: for u << u_e it is Eq. 2's law.
    lambda_opt = k_2 P^gamma_2 + q_2 (Eq. 3) and epsilon_opt ~ lambda_opt^-gamma_1 (Eq. 4), so that the early law is the
    same for all P.

    width : sharpness of the elbow, decades of lambda. rise : slope after the minimum.
    small_P_excess : epsilon of the smallest P is larger by 10^this around and after the optimum, decaying as
    P^-small_P_decay: a P range where the law does not hold yet. offset : q_2 over k_2 P^gamma_2 at the smallest P of
    the study.
    guess : error of random guessing, from which the early curve starts; None: none. approach : how, the exponent s of
    eps^-s = eps_law^-s + guess^-s (1: harmonic, larger: sharper), or "exponential":
    eps = guess (1 - exp(-eps_law/guess)). floor : q_1 of Eq. 2, added to the law's error. start : decades from where
    runs begin to the optimum of the smallest P.
    bend : curvature of the early curve in place of a law, -bend (u - u_e)^2 for u < u_e: with it there is no gamma_1.
    elbow : whether there is one; without it all curves are power laws, each with its own factor P^-gamma.
    """

    gamma_1: float = 0.4
    gamma_2: float = 0.7
    width: float = 0.25
    rise: float = 0.15
    log10_k_2: float = 1.0
    log10_k_1: float = 0.2
    small_P_excess: float = 0.0
    small_P_decay: float = 1.0
    offset: float = 0.0
    guess: float | None = None
    approach: float | Literal["exponential"] = 1.0
    floor: float = 0.0
    start: float = 1.8
    bend: float = 0.0
    elbow: bool = True

    @property
    def gamma(self) -> float:
        """The exponent of epsilon_opt(P)."""
        return self.gamma_1 * self.gamma_2

    def log10_lambda_opt(self, P: np.ndarray, smallest_P: float = np.inf) -> np.ndarray:
        """Eq. 3."""
        law = self.log10_k_2 + self.gamma_2 * np.log10(P)
        if self.offset and np.isfinite(smallest_P):
            law = law + np.log10(1 + self.offset * (smallest_P / np.asarray(P, float)) ** self.gamma_2)
        return law

    def log10_law(self, log10_lambda: np.ndarray, P: float, smallest_P: float = np.inf) -> np.ndarray:
        """log10 of the law's error, any shape: without floor and guessing."""
        optimum = self.log10_lambda_opt(np.asarray(P, float), smallest_P)
        u = np.asarray(log10_lambda) - optimum
        y = -self.gamma_1 * (u + optimum) + self.log10_k_1
        if not self.elbow:
            return y - self.gamma * np.log10(P)
        elbow = self.width * np.log(self.rise / self.gamma_1)
        y = y + (self.gamma_1 + self.rise) * self.width * np.logaddexp(0.0, (u - elbow) / self.width)
        y = y - self.bend * np.minimum(u - elbow, 0.0) ** 2
        if np.isfinite(smallest_P):
            # The misfit sits around the optimum: the early law is common to all P.
            y = y + self.small_P_excess * (smallest_P / P) ** self.small_P_decay * expit((u - elbow) / self.width)
        return y

    def log10_error(self, log10_lambda: np.ndarray, P: float, smallest_P: float = np.inf) -> np.ndarray:
        """log10 epsilon(lambda, P), any shape."""
        law = np.log(10) * self.log10_law(log10_lambda, P, smallest_P)
        if self.guess is None:
            return np.log10(np.exp(law) + self.floor)
        top = np.log(self.guess - self.floor)
        if self.approach == "exponential":
            above = np.exp(top) * -np.expm1(-np.exp(law - top))
        else:
            above = np.exp(-np.logaddexp(-self.approach * law, -self.approach * top) / self.approach)
        return np.log10(self.floor + above)


@dataclass(frozen=True)
class Noise:
    """What runs add to the law.

    seed_scale : log10 scatter of a run's norm scale (all its lambda times one factor);
    smooth : log10 scatter of a run's error, correlated over `correlation` decades of lambda;
    test_images : binomial noise of the evaluation (0: none); gaps : share of logged points that are missing;
    reach : how far training goes beyond the elbow, decades past lambda_opt of the smallest P; at P it is
    reach - shortfall log10(P/P_min): with a shortfall runs of large P end before their optimum (censored);
    tails : degrees of freedom of Student's t for both scatters (0: normal); growth : both grow as P^growth from the
    smallest P on; stuck : the share of runs that never leave guessing (at the guessing error, a norm near the start).
    """

    seed_scale: float = 0.05
    smooth: float = 0.02
    correlation: float = 0.3
    test_images: int = 10_000
    gaps: float = 0.05
    reach: float = 1.0
    shortfall: float = 0.0
    tails: int = 0
    growth: float = 0.0
    stuck: float = 0.0


def synthetic_study(
    truth: Truth, noise: Noise, P: np.ndarray, seeds: int | Sequence[int], rng: np.random.Generator
) -> pd.DataFrame:
    """Trajectories of one made-up cell; seeds : of every P, or of each.

    Returns
    -------
    Columns P, seed, epoch, log10_norm, test_error, diverged, and guess where there is one; 50 log-spaced epochs,
    log10 lambda linear in log10 epoch.
    """
    epochs = np.unique(np.rint(np.logspace(0, np.log10(500), 50)))
    phase = np.log10(epochs) / np.log10(500)
    rows = []
    for value, number in zip(P, np.broadcast_to(seeds, len(P)), strict=True):
        optimum = float(truth.log10_lambda_opt(np.asarray(value, float), P[0]))
        end = optimum + noise.reach - noise.shortfall * np.log10(value / P[0])
        # The first epoch of a large P lies further along the curve: the early branch is cut, as in real studies.
        begin = float(truth.log10_lambda_opt(np.asarray(P[0], float), P[0])) - truth.start
        begin += 0.25 * np.log10(value / P[0])
        factor = (value / P[0]) ** noise.growth
        for seed in range(number):
            path = begin + (end - begin) * phase
            scatter = noise.smooth * factor * _tail(noise.tails, rng)
            y = truth.log10_error(path, value, P[0]) + scatter * _smooth_noise(path, noise.correlation, rng)
            if noise.stuck and rng.random() < noise.stuck:
                path, y = begin + 0.3 * phase, np.full(path.size, np.log10(truth.guess))
            error = np.minimum(10.0**y, 0.99)
            if noise.test_images:
                error = rng.binomial(noise.test_images, error) / noise.test_images
            kept = rng.random(epochs.size) >= noise.gaps
            shift = noise.seed_scale * factor * _tail(noise.tails, rng) * rng.standard_normal()
            rows.append(
                pd.DataFrame(
                    {
                        "P": value,
                        "seed": seed,
                        "epoch": epochs[kept],
                        "log10_norm": (path + shift)[kept],
                        "test_error": error[kept],
                        "diverged": False,
                    }
                )
            )
    table = pd.concat(rows, ignore_index=True)
    return table if truth.guess is None else table.assign(guess=truth.guess)


def _tail(freedom: int, rng: np.random.Generator) -> float:
    """What turns a normal number into one of Student's t of unit variance; 1 without."""
    return 1.0 if not freedom else float(np.sqrt((freedom - 2) / rng.chisquare(freedom)))


def _smooth_noise(x: np.ndarray, correlation: float, rng: np.random.Generator) -> np.ndarray:
    """A stationary Gaussian process of unit variance along x with correlation exp(-dx^2/(2 l^2))."""
    # Random Fourier features: the sum of many random waves is such a process, without a matrix to factorise.
    frequency = rng.standard_normal(64) / correlation
    phase = rng.uniform(0, 2 * np.pi, 64)
    return np.sqrt(2 / 64) * np.cos(frequency * x[:, None] + phase).sum(axis=1)
