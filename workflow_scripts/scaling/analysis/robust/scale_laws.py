"""Power laws of the curves' scales with P, with a correction to scaling where the smallest P ask for one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scaling.analysis.robust.thresholds import OMEGAS


@dataclass(frozen=True)
class ScaleLaw:
    """log10 s(P) = intercept + exponent log10 P + correction (P/P_min)^-omega, for B samples ([B] each).

    correction is that of the smallest P of the fit, in log10 units: 0 for a pure power law, whose omega is NaN.
    """

    exponent: np.ndarray
    intercept: np.ndarray
    correction: np.ndarray
    omega: np.ndarray

    def at(self, log10_P: np.ndarray, smallest: float | None = None) -> np.ndarray:
        """log10 s at some P [B, n_P]; smallest : log10 of P_min, the first of these P if they are those of the fit."""
        line = self.intercept[:, None] + self.exponent[:, None] * log10_P
        return line + self.correction[:, None] * _decay(log10_P, np.nan_to_num(self.omega)[:, None], smallest)


def correction_exponent(log10_P: np.ndarray, scales: Sequence[np.ndarray]) -> np.ndarray:
    """The omega that scales of the same curves have in common: that of OMEGAS which leaves the least.

    Parameters
    ----------
    log10_P : [n_P], 5 or more, increasing; scales : log10 of each, [B, n_P].

    Returns
    -------
    omega [B], of the smallest product of the scales' residual sums of squares (the largest profile likelihood, each
    scale with a variance of its own).
    """
    misfit = np.zeros((len(scales[0]), OMEGAS.size))
    for index, omega in enumerate(OMEGAS):
        design = _design(log10_P, omega)
        rest = np.eye(log10_P.size) - design @ np.linalg.pinv(design)
        for values in scales:
            misfit[:, index] += np.log(np.maximum(((values @ rest) ** 2).sum(axis=1), 1e-24))
    return OMEGAS[np.argmin(misfit, axis=1)]


def fit_scale_law(log10_P: np.ndarray, values: np.ndarray, omega: np.ndarray | None = None) -> ScaleLaw:
    """Least squares, sample by sample (power_law.fit_power_law's numbers where omega is None).

    Parameters
    ----------
    log10_P : [n_P], increasing. values : [B, n_P] log10 of the scale; points that are NaN in the first sample are left
        out everywhere.
    omega : [B] of the correction, NaN where there is none; None for pure power laws everywhere.

    Returns
    -------
    ScaleLaw, all NaN with fewer points than three, or four with a correction.

    Notes
    -----
    Correction to scaling: Wegner, Phys. Rev. B 5, 4529 (1972). To first order the offset of Eq. 3 is one as well, with
    omega = gamma_2.
    """
    used = np.isfinite(values[0])
    if omega is not None and np.isnan(omega).all():
        omega = None
    result = np.zeros((3, len(values)))
    if used.sum() < (3 if omega is None else 4):
        result[:] = np.nan
    elif omega is None:
        result[:2] = np.linalg.pinv(_design(log10_P, None)[used]) @ values[:, used].T
    else:
        pure = np.isnan(omega)
        result[:2, pure] = np.linalg.pinv(_design(log10_P, None)[used]) @ values[np.ix_(pure, used)].T
        for each in np.unique(omega[~pure]):
            mine = omega == each
            result[:, mine] = np.linalg.pinv(_design(log10_P, each)[used]) @ values[np.ix_(mine, used)].T
    intercept, exponent, correction = result
    return ScaleLaw(exponent, intercept, correction, np.full(len(values), np.nan) if omega is None else omega)


def _design(log10_P: np.ndarray, omega: float | None) -> np.ndarray:
    columns = [np.ones_like(log10_P), log10_P] + ([] if omega is None else [_decay(log10_P, omega)])
    return np.stack(columns, axis=1)


def _decay(log10_P: np.ndarray, omega: float | np.ndarray, smallest: float | None = None) -> np.ndarray:
    """(P/P_min)^-omega."""
    return 10.0 ** (-omega * (log10_P - (log10_P[0] if smallest is None else smallest)))
