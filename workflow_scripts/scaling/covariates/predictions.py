"""Exponents and constants in closed form for power laws om_k = k^-(1+a), tau_k = k^-(1+delta) / zeta(1+delta)."""

from dataclasses import dataclass

import numpy as np
from scipy.special import gamma, zeta

from scaling.covariates.spectra import check_powers


@dataclass(frozen=True)
class Prediction:
    """The laws as n grows: epsilon - q_1 ~ |w|^-gamma_1 early, |w|_opt ~ n^gamma_2, epsilon_opt - q_1 ~ n^-gamma.

    region : I (beta < 1), II (a < 1, 1 < beta < 2), III (a < 1, beta > 2), IV (a > 1, beta > 1), with
        beta = delta / (1 + a); "border" where two meet and logarithms spoil the powers.
    gamma_1 : nan where there is no early power law (noise, beta > 1: the norm saturates).
    second_gamma_1 : of the second early law of region IV, epsilon ~ n^-1/2 |w|^-second_gamma_1; nan elsewhere.
    q_1 : the offset, arcsin(sqrt(u0)) / pi with label noise.
    """

    region: str
    gamma_1: float
    gamma_2: float
    gamma: float
    second_gamma_1: float = np.nan
    q_1: float = 0.0

    @property
    def product_over_gamma(self) -> float:
        """gamma_1 gamma_2 / gamma: 1 where the third law follows from the other two."""
        return self.gamma_1 * self.gamma_2 / self.gamma


def region(a: float, delta: float) -> str:
    """I, II, III or IV, or "border"."""
    check_powers(a, delta)
    beta = delta / (1 + a)
    if beta == 1 or (beta > 1 and a == 1) or (a < 1 and beta == 2):
        return "border"
    if beta < 1:
        return "I"
    if a > 1:
        return "IV"
    return "II" if beta < 2 else "III"


def predict(a: float, delta: float, noise: float = 0.0) -> Prediction:
    """The exponents of a power law; nan throughout on a border.

    Parameters
    ----------
    a, delta : exponents of the spectrum and of the teacher.
    noise : variance of the label noise, relative to that of the teacher.
    """
    where, beta = region(a, delta), delta / (1 + a)
    if noise:
        q_1 = float(np.arcsin(np.sqrt(noise / (1 + noise))) / np.pi)
        if where == "I":
            return Prediction(
                where, 2 * beta / (1 - beta), (1 + a - delta) / (2 * (1 + delta)), delta / (1 + delta), q_1=q_1
            )
        return Prediction(where, np.nan, 0.0 if beta > 1 else np.nan, delta / (1 + delta), q_1=q_1)
    if where == "I":
        return Prediction(where, beta, (1 + a) / (2 + delta), delta / (2 + delta))
    if where == "II":
        return Prediction(where, beta, (1 + a) / (2 * delta + 1 - a), delta / (2 * delta + 1 - a))
    if where == "III":
        return Prediction(where, 2.0, (1 + a) / (5 + 3 * a), 2 * (1 + a) / (5 + 3 * a))
    if where == "IV":
        return Prediction(where, min(beta, 2.0), (1 + a) / (3 + a), (1 + a) / (3 + a), 0.5 - 1 / (1 + a))
    return Prediction(where, np.nan, np.nan, np.nan)


def max_margin_exponent(a: float, delta: float) -> float:
    """The exponent of the error at maximum margin: as at the optimum in regions I and IV, smaller in II and III."""
    where = region(a, delta)
    if where in ("II", "III"):
        return (1 + a) / (3 + a)
    return predict(a, delta).gamma


def missing_constant(a: float, delta: float) -> float:
    """c of e(kappa) = sum tau h -> c kappa^beta for kappa -> 0, beta < 1."""
    b, beta = 1 / (1 + a), delta / (1 + a)
    return float(np.pi * b / (zeta(1 + delta) * np.sin(np.pi * beta)))


def degrees_constant(a: float) -> float:
    """K of df(kappa) = sum g u -> K kappa^-b for kappa -> 0, b = 1 / (1 + a)."""
    b = 1 / (1 + a)
    return float(np.pi * b / np.sin(np.pi * b))


def early_constant(a: float, delta: float) -> float:
    """k_1 of the early law epsilon = k_1 |w|^-gamma_1, n to infinity first, no noise; nan for beta = 1, and from 2."""
    check_powers(a, delta)
    beta = delta / (1 + a)
    if beta < 1:
        scale = np.pi**2 * beta / (12 * (1 + beta))
        return float(np.sqrt(missing_constant(a, delta) * (1 - beta)) / np.pi * scale ** (beta / 2))
    if 1 < beta < 2:
        spread = gamma(beta) * gamma(2 - beta) / ((1 + a) * zeta(1 + delta))
        return float(np.sqrt(spread) / np.pi * (np.pi**2 / 24) ** (beta / 2))
    return np.nan


def early_exponent(a: float, delta: float) -> float:
    """gamma_1 of the early law without noise, min(beta, 2)."""
    return min(delta / (1 + a), 2.0)


def features_exponents(a: float, delta: float, features: str) -> tuple[float, float]:
    """gamma_2 and gamma in the number p of features, of the floor at n = infinity: |w| ~ p^gamma_2, epsilon ~ p^-gamma.

    features : "modes" (the first p), "linear" random features of power-law inputs, or "nonlinear" ones.
    """
    beta = delta / (1 + a)
    return {
        "modes": ((1 + a) / 2, delta / 2),
        "linear": ((1 + a) / 2, min(delta, 1 + a) / 2),
        "nonlinear": (0.5, min(beta, 1.0) / 2),
    }[features]
