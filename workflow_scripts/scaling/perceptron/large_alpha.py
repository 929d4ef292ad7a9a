"""Free and fixed norm for alpha to infinity at fixed lambda: the error is c(lambda) / sqrt(alpha), each c known.

Many patterns leave of the student its part m along the teacher and, of order 1/sqrt(alpha) across it, a sum of the
patterns with the weights A(z), z = |N(0,1)| the teacher's field. With psi(x) = 1 - tanh(x),

    rho(m) = E[z psi(m z)],   kappa(m) = E[sech^2(m z)],
    free norm:  dA/dm = (psi(m z) - kappa(m) A) / rho(m),  A = 0 at m = 0,
    fixed norm: A = sqrt(pi/2) lambda psi(lambda z),
    c(lambda) = sqrt(E[A^2]) / (pi lambda)   at m = lambda.

Both tend to EARLY_CONSTANT / sqrt(lambda): gamma_1 = 1/2 exactly, at free norm with the constant of the fixed norm.
Their ratio is 1 + pi^2 / (48 lambda^2) there, so that the free norm's curve is locally steeper than -1/2.
"""

import numpy as np
import pandas as pd
from scipy.integrate import solve_ivp
from scipy.sparse import eye_array

from scaling.core.errors import BadInput, NotConverged

# z by panels whose ends are a factor apart: what matters at norm m is z of order 1/m.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(10)
_ENDS = np.append(0, np.geomspace(1e-6, 9, 24))
Z = (_ENDS[:-1, None] + np.diff(_ENDS)[:, None] / 2 * (1 + _NODES)).ravel()
DENSITY = (np.diff(_ENDS)[:, None] / 2 * _WEIGHTS).ravel() * np.sqrt(2 / np.pi) * np.exp(-(Z**2) / 2)
FIRST = 1e-4
LARGEST = 1e4


def large_alpha(lambdas: np.ndarray) -> pd.DataFrame:
    """The limit at each norm.

    Parameters
    ----------
    lambdas : rising, from 1e-3 to 1e4.

    Returns
    -------
    lambda, c_free, c_fixed (epsilon sqrt(alpha)), ratio (c_free / c_fixed), slope_free, slope_fixed (local exponents
    d log c / d log lambda). Accuracy: 1e-8 relative, slopes 1e-7.

    Raises
    ------
    BadInput for norms that do not rise or lie outside; NotConverged if the integrator fails.
    """
    lambdas = np.asarray(lambdas, float)
    if not lambdas.size or not (np.all(np.diff(lambdas) > 0) and lambdas[0] >= 1e-3 and lambdas[-1] <= LARGEST):
        raise BadInput(f"lambdas: they must rise, from 1e-3 or more to {LARGEST:g} or less")

    def rates(log_m: float) -> tuple[np.ndarray, float]:
        """Drive and decay of B = A / m in log m."""
        psi, rho, kappa = _averages(np.exp(log_m))
        return psi / rho, np.exp(log_m) * kappa / rho + 1

    def derivative(log_m: float, B: np.ndarray) -> np.ndarray:
        drive, decay = rates(log_m)
        return drive - decay * B

    start = np.full(Z.size, np.sqrt(np.pi / 2))
    solved = solve_ivp(
        derivative,
        np.log([FIRST, lambdas[-1]]),
        start,
        method="Radau",
        jac=lambda log_m, B: -rates(log_m)[1] * eye_array(Z.size, format="csc"),
        t_eval=np.log(lambdas),
        rtol=1e-9,
        atol=1e-12,
    )
    if not solved.success:
        raise NotConverged(f"the limit of large alpha stops at lambda = {np.exp(solved.t[-1]):g}: {solved.message}")
    rows = []
    for norm, B in zip(lambdas, solved.y.T, strict=True):
        psi = _psi(norm * Z)
        free, fixed = DENSITY @ B**2, DENSITY @ psi**2
        slope_free = DENSITY @ (B * derivative(np.log(norm), B)) / free
        slope_fixed = -(DENSITY @ (psi * norm * Z * (2 * psi - psi**2))) / fixed  # sech^2 = psi (2 - psi)
        c_free, c_fixed = np.sqrt(free) / np.pi, np.sqrt(fixed / (2 * np.pi))
        rows.append((norm, c_free, c_fixed, c_free / c_fixed, slope_free, slope_fixed))
    return pd.DataFrame(rows, columns=["lambda", "c_free", "c_fixed", "ratio", "slope_free", "slope_fixed"])


def _psi(x: np.ndarray) -> np.ndarray:
    """1 - tanh(x), without cancellation."""
    return 2 / (1 + np.exp(np.minimum(2 * x, 700)))


def _averages(m: float) -> tuple[np.ndarray, float, float]:
    psi = _psi(m * Z)
    return psi, DENSITY @ (Z * psi), DENSITY @ (psi * (2 - psi))
