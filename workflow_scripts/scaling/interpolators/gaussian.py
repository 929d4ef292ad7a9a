"""Averages over Gaussian noise of the proximal operator of a potential.

A coordinate sees its true weight b >= 0 under noise, x = b + omega h with h ~ N(0, 1), and takes the w with

    x = w + lambda psi'(w),        w = prox(x).

The integrals are over w itself, on either side of w = 0, in which all is explicit: no proximal point is solved for
inside an integral. The variable of integration is v, with |w| = scale log(1 + exp(v)) and scale the largest width that
the Gaussian has in w. Far below scale, v is a logarithm, in which the power |w|^(p-1), singular at 0, is smooth; above
it, v is linear in w, in which the Gaussian is. So the trapezoidal rule converges exponentially. The range ends where
|h| = REACH, or where |w| is too small to count.

Where omega << b both x - b and w - b would cancel: differences are taken from the point where x = b.
"""

from dataclasses import dataclass

import numpy as np

from scaling.interpolators.potentials import Potential

ROOT_2_PI = np.sqrt(2 * np.pi)
REACH = 13.0  # standard deviations: E|h|^40, which p = 1.05 asks for, has its tail beyond 9
FLOOR = 34.0  # |w| below exp(-34) times that of x = max(b, omega) is dropped
NARROW = 1e4  # b / omega from which prox is linear over the Gaussian, as far as the range of v is concerned


@dataclass(frozen=True)
class Moments:
    """Averages for each point and true weight; arrays of shape (points, K). Derivatives are those in a logarithm."""

    slope: np.ndarray  # E prox'
    error: np.ndarray  # E (w - b)^2
    slope_by_lambda: np.ndarray  # d slope / d log lambda
    slope_by_omega: np.ndarray
    error_by_lambda: np.ndarray
    error_by_omega: np.ndarray
    power: np.ndarray  # E |w|^r, shape (len(r), points, K)


def moments(
    potential: Potential,
    log_lambda: np.ndarray,
    log_omega: np.ndarray,
    truth: np.ndarray,
    nodes: int,
    r: tuple[float, ...] = (),
) -> Moments:
    """Averages over h.

    Parameters
    ----------
    potential : its parameter is of shape (points,).
    log_lambda, log_omega : shape (points,).
    truth : shape (K,), the true weights b >= 0.
    nodes : of the trapezoidal rule, for each sign of w.
    r : the powers of |w| to average, each from 1 on.
    """
    shape = log_lambda.size, len(truth)
    point, of_truth = (each.ravel() for each in np.indices(shape))
    b, omega = np.asarray(truth, float)[of_truth], np.exp(log_omega)[point]
    totals = np.zeros((7 + len(r), b.size))
    for sign, there in ((1.0, b >= 0), (-1.0, (b > 0) & (b < REACH * omega))):
        if there.any():
            entries = point[there]
            kind = type(potential)(potential.parameter[entries][:, None])
            arrays = (np.exp(log_lambda)[entries][:, None], omega[there][:, None], b[there][:, None])
            totals[:, there] += _one_side(kind, *arrays, sign, nodes, r)
    totals[:, b == 0] *= 2  # the other sign is the same
    mass, slope, error, *others = totals
    # What was dropped around w = 0 is an error of b^2. (From p = 1.1 on down, much of x leads to a w that small.)
    error += np.where(b < REACH * omega, b**2 * (1 - mass), 0)
    slope, error, *others = (each.reshape(shape) for each in (slope, error, *others))
    return Moments(slope, error, *others[:4], np.array(others[4:]))


def _one_side(
    potential: Potential,
    lambda_: np.ndarray,
    omega: np.ndarray,
    b: np.ndarray,
    sign: float,
    nodes: int,
    r: tuple[float, ...],
) -> np.ndarray:
    """Averages over one sign of w: of 1, then as in Moments; shape (7 + len(r), entries). Arrays in: (entries, 1)."""
    seen = np.maximum(b, omega)
    log_centre = log_prox(potential, lambda_, seen)
    scale, centre, low, high = _range(potential, lambda_, omega, b, sign, log_centre)
    step = np.maximum(high - low, 0) / (nodes - 1)
    shift = low + step * np.arange(nodes)
    v = centre + shift
    decay = np.exp(-np.abs(v))
    log_w = np.log(scale) + np.log(np.maximum(v, 0) + np.log1p(decay))
    below_one = np.where(v > 0, 1, decay) / (1 + decay)  # d softplus(v) / dv
    dual, dual_slope = potential.dual(log_w)
    w = np.exp(log_w)
    if sign > 0:
        # softplus(v) - softplus(centre), no digit lost on either side
        base = np.where(shift > 0, 1 / (1 + np.exp(-centre)), below_one)
        change = np.sign(shift) * np.log1p(base * np.expm1(np.abs(shift)))
        relative = scale * change / np.exp(log_centre)
        by_log = np.where(np.abs(relative) < 0.5, np.log1p(np.maximum(relative, -0.5)), log_w - log_centre)
        h = (scale * change + lambda_ * potential.dual_change(log_centre, by_log) + (seen - b)) / omega
    else:
        h = -(w + lambda_ * dual + b) / omega
    pull = sign * lambda_ * dual  # lambda psi'(w), with its sign
    # w - b, in the way that cancels less
    error = np.where(w + b < omega * np.abs(h) + np.abs(pull), sign * w - b, omega * h - pull)
    weight = np.exp(-(h**2) / 2) * below_one * (step * scale / (ROOT_2_PI * omega))  # prox' dh
    measure = weight * (1 + lambda_ * dual_slope / w)  # dh
    found = [
        measure,
        weight,
        error**2 * measure,
        -h * pull / omega * weight,
        (h**2 - 1) * weight,
        -2 * error * pull * weight,
        2 * error * omega * h * weight,
        *(np.exp(power * log_w) * measure for power in r),
    ]
    return np.array([each.sum(axis=1) for each in found])


def _range(
    potential: Potential,
    lambda_: np.ndarray,
    omega: np.ndarray,
    b: np.ndarray,
    sign: float,
    log_centre: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The scale of w, the v of log_centre, and the range of v counted from there."""
    narrow = sign * b > NARROW * omega
    far, near = REACH * omega + sign * b, np.maximum(sign * b - REACH * omega, 0)
    log_far = np.where(narrow, log_centre, log_prox(potential, lambda_, np.where(far > 0, far, omega), 1e-3))
    log_near = np.where(
        near > 0, log_prox(potential, lambda_, np.where(near > 0, near, omega), 1e-3), log_centre - FLOOR
    )
    dual_slope = potential.dual(log_far)[1]
    w_far = np.exp(log_far)
    scale = omega * w_far / (w_far + lambda_ * dual_slope)  # prox' grows with w
    centre, low, high = (_inverse_softplus(np.exp(log) / scale) for log in (log_centre, log_near, log_far))
    return scale, centre, np.where(narrow, -REACH, low - centre), np.where(narrow, REACH, high - centre)


def _inverse_softplus(y: np.ndarray) -> np.ndarray:
    return y + np.log(-np.expm1(-y))


def log_prox(potential: Potential, lambda_: np.ndarray, x: np.ndarray, tolerance: float = 1e-13) -> np.ndarray:
    """log of the w > 0 with w + lambda psi'(w) = x > 0, by Newton's method in logarithms; shapes broadcast.

    From above: w is below both x and the w with lambda psi'(w) = x.
    """
    log_x = np.log(x)
    log_w = np.minimum(log_x, potential.log_weights(log_x - np.log(lambda_)))
    for _ in range(40):
        w = np.exp(log_w)
        dual, dual_slope = potential.dual(log_w)
        total = w + lambda_ * dual
        change = (np.log(total) - log_x) * total / (w + lambda_ * dual_slope)
        log_w = log_w - change
        if np.all(np.abs(change) < tolerance * np.maximum(1, np.abs(log_w))):
            break
    return log_w
