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

so that w = 0 is the master curve of the collapse. Three choices make them cheap and exact to rounding:

- The integration variable is z = lambda D_0, in which everything is explicit: with k = lambda x and
  p = 1/(1 + exp(2 z)), Q = lambda q = 2 k p, ell T = z - Q, ell dT = (1 + c) dz, c = 2 Q (1 - p). No proximal point is
  solved for inside an integral, and only log k appears (x itself overflows at large lambda).
- The unknowns are log k and log vartheta, the residuals logarithms of the ratio of both sides: no 1 - R^2 cancels.
- Gauss-Legendre panels end at multiples of sigma in T (the Gaussian and H change there), at O(1) in t (the other
  Gaussian), and are at most Quadrature.width long in z (the poles of p lie i pi/2 away from the real axis).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from scaling.core.errors import NotConverged

ROOT_2_PI = np.sqrt(2 * np.pi)
NEWTON_STEPS = 25
# 2^7 points times some 20 panels times 16 nodes: the arrays of one chunk (300 kB each) stay in the processor's cache.
CHUNK = 128


@dataclass(frozen=True)
class Quadrature:
    """How fine the integrals are; the defaults reach 1e-12 (tests compare with halved panels of more nodes)."""

    nodes: int = 16
    width: float = 2.0  # longest panel in z
    kernel_panels: int = 6  # panels over |T| < reach * sigma
    gauss_panels: int = 3  # panels over 0 < t < reach
    reach: float = 9.0  # standard deviations kept of a Gaussian: exp(-9^2/2) = 3e-18
    tail: float = 18.0  # Q^2 beyond exp(-2 tail), Q under the kernel beyond exp(-1.8 tail), is dropped


STANDARD = Quadrature()


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
    owner, left, right = _panels(point, log_k, vartheta, sigma, quadrature)

    nodes, weights = np.polynomial.legendre.leggauss(quadrature.nodes)
    half = (right - left)[:, None] / 2
    z = left[:, None] + half * (1 + nodes)
    Q, p = _prox(z, log_k[owner, None])
    c = 2 * Q * (1 - p)
    z -= Q  # = lambda t from here on
    in_kernel = z * (1 / (ell * sigma))[owner, None]  # T / sigma
    kernel = np.exp(-0.5 * in_kernel**2)
    dz = half * weights
    dT = (1 + c) * dz
    # kernel parts: exp(-w T^2/2) times the density of T / vartheta is the kernel, as 1/sigma^2 = w + 1/vartheta^2
    gauss = np.exp((-0.5 * point.w / ell**2)[owner, None] * z**2) * ndtr(z * (1 / (ell * vartheta))[owner, None])

    def total(integrand):
        return np.bincount(owner, integrand.sum(axis=1), minlength=log_k.size)

    Q_gauss, Q_kernel = Q * gauss, Q * kernel
    QQ = Q * Q_gauss
    first = total(QQ * dT)
    first_in_log_k = 2 * total(QQ * dz)
    first_in_log_vartheta = -total(Q * Q_kernel * in_kernel * dT) * np.sqrt(cos2) / ROOT_2_PI
    cz = c * z * dz
    first_in_log_lambda = -2 * total(Q_gauss * cz)
    second = total(Q_kernel * dT)
    second_in_log_k = total(Q_kernel * dz)
    second_in_log_vartheta = total(Q_kernel * (in_kernel**2 - 1) * dT) * cos2
    second_in_log_lambda = -total(kernel * cz)

    # Both integrals are of Q = lambda q over ell T, hence the powers of ell.
    residual = np.array(
        [
            np.log(2 / ROOT_2_PI * first / sigma**2) - 3 * point.log_ell,
            np.log(second / (np.pi * sigma * np.sqrt(cos2))) - 2 * point.log_ell,
        ]
    )
    jacobian = np.array(
        [
            [first_in_log_k / first, first_in_log_vartheta / first - 2 * cos2],
            [second_in_log_k / second, second_in_log_vartheta / second + 1 - cos2],
        ]
    )
    in_log_lambda = np.array([first_in_log_lambda / first - 2, second_in_log_lambda / second - 1])
    return residual, jacobian, in_log_lambda


def _prox(z: np.ndarray, log_k: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Q = 2 k p and p = 1/(1 + exp(2 z)), by log k, without overflow."""
    small = np.exp(-2 * np.abs(z))
    p = np.where(z > 0, small, 1) / (1 + small)
    return 2 * np.exp(log_k - 2 * np.maximum(z, 0) - np.log1p(small)), p


def _panels(
    point: Point, log_k: np.ndarray, vartheta: np.ndarray, sigma: np.ndarray, quadrature: Quadrature
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Panels in z of all points in one ragged list: the point that owns a panel, its left and right end."""
    reach = quadrature.reach
    ell = np.exp(point.log_ell)
    ends_kernel = ell * sigma * np.linspace(-reach, reach, quadrature.kernel_panels + 1)[:, None]
    with np.errstate(divide="ignore"):  # w = 0: no Gaussian, its break points at infinity are cut off below
        ends_gauss = ell / np.sqrt(point.w) * np.linspace(0, reach, quadrature.gauss_panels + 1)[1:, None]
    ends = np.concatenate([ends_kernel, np.minimum(ends_gauss, 1e12)])
    ends = _z_of_lambda_t(ends, log_k)
    lowest, kernel_end, gauss_end = ends[0], ends[quadrature.kernel_panels], ends[-1]
    fall = np.maximum(0, (np.log(2) + log_k) / 2)  # where Q starts to fall as exp(-2 z)
    highest = np.maximum(fall + quadrature.tail / 2 + 0.5, np.minimum(kernel_end, fall + 0.9 * quadrature.tail))
    highest = np.minimum(gauss_end, highest)
    count = int(np.ceil(np.max((highest - lowest) / quadrature.width)))
    steps = lowest + quadrature.width * np.arange(count + 1)[:, None]
    ends = np.sort(np.clip(np.concatenate([ends, steps]), lowest, highest), axis=0)
    panel, owner = np.nonzero(np.diff(ends, axis=0) > 1e-14 * np.abs(ends[1:]))
    return owner, ends[panel, owner], ends[panel + 1, owner]


def _z_of_lambda_t(lambda_t: np.ndarray, log_k: np.ndarray) -> np.ndarray:
    """Solve z - Q(z) = lambda t (break points only: a few digits do).

    In y = log Q the equation y + softplus(2 (lambda t + e^y)) = log(2 k) is increasing and convex: Newton's method
    started above the solution falls to it monotonically.
    """
    log_2k = np.log(2) + log_k
    with np.errstate(divide="ignore"):
        y = np.minimum(log_2k, np.log(np.maximum(1, (log_2k - 2 * lambda_t) / 2)))
    for _ in range(6):
        z = lambda_t + np.exp(y)
        small = np.exp(-2 * np.abs(z))
        softplus = 2 * np.maximum(z, 0) + np.log1p(small)
        p = np.where(z > 0, small, 1) / (1 + small)
        y -= (y + softplus - log_2k) / (1 + 2 * (1 - p) * np.exp(y))
    return lambda_t + np.exp(y)


def _solve_2x2(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    (a, b), (c, d) = matrix
    return np.array([d * right[0] - b * right[1], a * right[1] - c * right[0]]) / (a * d - b * c)
