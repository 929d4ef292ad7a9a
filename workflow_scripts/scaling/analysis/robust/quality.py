"""How good a collapse is."""

import numpy as np


def houdayer_hartmann(x: list[np.ndarray], y: list[np.ndarray], sigma: list[np.ndarray]) -> float:
    """Quality S of a collapse: the mean of (y - Y)^2 / (dy^2 + dY^2) over the points of all curves.

    Parameters
    ----------
    x, y, sigma : one array per curve, already rescaled; x increasing.

    Returns
    -------
    About 1 for curves that agree within independent errors, much more where they do not; NaN without overlap.
    Errors that are correlated along a curve leave it below 1, because the shifts absorb a part of them.

    Notes
    -----
    Houdayer and Hartmann, Phys. Rev. B 70, 014418 (2004), Eqs. (A1)-(A3). The master value Y at a point of curve i and
    its error dY come from the weighted straight line through the two points of each other curve that bracket it:
    Y = (Kxx Ky - Kx Kxy)/D + x (K Kxy - Kx Ky)/D, dY^2 = (Kxx - 2 x Kx + x^2 K)/D, D = K Kxx - Kx^2,
    K = sum 1/dy^2, Kx = sum x/dy^2, and so on.
    """
    total, number = 0.0, 0
    for i in range(len(x)):
        sums = np.zeros((5, x[i].size))  # K, Kx, Ky, Kxx, Kxy
        for j in range(len(x)):
            if j == i or x[j].size < 2:
                continue
            right = np.searchsorted(x[j], x[i], side="right")
            inside = (right > 0) & (right < x[j].size)
            for k in (np.clip(right - 1, 0, x[j].size - 1), np.clip(right, 0, x[j].size - 1)):
                weight = np.where(inside, sigma[j][k] ** -2.0, 0.0)
                dx = x[j][k] - x[i]  # measured from the point: the line's value there is its intercept
                sums += weight * np.array([np.ones_like(dx), dx, y[j][k], dx**2, dx * y[j][k]])
        K, Kx, Ky, Kxx, Kxy = sums
        D = K * Kxx - Kx**2
        good = (K > 0) & (np.maximum(K * Kxx, 1e-300) * 1e-12 < D)
        with np.errstate(divide="ignore", invalid="ignore"):
            Y, dY2 = (Kxx * Ky - Kx * Kxy) / D, Kxx / D
        terms = (y[i] - Y)[good] ** 2 / (sigma[i][good] ** 2 + dY2[good])
        total, number = total + terms.sum(), number + terms.size
    return float(total / number) if number else np.nan
