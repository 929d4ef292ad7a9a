"""Law 1 as a bound: no network of norm N, however it was trained, has an excess risk below the frontier R_f(N).

The point closest to the target in the ball of norm N (l1; nuclear norm of S >= 0) is the target with its features cut
by a soft threshold. So R >= R_f(N) = sum min(l, tau)^2 at N = sum (l - tau)_+, for any number of examples.
"""

import numpy as np
from scipy.special import zeta

from scaling.shallow.teacher import Teacher, power_law

#: A simulated risk may lie below the frontier by what rounding takes from sums of squares near 1.
ROUNDING = 1e-12


class Frontier:
    """The frontier of a power-law target of up to some 10^7 features.

    Attributes
    ----------
    l : all features, falling, [d].
    size, inverse, inverse_square : sums of l, 1/l, 1/l^2 over the first K features, K = 0 ... d, [d + 1].
    rest : sum of l^2 over the features beyond the first K, [d + 1].
    """

    def __init__(self, d: int, g: float) -> None:
        self.teacher: Teacher = power_law(d, g, exact=None)
        self.l = self.teacher.sizes
        self.size, self.inverse, self.inverse_square = (
            np.concatenate([[0.0], np.cumsum(self.l**power)]) for power in (1, -1, -2)
        )
        self.rest = np.concatenate([np.cumsum(self.l[::-1] ** 2)[::-1], [0.0]])

    def features_above(self, tau: np.ndarray) -> np.ndarray:
        """How many features are larger than tau."""
        return np.searchsorted(-self.l, -np.asarray(tau, float), side="left")

    def norm(self, tau: np.ndarray) -> np.ndarray:
        """N = sum (l - tau)_+."""
        K = self.features_above(tau)
        return self.size[K] - K * tau

    def risk_at_threshold(self, tau: np.ndarray) -> np.ndarray:
        """sum min(l, tau)^2."""
        K = self.features_above(tau)
        return K * np.square(tau) + self.rest[K]

    def threshold(self, norm: np.ndarray) -> np.ndarray:
        """The tau of a norm below that of the target; 0 from there on."""
        norm = np.asarray(norm, float)
        kinks = self.size[1:] - np.arange(1, self.l.size + 1) * self.l  # N where tau is the K-th feature
        K = np.clip(np.searchsorted(kinks, norm, side="right"), 1, self.l.size)
        return np.maximum((self.size[K] - norm) / K, 0.0)

    def risk(self, norm: np.ndarray) -> np.ndarray:
        """R_f(N), falling from 1 at N = 0 to 0 at the norm of the target."""
        return self.risk_at_threshold(self.threshold(norm))

    def check(self, norm: np.ndarray, risk: np.ndarray, what: str) -> np.ndarray:
        """R - R_f(N) of simulated networks; ArithmeticError if one lies below the frontier, which cannot be."""
        above = np.asarray(risk) - self.risk(norm)
        if not np.all(above >= -ROUNDING):
            raise ArithmeticError(
                f"{what}: {np.sum(~(above >= -ROUNDING))} of {above.size} points lie below the frontier"
            )
        return above


def gamma_1(g: float) -> float:
    """The exponent of the early law in the shifted norm, R + tail ~ |N + N_0|^-gamma_1; negative for g > 1."""
    return (2 * g - 1) / (1 - g)


def gamma_2(g: float, noise: float = 1.0) -> float:
    """The exponent of the shifted norm at the best weight decay, |N_opt + N_0| ~ n^gamma_2."""
    return (1 - g) / (2 * g) if noise > 0 else 1 - g


def gamma(g: float, noise: float = 1.0) -> float:
    """The exponent of the risk at the best weight decay: 1 - 1/(2g), without noise 2g - 1; gamma_1 gamma_2."""
    return 1 - 1 / (2 * g) if noise > 0 else 2 * g - 1


def early_constant(c: float, g: float) -> float:
    """A of the early law R_f = A |N + N_0|^-gamma_1 of a target c k^-g with infinitely many features."""
    edge = c ** (1 / g)  # features above tau: (c / tau)^(1/g)
    return 2 * g / (2 * g - 1) * edge * (edge * g / abs(1 - g)) ** gamma_1(g)


def norm_of_all(c: float, g: float) -> float:
    """The norm of the whole target at d = infinity (g > 1)."""
    return float(c * zeta(g)) if g > 1 else np.inf
