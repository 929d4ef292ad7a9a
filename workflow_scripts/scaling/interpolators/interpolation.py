"""The interpolator of least potential on given data, exactly, by its dual.

    minimise sum_i psi(w_i)  subject to  X w = y

has w = w(z), z = X' nu, with the nu that minimises sum_i psi*(z_i) - y.nu: n unknowns instead of d, and smooth where
the primal is not. With mu > 0 the same of the regularised problem |y - X w|^2 / (2 mu) + sum_i psi(w_i), in which
nu = (y - X w) / mu.

Stationarity holds by construction; what is left of the optimality conditions is the residual |X w + mu nu - y| / |y|.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve
from scipy.optimize import brentq

from scaling.core.errors import NotConverged
from scaling.interpolators.potentials import Potential

RESIDUAL = 1e-8  # the most that a solution may have
GOAL = 1e-12  # where Newton's method stops at the latest
STEPS = 60


@dataclass(frozen=True)
class Interpolator:
    """A solution, its relative residual, and the number of Newton steps."""

    weights: np.ndarray  # (d,)
    residual: float
    steps: int


def interpolate(X: np.ndarray, y: np.ndarray, potential: Potential, mu: float = 0.0) -> Interpolator:
    """Solve the interpolation problem (mu = 0), or its regularised form.

    Parameters
    ----------
    X : shape (n, d), n < d unless mu > 0.
    y : shape (n,), not all zero.

    Raises
    ------
    NotConverged if the relative residual stays above 1e-8.

    Newton's method starts on the ray nu ~ y. The dual has the degree q in z: an undamped step overshoots, and halving
    it runs out of steps. Therefore each step goes to the minimum along its direction, a root in one unknown that costs
    O(d).
    """
    size = float(np.linalg.norm(y))
    nu, z = np.zeros(y.size), np.zeros(X.shape[1])
    direction = y / size
    best, best_weights, steps = np.inf, z, 0
    while steps < STEPS:
        steps += 1
        along = direction @ X
        length = _line_minimum(z, along, nu, direction, y, potential, mu)
        nu, z = nu + length * direction, z + length * along
        weights = potential.weights(z)
        excess = X @ weights + mu * nu - y
        residual = float(np.linalg.norm(excess)) / size
        stalled = best < RESIDUAL / 10 and residual > best / 2
        if residual < best:
            best, best_weights = residual, weights
        if residual < GOAL or stalled:
            break
        direction = -_newton_direction(X, z, excess, potential, mu)
    if not best < RESIDUAL:
        raise NotConverged(
            f"{potential.name} = {potential.parameter:g}, n = {X.shape[0]}, d = {X.shape[1]}: the interpolator has a "
            f"residual of {best:.1e} after {steps} steps"
        )
    return Interpolator(best_weights, best, steps)


def _newton_direction(X: np.ndarray, z: np.ndarray, excess: np.ndarray, potential: Potential, mu: float) -> np.ndarray:
    """H^-1 excess, H = X diag(dw/dz) X' + mu 1."""
    scaled = X * np.sqrt(potential.curvature(z))
    hessian = scaled @ scaled.T
    hessian[np.diag_indices_from(hessian)] += mu
    shift = 0.0
    while True:
        try:
            return cho_solve(cho_factor(hessian, lower=True, check_finite=False), excess, check_finite=False)
        except LinAlgError:  # singular to rounding: the line search mends the length of a step that is a little off
            shift = max(4 * shift, 1e-15 * float(np.trace(hessian)) / len(hessian))
            hessian[np.diag_indices_from(hessian)] += shift


def _line_minimum(
    z: np.ndarray,
    along: np.ndarray,
    nu: np.ndarray,
    direction: np.ndarray,
    y: np.ndarray,
    potential: Potential,
    mu: float,
) -> float:
    """The step length at which the dual's derivative along the direction is zero, by bracketing and Brent's method."""
    constant, slope = float(mu * (nu @ direction) - y @ direction), float(mu * (direction @ direction))

    def derivative(length: float) -> float:
        with np.errstate(over="ignore"):
            return float(potential.weights(z + length * along) @ along) + constant + slope * length

    if derivative(0.0) >= 0:  # to rounding there already
        return 0.0
    low, high = 0.5, 1.0  # a bracket of a factor of two, since the derivative may change by q times as many decades
    while derivative(low) > 0 or np.isnan(derivative(low)):
        low, high = low / 2, low
    while derivative(high) < 0:
        low, high = high, 2 * high
    while not np.isfinite(derivative(high)):
        middle = (low + high) / 2
        low, high = (middle, high) if derivative(middle) < 0 else (low, middle)
    return float(brentq(derivative, low, high, xtol=1e-300, rtol=1e-12, maxiter=1000))
