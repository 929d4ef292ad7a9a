"""Cubic B-splines with evenly spaced knots, for many samples at once."""

import numpy as np

from scaling.analysis.robust.thresholds import ROUGHNESS, STRAIGHTNESS


def basis_at(u: np.ndarray, start: float, spacing: float, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The four cubic B-splines that are not zero at u [B, N]: index, value, derivative, [B, N, 4] each."""
    t = (u - start) / spacing
    cell = np.clip(np.floor(t).astype(int), 1, number - 3)
    r = np.clip(t - cell, -0.5, 1.5)
    q = 1 - r
    values = np.stack([q**3 / 6, 2 / 3 - r**2 + r**3 / 2, 2 / 3 - q**2 + q**3 / 2, r**3 / 6], axis=-1)
    slopes = np.stack([-(q**2) / 2, -2 * r + 1.5 * r**2, 2 * q - 1.5 * q**2, r**2 / 2], axis=-1) / spacing
    return cell[..., None] + np.arange(-1, 3), values, slopes


def dense(index: np.ndarray, values: np.ndarray, number: int) -> np.ndarray:
    """[B, N, K] with the values in their columns."""
    dense = np.zeros((*index.shape[:2], number))
    row = np.arange(index.shape[0] * index.shape[1]).reshape(index.shape[:2])[..., None]
    dense.reshape(-1)[row * number + index] = values
    return dense


def spline_at(coefficients: np.ndarray, index: np.ndarray, values: np.ndarray) -> np.ndarray:
    """sum_k c_k values_k, [B, N]."""
    row = np.arange(len(index))[:, None, None]
    return np.einsum("bnk,bnk->bn", coefficients[row, index], values)


def penalty_of(number: int, straight: int = 0) -> np.ndarray:
    """Inverse covariance [number, number] of the coefficients: smooth, and straight over the first `straight` cells."""
    third = np.diff(np.eye(number), 3, axis=0)
    penalty = third.T @ third / ROUGHNESS**2
    if straight > 1:
        second = np.diff(np.eye(number), 2, axis=0)[:straight]
        penalty += second.T @ second / STRAIGHTNESS**2
    return penalty
