"""The saddle point of the logistic loss at fixed norm: its two equations, their Jacobian, Newton's method.

Teacher and student on the sphere of N dimensions, P = alpha N Rademacher patterns, N to infinity; overlap
R = cos(theta), s = sin(theta). With V(D) = -D + log(2 cosh(lambda D)) / lambda, q(t) = D_0(t) - t and
D_0(t) = argmin V(D) + (D - t)^2 / (2 x), the overlap and x solve

    s^2 = 2 alpha Int Dt q(t)^2 H(-t cot(theta)),        R = alpha sqrt(2/pi) Int Dv q(s v)

(Aubin, Krzakala, Lu, Zdeborova, NeurIPS 2020; appendix A of the paper, with the signs and the root of its equation 14b
put right). Everything here is in units in which alpha -> infinity is an ordinary point, T = alpha t:

    ell = lambda / alpha,  w = 1 / alpha^2,  vartheta = alpha tan(theta),  sigma = alpha s = vartheta cos(theta)

    sigma^2    = 2/sqrt(2 pi) Int dT exp(-w T^2 / 2) q^2 H(-T / vartheta)        (q in units of 1/alpha)
    cos(theta) = sqrt(2/pi) Int dT exp(-T^2 / (2 sigma^2)) q / (sigma sqrt(2 pi))

so that w = 0 is the master curve of the collapse. The integrals are those of scaling.core.channel, over
omega = lambda t = ell T. The unknowns are log k, k = lambda x, and log vartheta, the residuals logarithms of the ratio
of both sides: no 1 - R^2 cancels.
"""

from dataclasses import dataclass

import numpy as np

from scaling.core.channel import ROOT_2_PI, STANDARD, Channel, Quadrature
from scaling.core.errors import NotConverged

NEWTON_STEPS = 25
# 2^7 points times some 20 panels times 16 nodes: the arrays of one chunk (300 kB each) stay in the processor's cache.
CHUNK = 128


@dataclass(frozen=True)
class Point:
    """Where the equations are posed: arrays of one shape (n,)."""

    log_ell: np.ndarray  # log(lambda / alpha)
    w: np.ndarray  # 1 / alpha^2

    def __getitem__(self, index) -> "Point":
        return Point(self.log_ell[index], self.w[index])


def newton(
    point: Point, guess: np.ndarray, tolerance: float = 1e-10, quadrature: Quadrature = STANDARD
) -> tuple[np.ndarray, np.ndarray]:
    """Solve the saddle-point equations at n points by Newton's method.

    Parameters
    ----------
    point : the n problems.
    guess : shape (2, n), log k and log vartheta.
    tolerance : of the last step in log vartheta and of the residuals it starts from. The step is then made, so that
        the error left is of the order of its square.

    Returns
    -------
    solution : shape (2, n).
    slope : shape (2, n), the derivative of the solution in log lambda at fixed alpha, from the same Jacobian.

    Raises
    ------
    NotConverged naming alpha and lambda.
    """
    solution, slope = np.array(guess, float), np.full(np.shape(guess), np.nan)
    waiting = np.arange(solution.shape[1])
    for _ in range(NEWTON_STEPS):
        lost = waiting[~np.isfinite(solution[:, waiting]).all(axis=0)]
        if lost.size:
            waiting = lost
            break
        still = []
        for start in range(0, waiting.size, CHUNK):
            chunk = waiting[start : start + CHUNK]
            residual, jacobian, in_log_lambda = equations(point[chunk], solution[:, chunk], quadrature)
            step, slope[:, chunk] = _solve_2x2(jacobian, -residual), _solve_2x2(jacobian, -in_log_lambda)
            done = (np.abs(step[1]) < tolerance) & (np.abs(residual).max(axis=0) < 10 * tolerance)
            # Far from the solution the linearisation holds for a change of order one in vartheta and in lambda x.
            length = np.maximum(np.abs(step[1]), np.abs(step[0]) / (2 + np.abs(solution[0, chunk])))
            solution[:, chunk] += step / np.maximum(1, length)
            still.append(chunk[~done])
        waiting = np.concatenate(still)
        if not waiting.size:
            return solution, slope
    with np.errstate(divide="ignore"):
        alpha = 1 / np.sqrt(point.w[waiting[0]])
    scale = alpha if np.isfinite(alpha) else 1.0
    raise NotConverged(
        f"the saddle point at fixed norm was not found at alpha = {alpha:g}, "
        f"lambda = {scale * np.exp(point.log_ell[waiting[0]]):g} (and {waiting.size - 1} more)"
    )


def equations(
    point: Point, unknowns: np.ndarray, quadrature: Quadrature = STANDARD
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Residuals of both equations at n points with their derivatives.

    Parameters
    ----------
    point : the n problems.
    unknowns : shape (2, n), log k and log vartheta.

    Returns
    -------
    residual : shape (2, n), log(right side / left side).
    jacobian : shape (2, 2, n), [equation, unknown].
    in_log_lambda : shape (2, n), derivative of the residuals in log lambda at fixed unknowns.
    """
    log_k, log_vartheta = unknowns
    vartheta, ell = np.exp(log_vartheta), np.exp(point.log_ell)
    cos2 = 1 / (1 + point.w * vartheta**2)
    sigma = vartheta * np.sqrt(cos2)
    channel = Channel(log_k, np.sqrt(point.w) / ell, 1 / (ell * vartheta), quadrature)
    first, second = channel.square(), channel.drive()

    # Both integrals are of Q = lambda q over ell T, hence the powers of ell.
    residual = np.array(
        [
            np.log(2 / ROOT_2_PI * first.value / sigma**2) - 3 * point.log_ell,
            np.log(second.value / (np.pi * sigma * np.sqrt(cos2))) - 2 * point.log_ell,
        ]
    )
    jacobian = np.array(
        [
            [first.in_log_k / first.value, first.in_log_tan / first.value - 2 * cos2],
            [second.in_log_k / second.value, second.in_log_tan / second.value + 1 - cos2],
        ]
    )
    in_log_lambda = np.array([first.in_log_lambda / first.value - 2, second.in_log_lambda / second.value - 1])
    return residual, jacobian, in_log_lambda


def _solve_2x2(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    (a, b), (c, d) = matrix
    return np.array([d * right[0] - b * right[1], a * right[1] - c * right[0]]) / (a * d - b * c)
