"""The target: d features of sizes l_k = c k^-g, k = 1 ... d, with sum l_k^2 = 1.

For the diagonal network they are the coefficients of the target, for the quadratic one the eigenvalues of its matrix.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import zeta

#: Features from here on are no longer summed one by one, but integrated over.
EXACT = 300
PANEL = 0.3  # length in log k of a panel of that integral, for NODES Gauss-Legendre nodes
NODES = 6


@dataclass(frozen=True)
class Teacher:
    """A power-law target.

    Attributes
    ----------
    d : number of features.
    g : the decay of their sizes, > 1/2.
    sizes, counts : of the features in falling order, and how many each stands for, [m]: a sum over the features of a
        smooth function f is the sum of counts * f(sizes).
    """

    d: int
    g: float
    sizes: np.ndarray
    counts: np.ndarray

    @property
    def c(self) -> float:
        """The size of the first feature."""
        return constant(self.d, self.g)

    @property
    def norm_shift(self) -> float:
        """N_0 = -c zeta(g): the norm of the first K features is c K^(1-g) / (1-g) - N_0 for large K.

        Negative for g > 1, where -N_0 is the norm of the whole target at d = infinity.
        """
        return float(-self.c * zeta(self.g))

    @property
    def tail(self) -> float:
        """c^2 d^(1-2g) / (2g-1): what features beyond the d-th would add to the risk, had they not been cut off."""
        return self.c**2 * self.d ** (1 - 2 * self.g) / (2 * self.g - 1)


def constant(d: int, g: float) -> float:
    """c = (sum k^-2g)^(-1/2)."""
    return float((zeta(2 * g) - zeta(2 * g, d + 1)) ** -0.5)


def power_law(d: int, g: float, exact: int | None = EXACT) -> Teacher:
    """The power-law target.

    The first `exact` features (None: all) are kept one by one; the sum over the others is the integral from
    exact + 1/2 to d + 1/2, by Gauss-Legendre panels in log k. This midpoint rule, read backwards, is off by about
    1 / (24 exact^2) of the integrand's largest contribution (Euler-Maclaurin), 5e-7 at 300.
    """
    k = np.arange(1, (d if exact is None else min(exact, d)) + 1, dtype=float)
    counts = np.ones_like(k)
    if k.size < d:
        low, high = np.log(k.size + 0.5), np.log(d + 0.5)
        edges = np.linspace(low, high, int(np.ceil((high - low) / PANEL)) + 1)
        x, w = np.polynomial.legendre.leggauss(NODES)
        half = np.diff(edges)[:, None] / 2
        beyond = np.exp(edges[:-1, None] + half * (1 + x)).ravel()
        counts = np.concatenate([counts, (half * w).ravel() * beyond])
        k = np.concatenate([k, beyond])
    return Teacher(d, g, constant(d, g) * k**-g, counts)


def no_teacher(d: int) -> Teacher:
    """Nothing to learn: d features of size 0 (pure noise); its g is not a number."""
    return Teacher(d, float("nan"), np.zeros(1), np.full(1, float(d)))
