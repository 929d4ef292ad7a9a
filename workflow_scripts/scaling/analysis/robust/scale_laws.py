"""Power laws of the curves' scales with P, with a correction to scaling where the smallest P ask for one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scaling.analysis.robust.thresholds import LEFT_OUT_WIDTH, OFFSET_WIDTH, OMEGAS, STEEPEST


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


@dataclass(frozen=True)
class Offset:
    """A correction that a scale may have, too small for the data to show: size [B] in log10 at the smallest P.

    omega = gamma_2: to first order the offset q of Eq. 3, k P^gamma_2 + q, is such a correction.
    """

    omega: float
    size: np.ndarray


def offsets(
    log10_P: np.ndarray,
    scales: tuple[np.ndarray, np.ndarray],
    noises: tuple[float, float],
    drawn: np.ndarray,
    left_out: bool = False,
) -> tuple[Offset, Offset]:
    """The offsets of lambda_s and of epsilon_s that are most likely, from what the scales and a prior say.

    An offset of lambda_s carries over to the error along the early law, which is common to all P: by -gamma_1. Where
    smaller P were left out, the curves were off the law there, and what bent them goes on beyond: the offsets may be
    larger, and that of the error has a prior of its own, for no law ties the two.

    Parameters
    ----------
    log10_P : [n_P]; scales : log10 of lambda_s and epsilon_s, [B, n_P]; noises : standard errors of their quadratic
        terms (`curvature`); drawn : [2, B] centres of the priors in units of their widths: 0 for the whole sample,
        normal numbers for resamples: what the data do not say widens the intervals; left_out : whether the study has
        smaller P. The widths are `OFFSET_WIDTH`, or `LEFT_OUT_WIDTH` of both.
    """
    mean_a, mean_b = (values.mean(axis=0) - values.mean() for values in scales)
    line = _design(log10_P, None)
    omega = float(np.clip((np.linalg.pinv(line) @ mean_a)[1], OMEGAS[0], OMEGAS[-1]))
    gamma_1 = float(np.clip(-(mean_a @ mean_b) / max(mean_a @ mean_a, 1e-300), 0.0, STEEPEST))
    z = _decay(log10_P, omega)
    rest = z - line @ (np.linalg.pinv(line) @ z)
    width = LEFT_OUT_WIDTH if left_out else OFFSET_WIDTH
    priors = [(width, drawn[0]), (width, drawn[1]) if left_out else (gamma_1 * width, -drawn[0])]
    found = []
    for values, noise, (wide, centre) in zip(scales, noises, priors, strict=True):
        points = max(noise / np.linalg.norm(curvature(log10_P)), 1e-9)
        wide = max(wide, 1e-9)
        precision = rest @ rest / points**2 + wide**-2
        found.append(Offset(omega, (values @ rest / points**2 + centre / wide) / precision))
    return found[0], found[1]


def curvature(log10_P: np.ndarray) -> np.ndarray:
    """What gives, applied to values at the P, the quadratic term of the parabola through them, [n_P]."""
    powers = np.stack([np.ones_like(log10_P), log10_P, log10_P**2], axis=1)
    return np.linalg.pinv(powers)[2]


def fit_scale_law(
    log10_P: np.ndarray, values: np.ndarray, omega: np.ndarray | None = None, offset: Offset | None = None
) -> ScaleLaw:
    """Least squares, sample by sample (power_law.fit_power_law's numbers where omega is None).

    Parameters
    ----------
    log10_P : [n_P], increasing. values : [B, n_P] log10 of the scale; points that are NaN in the first sample are left
        out everywhere.
    omega : [B] of the correction, NaN where there is none; None for pure power laws everywhere.
    offset : of the laws that have no correction.

    Returns
    -------
    ScaleLaw, all NaN with fewer points than three, or four with a correction.

    Notes
    -----
    Correction to scaling: Wegner, Phys. Rev. B 5, 4529 (1972). To first order the offset of Eq. 3 is one as well, with
    omega = gamma_2.
    """
    used = np.isfinite(values[0])
    if offset is not None:
        without = np.full(len(values), True) if omega is None else np.isnan(omega)
        values = values - (np.where(without, offset.size, 0.0)[:, None] * _decay(log10_P, offset.omega))
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
    omega = np.full(len(values), np.nan) if omega is None else omega
    if offset is not None:
        correction = np.where(without & np.isfinite(exponent), offset.size, correction)
        omega = np.where(without, offset.omega, omega)
    return ScaleLaw(exponent, intercept, correction, omega)


def _design(log10_P: np.ndarray, omega: float | None) -> np.ndarray:
    columns = [np.ones_like(log10_P), log10_P] + ([] if omega is None else [_decay(log10_P, omega)])
    return np.stack(columns, axis=1)


def _decay(log10_P: np.ndarray, omega: float | np.ndarray, smallest: float | None = None) -> np.ndarray:
    """(P/P_min)^-omega."""
    return 10.0 ** (-omega * (log10_P - (log10_P[0] if smallest is None else smallest)))
