"""The separable potentials whose minimum among all interpolators is studied: l_p norms and diagonal networks.

A potential is a convex even function psi(w), summed over the weights. All that is used of it is its derivative
z = psi'(w), the dual variable, and the inverse w(z) of that.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scaling.core.errors import BadInput


@dataclass(frozen=True)
class PNorm:
    """psi(w) = |w|^p / p with 1 < p <= 2; `parameter` is p, a number or an array that broadcasts against w."""

    parameter: np.ndarray | float
    name = "p"

    @property
    def q(self) -> np.ndarray | float:
        """The dual exponent p / (p - 1)."""
        return self.parameter / (self.parameter - 1)

    def weights(self, z: np.ndarray) -> np.ndarray:
        """w(z) = sign(z) |z|^(q-1)."""
        return np.sign(z) * np.abs(z) ** (self.q - 1)

    def curvature(self, z: np.ndarray) -> np.ndarray:
        """dw/dz."""
        return (self.q - 1) * np.abs(z) ** (self.q - 2)

    def dual(self, log_w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """psi'(w) and its derivative in log w, of w > 0."""
        power = np.exp((self.parameter - 1) * log_w)
        return power, (self.parameter - 1) * power

    def dual_change(self, log_w: np.ndarray, change: np.ndarray) -> np.ndarray:
        """psi'(w exp(change)) - psi'(w), no digit lost where the change is small."""
        power = self.parameter - 1
        return np.exp(power * log_w) * np.expm1(power * change)

    def log_weights(self, log_z: np.ndarray) -> np.ndarray:
        """log w(z) of z > 0."""
        return log_z / (self.parameter - 1)


@dataclass(frozen=True)
class Network:
    """What gradient flow selects in w = u^2 - v^2 from u = v = alpha: psi'(w) = arcsinh(w / (2 alpha^2)).

    (Woodworth et al., COLT 2020.) `parameter` is alpha, a number or an array that broadcasts against w.
    """

    parameter: np.ndarray | float
    name = "alpha"

    @property
    def scale(self) -> np.ndarray | float:
        """2 alpha^2: above it a weight costs like l_1, below it like l_2."""
        return 2 * np.square(self.parameter)

    def weights(self, z: np.ndarray) -> np.ndarray:
        """w(z) = 2 alpha^2 sinh z."""
        return self.scale * np.sinh(z)

    def curvature(self, z: np.ndarray) -> np.ndarray:
        """dw/dz."""
        return self.scale * np.cosh(z)

    def dual(self, log_w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """psi'(w) and its derivative in log w, of w > 0."""
        ratio = np.exp(log_w) / self.scale
        return np.arcsinh(ratio), ratio / np.hypot(1, ratio)

    def dual_change(self, log_w: np.ndarray, change: np.ndarray) -> np.ndarray:
        """psi'(w exp(change)) - psi'(w), no digit lost where the change is small."""
        old = np.exp(log_w) / self.scale
        new = old * np.exp(change)
        root_old, root_new = np.hypot(1, old), np.hypot(1, new)
        return np.log1p(old * np.expm1(change) * (1 + (old + new) / (root_old + root_new)) / (old + root_old))

    def log_weights(self, log_z: np.ndarray) -> np.ndarray:
        """log w(z) of z > 0, also where sinh would overflow."""
        z = np.exp(np.minimum(log_z, 700.0))
        return np.log(self.scale / 2) + z + np.log(-np.expm1(-2 * z))


Potential = PNorm | Network
KINDS = {kind.name: kind for kind in (PNorm, Network)}


def potential(kind: str, parameter: float | Sequence[float]) -> Potential:
    """The potential of this kind ("p" or "alpha"); BadInput for a parameter that it does not allow."""
    if kind not in KINDS:
        raise BadInput(f"kind: {kind!r} is not one of {', '.join(KINDS)}")
    values = np.asarray(parameter, float)
    if kind == "p" and not np.all((values > 1) & (values <= 2)):
        raise BadInput(f"p: {parameter} is not above 1 and at most 2")
    if kind == "alpha" and not np.all(values > 0):
        raise BadInput(f"alpha: {parameter} is not positive")
    return KINDS[kind](parameter)
