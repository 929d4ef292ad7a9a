"""Synthetic studies with known exponents, made from Eqs. 2-4, with the faults of real ones."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import expit

#: How early curves leave guessing.
Approach = Literal["harmonic", "sharp", "exponential"]


@dataclass(frozen=True)
class Truth:
    """A family of learning curves epsilon(lambda, P) = epsilon_opt(P) Phi(lambda / lambda_opt(P)).

    The master curve is a power law that turns smoothly into a rise,
    log10 Phi(u) = -gamma_1 u + (gamma_1 + rise) width ln(1 + exp((u - u_e)/width)) + constant,
    u = log10(lambda/lambda_opt), with u_e such that the minimum lies at u = 0: for u << u_e it is Eq. 2's law with
    q_1 = 0. lambda_opt = k_2 P^gamma_2 (Eq. 3) and epsilon_opt ~ P^-(gamma_1 gamma_2) (Eq. 4), so that the early law is
    one and the same for all P.

    width : sharpness of the elbow, decades of lambda. rise : slope after the minimum.
    small_P_excess : epsilon of the smallest P is larger by 10^this around and after the optimum, decaying as
    P^-small_P_decay: a P range where the law does not hold yet. guess : error of random guessing, from which the early
    curve starts; None: none. approach : how, "harmonic" (1/eps = 1/eps_law + 1/guess), "sharp" (the same of 1/eps^2) or
    "exponential" (eps = guess (1 - exp(-eps_law/guess))). floor : q_1 of Eq. 2, the same for all P, added to the error.
    """

    gamma_1: float = 0.4
    gamma_2: float = 0.7
    width: float = 0.25
    rise: float = 0.15
    log10_k_2: float = 1.0
    log10_k_1: float = 0.2
    small_P_excess: float = 0.0
    small_P_decay: float = 1.0
    guess: float | None = None
    approach: Approach = "harmonic"
    floor: float = 0.0

    @property
    def gamma(self) -> float:
        """The exponent of epsilon_opt(P)."""
        return self.gamma_1 * self.gamma_2

    def log10_lambda_opt(self, P: np.ndarray) -> np.ndarray:
        """Eq. 3 with q_2 = 0."""
        return self.log10_k_2 + self.gamma_2 * np.log10(P)

    def log10_error(self, log10_lambda: np.ndarray, P: float, smallest_P: float = np.inf) -> np.ndarray:
        """log10 epsilon(lambda, P), any shape."""
        optimum = self.log10_lambda_opt(np.asarray(P, float))
        u = np.asarray(log10_lambda) - optimum
        y = -self.gamma_1 * (u + optimum) + self.log10_k_1
        elbow = self.width * np.log(self.rise / self.gamma_1)
        y = y + (self.gamma_1 + self.rise) * self.width * np.logaddexp(0.0, (u - elbow) / self.width)
        if np.isfinite(smallest_P):
            # The misfit sits around the optimum: the early law is common to all P.
            y = y + self.small_P_excess * (smallest_P / P) ** self.small_P_decay * expit((u - elbow) / self.width)
        if self.guess is not None and self.approach == "harmonic":
            y = -np.log10(10.0**-y + 1 / self.guess)
        elif self.guess is not None and self.approach == "sharp":
            y = -np.log10(10.0 ** (-2 * y) + 1 / self.guess**2) / 2
        elif self.guess is not None:
            y = np.log10(-self.guess * np.expm1(-(10.0**y) / self.guess))
        return np.log10(10.0**y + self.floor) if self.floor else y


@dataclass(frozen=True)
class Noise:
    """What runs add to the law.

    seed_scale : log10 scatter of a run's norm scale (all its lambda times one factor);
    smooth : log10 scatter of a run's error, correlated over `correlation` decades of lambda;
    test_images : binomial noise of the evaluation (0: none); gaps : share of logged points that are missing;
    reach : how far training goes beyond the elbow, decades past lambda_opt of the smallest P; at P it is
    reach - shortfall log10(P/P_min): with a shortfall runs of large P end before their optimum (censored);
    start : how far before lambda_opt of the smallest P training begins, decades.
    """

    seed_scale: float = 0.05
    smooth: float = 0.02
    correlation: float = 0.3
    test_images: int = 10_000
    gaps: float = 0.05
    reach: float = 1.0
    shortfall: float = 0.0
    start: float = 1.8


def synthetic_study(truth: Truth, noise: Noise, P: np.ndarray, seeds: int, rng: np.random.Generator) -> pd.DataFrame:
    """Trajectories of one made-up cell.

    Returns
    -------
    Columns P, seed, epoch, log10_norm, test_error, diverged; 50 log-spaced epochs, log10 lambda linear in log10 epoch.
    """
    epochs = np.unique(np.rint(np.logspace(0, np.log10(500), 50)))
    phase = np.log10(epochs) / np.log10(500)
    rows = []
    for value in P:
        optimum = float(truth.log10_lambda_opt(np.asarray(value, float)))
        end = optimum + noise.reach - noise.shortfall * np.log10(value / P[0])
        # The first epoch of a large P lies further along the curve: the early branch is cut, as in real studies.
        begin = float(truth.log10_lambda_opt(np.asarray(P[0], float))) - noise.start + 0.25 * np.log10(value / P[0])
        for seed in range(seeds):
            path = begin + (end - begin) * phase
            y = truth.log10_error(path, value, P[0]) + noise.smooth * _smooth_noise(path, noise.correlation, rng)
            error = np.minimum(10.0**y, 0.99)
            if noise.test_images:
                error = rng.binomial(noise.test_images, error) / noise.test_images
            kept = rng.random(epochs.size) >= noise.gaps
            rows.append(
                pd.DataFrame(
                    {
                        "P": value,
                        "seed": seed,
                        "epoch": epochs[kept],
                        "log10_norm": (path + noise.seed_scale * rng.standard_normal())[kept],
                        "test_error": error[kept],
                        "diverged": False,
                    }
                )
            )
    return pd.concat(rows, ignore_index=True)


def _smooth_noise(x: np.ndarray, correlation: float, rng: np.random.Generator) -> np.ndarray:
    """A stationary Gaussian process of unit variance along x with correlation exp(-dx^2/(2 l^2))."""
    # Random Fourier features: the sum of many random waves is such a process, without a matrix to factorise.
    frequency = rng.standard_normal(64) / correlation
    phase = rng.uniform(0, 2 * np.pi, 64)
    return np.sqrt(2 / 64) * np.cos(frequency * x[:, None] + phase).sum(axis=1)
