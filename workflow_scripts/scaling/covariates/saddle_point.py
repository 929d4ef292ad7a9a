"""The saddle point of the logistic loss at fixed norm for Gaussian features: its equations, their Jacobian, Newton.

n patterns of features with traces as in `spectra`; student f = w.v, loss log(1 + exp(-2 y f)), minimisers at fixed norm
|w|, which are those of the penalty (mu/2) |w|^2. Unknowns of a point: lam (standard deviation of f), k (width of the
proximal map), theta (cos(theta) is the overlap with the label's field nu, epsilon = theta / pi) and kappa (mu over the
conjugate of k; falls along the path as the norm rises). With the channel's averages

    I_c = E[1 - dz/d omega],   I_Q = E[Q^2],   K = E[t Q],   J = E[Q over the kernel],
    M = n sqrt(2/pi) J / df,   A = n I_Q / df^2

(Loureiro et al., NeurIPS 2021, specialised), the saddle point and the norm are

    n I_c = df,     e + u0 - sin(theta)^2 = cos(theta) K / (sqrt(2/pi) J),     A df2 + M^2 D = lam^2 sin(theta)^2,
    |w|^2 = (A N1 + M^2 N2) / kappa,     mu = kappa df / k.

The second is M T1 = cos(theta) lam after Stein's identity in the first: as written in the literature, the two are the
same equation for k -> 0, and Newton's method stalls from lam = 500 on. K may be negative, so it has no logarithm.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scaling.core.channel import ROOT_2_PI, STANDARD, Channel, Quadrature
from scaling.core.errors import NotConverged
from scaling.covariates.spectra import Features

NEWTON_STEPS = 40
CHUNK = 128  # points at a time: their arrays stay in the processor's cache
LOG_LAM, LOG_K, LOG_TAN, LOG_KAPPA = range(4)
ROOT_2_OVER_PI = np.sqrt(2 / np.pi)


@dataclass(frozen=True)
class System:
    """The equations at m points.

    residual : shape (3, m).
    jacobian : shape (3, 4, m), [equation, unknown].
    log_norm : shape (m,), log |w|, and its derivatives log_norm_gradient, shape (4, m).
    """

    residual: np.ndarray
    jacobian: np.ndarray
    log_norm: np.ndarray
    log_norm_gradient: np.ndarray


def equations(features: Features, n: np.ndarray, unknowns: np.ndarray, quadrature: Quadrature = STANDARD) -> System:
    """The three equations and the norm.

    Parameters
    ----------
    features : what is learned from.
    n : shape (m,), numbers of patterns.
    unknowns : shape (4, m): log lam, log k, log tan(theta), log kappa.
    """
    log_lam, log_k, log_tan, log_kappa = unknowns
    lam, tangent = np.exp(log_lam), np.exp(log_tan)
    cos2 = 1 / (1 + tangent**2)
    cosine, sin2 = np.sqrt(cos2), tangent**2 * cos2
    channel = Channel(log_k, 1 / lam, 1 / (lam * tangent), quadrature, linear=True)
    # over omega = lam t, with the factors sqrt(2 pi) of the Gaussians: I_c and I_Q lack 2 / (sqrt(2 pi) lam)
    response, square, drive, overlap = channel.response(), channel.square(), channel.drive(), channel.overlap()
    t = features.traces(log_kappa)
    in_kappa = {"df": -t.N1, "e": t.N2, "df2": -t.N1 - t.in_log_kappa["N1"], **t.in_log_kappa}

    def gradient(integral, in_log_kappa):
        return np.array([integral.in_log_lambda, integral.in_log_k, integral.in_log_tan, in_log_kappa * integral.value])

    zero = np.zeros_like(lam)
    share = 2 / (ROOT_2_PI * lam)
    J = drive.value / (ROOT_2_PI * lam * np.sqrt(sin2))
    log_J = gradient(drive, zero) / drive.value
    first = np.log(n * share * response.value / t.df)
    d_first = gradient(response, t.N1 / t.df) / response.value

    ratio = share / lam * overlap.value / (ROOT_2_OVER_PI * J)  # K / (sqrt(2/pi) J)
    d_ratio = share / lam * gradient(overlap, zero) / (ROOT_2_OVER_PI * J) - ratio * log_J
    missing = t.e + features.u0
    scale = missing + sin2
    second = (missing - sin2 - cosine * ratio) / scale
    d_sin2 = np.array([zero, zero, 2 * sin2 * cos2, zero])
    d_missing = np.array([zero, zero, zero, in_kappa["e"]])
    d_cosine = np.array([zero, zero, -cosine * sin2, zero])
    d_second = (d_missing - d_sin2 - d_cosine * ratio - cosine * d_ratio - second * (d_missing + d_sin2)) / scale

    A = n * share * square.value / t.df**2
    M2 = (n * ROOT_2_OVER_PI * J / t.df) ** 2
    d_log_A = gradient(square, zero) / square.value + np.array([zero, zero, zero, 2 * t.N1 / t.df])
    d_log_M2 = 2 * log_J + np.array([zero, zero, zero, 2 * t.N1 / t.df])

    def log_sum(of_A, d_of_A, of_M2, d_of_M2):
        """log(A of_A + M2 of_M2) and its gradient."""
        total = A * of_A + M2 * of_M2
        slope = A * of_A * d_log_A + M2 * of_M2 * d_log_M2
        slope[LOG_KAPPA] += A * d_of_A + M2 * d_of_M2
        return np.log(total), slope / total

    third, d_third = log_sum(t.df2, in_kappa["df2"], t.D, in_kappa["D"])
    third -= 2 * log_lam + np.log(sin2)
    d_third -= np.array([zero + 2, zero, 2 * cos2, zero])
    norm2, d_norm2 = log_sum(t.N1, in_kappa["N1"], t.N2, in_kappa["N2"])
    d_norm2[LOG_KAPPA] -= 1
    return System(
        np.array([first, second, third]),
        np.array([d_first, d_second, d_third]),
        (norm2 - log_kappa) / 2,
        d_norm2 / 2,
    )


#: What may be given as the fourth equation: its value and its gradient at a System and the unknowns.
Target = Callable[[System, np.ndarray], tuple[np.ndarray, np.ndarray]]


def norm_target(system: System, unknowns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """log |w|."""
    return system.log_norm, system.log_norm_gradient


def arc_target(system: System, unknowns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """log lam - log(kappa) / 2: rises along the whole path, where lam alone may stop, and kappa alone."""
    row = np.array([1.0, 0.0, 0.0, -0.5])
    return row @ unknowns, np.repeat(row[:, None], unknowns.shape[1], axis=1)


@dataclass(frozen=True)
class Solved:
    """Solutions at m points: unknowns (4, m), log_norm (m,), and the derivatives of both in the target."""

    unknowns: np.ndarray
    tangents: np.ndarray
    log_norm: np.ndarray
    log_norm_tangent: np.ndarray


def newton(
    features: Features,
    n: np.ndarray,
    guess: np.ndarray,
    target: Target,
    value: np.ndarray,
    tolerance: float = 1e-10,
    quadrature: Quadrature = STANDARD,
) -> Solved:
    """Solve the three equations and target = value at m points by Newton's method.

    Parameters
    ----------
    n, value : shape (m,).
    guess : shape (4, m).
    tolerance : of the last step (in log k: relative to 1 + |log k|) and of the residuals it starts from. The step is
        then made, so that the error left is of the order of its square.

    Raises
    ------
    NotConverged naming n and the norm.
    """
    unknowns, tangents = np.array(guess, float), np.full(np.shape(guess), np.nan)
    log_norm, norm_tangent = np.full(n.size, np.nan), np.full(n.size, np.nan)
    waiting = np.arange(n.size)
    for _ in range(NEWTON_STEPS):
        still = []
        for start in range(0, waiting.size, CHUNK):
            chunk = waiting[start : start + CHUNK]
            here = unknowns[:, chunk]
            system = equations(features, n[chunk], here, quadrature)
            reached, row = target(system, here)
            residual = np.concatenate([system.residual, [reached - value[chunk]]])
            matrix = np.concatenate([system.jacobian, row[None]]).transpose(2, 0, 1)
            right = np.stack([-residual.T, np.broadcast_to([0.0, 0, 0, 1], (chunk.size, 4))], axis=-1)
            if not (np.isfinite(matrix).all() and np.isfinite(residual).all()):
                raise _lost(features, n[chunk], here)
            try:
                found = np.linalg.solve(matrix, right)
            except np.linalg.LinAlgError:
                raise _lost(features, n[chunk], here) from None
            step, tangents[:, chunk] = found[..., 0].T, found[..., 1].T
            size = np.abs(step) / np.array([np.ones(chunk.size), 1 + np.abs(here[LOG_K]), *np.ones((2, chunk.size))])
            done = (size.max(axis=0) < tolerance) & (np.abs(residual).max(axis=0) < 10 * tolerance)
            length = size / np.array([1, 1, 1, 2])[:, None]
            length[LOG_K] = np.abs(step[LOG_K]) / (2 + np.abs(here[LOG_K]) / 2)
            step /= np.maximum(1, length.max(axis=0))
            unknowns[:, chunk] += step
            norm_tangent[chunk] = (system.log_norm_gradient * tangents[:, chunk]).sum(axis=0)
            log_norm[chunk] = system.log_norm + (system.log_norm_gradient * step).sum(axis=0)
            still.append(chunk[~done])
        waiting = np.concatenate(still)
        if not waiting.size:
            return Solved(unknowns, tangents, log_norm, norm_tangent)
    raise _lost(features, n[waiting], unknowns[:, waiting])


def _lost(features: Features, n: np.ndarray, unknowns: np.ndarray) -> NotConverged:
    return NotConverged(
        f"the saddle point of {features.size:g} features was not found at n = {n[0]:g}, lam = "
        f"{np.exp(unknowns[LOG_LAM, 0]):g} (and {n.size - 1} more)"
    )
