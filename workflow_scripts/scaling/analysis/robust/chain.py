"""One chain from mean curves to exponents, the same for the whole sample and for every resample.

mean curves -> collapse (scales of both axes) -> early power law of the master curve, smooth minima -> exponents.

Which number heads the row. gamma_2 is the exponent of lambda_s(P), the shift that the whole curve asks for: under
Eq. 4 every scale of the curve goes like lambda_opt, and this one does not hang on where a flat, noisy minimum happens
to lie (on synthetic studies it scatters three times less than the minimum's). gamma_meas is the exponent of
epsilon_opt(P), the value of the smooth minimum, which flatness does not spoil. Beside them stand the other two:
gamma_2_opt from lambda_opt(P) and gamma_shift from the vertical shifts. If the curves collapse and their early law is
the same for all P, gamma_1 gamma_2 = gamma follows; the difference gamma_pred - gamma_meas tests just that.
"""

from dataclasses import dataclass, replace

import numpy as np

from scaling.analysis.robust.bootstrap import resample_counts, widen
from scaling.analysis.robust.collapse import (
    Collapse,
    Points,
    collapse,
    collapse_resamples,
    largest_kappa,
    law_error,
)
from scaling.analysis.robust.early_law import early_power_law
from scaling.analysis.robust.optimum import smooth_minimum
from scaling.analysis.robust.quality import houdayer_hartmann
from scaling.analysis.robust.runs import RunCurves, log10_mean_curves, log10_standard_errors
from scaling.analysis.robust.scale_laws import ScaleLaw, correction_exponent, fit_scale_law
from scaling.analysis.robust.thresholds import MASTER_POINTS, RISE, TOLERANCE


@dataclass(frozen=True)
class Estimates:
    """What the chain gives for B samples.

    exponents : {name: [B]}, and the window of the early law. log10_lambda_opt, log10_error_opt : [B, n_P], NaN where
    censored. laws : of the scales "lambda_s", "lambda_opt", "error_opt", "error_s".
    """

    exponents: dict[str, np.ndarray]
    log10_lambda_opt: np.ndarray
    log10_error_opt: np.ndarray
    collapsed: Collapse
    laws: dict[str, ScaleLaw]


@dataclass(frozen=True)
class Sample:
    """The whole sample's curves in some range of P and norm, and what resamples take over from it.

    saturates : whether the bend into a plateau is part of the model (collapse). corrected : whether the scales' power
    laws have a correction (scale_laws).
    """

    curves: RunCurves
    y: np.ndarray
    points: Points
    index: tuple[np.ndarray, np.ndarray]
    censored: np.ndarray
    lowest: np.ndarray
    collapsed: Collapse
    u: np.ndarray
    saturates: bool = False
    corrected: bool = False

    @property
    def log10_P(self) -> np.ndarray:
        """[n_P]."""
        return np.log10(self.curves.P)

    @property
    def law(self) -> np.ndarray:
        """log10 of the law's own error [1, n_P, G]: the curves without their bend into a plateau."""
        return law_error(self.y, self.collapsed.kappa)

    @property
    def minima(self) -> tuple[np.ndarray, np.ndarray]:
        """log10 lambda_opt and log10 epsilon_opt of the smooth minima [n_P], censored or not."""
        location, error, _ = _minima(self.curves, self.law)
        return location[0], error[0]

    @property
    def begins_on_plateau(self) -> bool:
        """Whether kappa is as large as it may be (collapse.largest_kappa)."""
        largest = largest_kappa(self.y[0][self.index])
        return self.saturates and bool(self.collapsed.kappa[0] >= largest * (1 - 1e-6))

    def scale_laws(self) -> tuple[ScaleLaw, ScaleLaw]:
        """Of the shifts of both axes, lambda_s and epsilon_s."""
        shifts = (self.collapsed.a, self.collapsed.b)
        omega = correction_exponent(self.log10_P, shifts) if self.corrected else None
        return fit_scale_law(self.log10_P, shifts[0], omega), fit_scale_law(self.log10_P, shifts[1], omega)

    def chi2(self, by_power_laws: bool = True) -> float:
        """Quality of the collapse (Houdayer and Hartmann's S).

        With `by_power_laws` the axes are rescaled by the power laws through the shifts, as in a finite-size scaling
        plot: it then also judges whether the scales follow power laws. Without, each curve keeps its own two shifts: it
        judges the shape alone. NaN if the curves begin on the plateau.
        """
        if self.begins_on_plateau:
            return np.nan
        shifts = [self.collapsed.a[0], self.collapsed.b[0]]
        if by_power_laws:
            shifts = [law.at(self.log10_P)[0] for law in self.scale_laws()]
        y, law = (values[0][self.index] for values in (self.y, self.law))
        sigma = self.points.sigma * 10.0 ** (law - y)  # d log epsilon_law / d log epsilon = 1/(1 - kappa epsilon)
        parts = [self.points.owner == i for i in range(self.curves.P.size)]
        return houdayer_hartmann(
            [self.points.x[part] - shifts[0][i] for i, part in enumerate(parts)],
            [law[part] - shifts[1][i] for i, part in enumerate(parts)],
            [sigma[part] for part in parts],
        )


class NoCommonLaw(Exception):
    """No two collapsed curves share a stretch, so that there is no law that they have in common."""


def prepare(curves: RunCurves, saturates: bool = False) -> Sample:
    """Collapse the whole sample's mean curves; NoCommonLaw where no two of them meet.

    Points: every grid point of the mean curves up to where the error has risen by `RISE` beyond its minimum (what comes
    after is overfitting, which Eqs. 2-4 do not describe). Their standard error: the root mean square of the seeds'
    along the curve, and `TOLERANCE`, in quadrature.
    """
    y = log10_mean_curves(curves)
    curves = replace(curves, mask=_until_rise(y[0], curves.mask))
    y = np.where(curves.mask, y, np.nan)
    _, error, at_end = _minima(curves, y)
    index = np.nonzero(curves.mask)
    variance = np.array(
        [np.nanmean(row[mask] ** 2) for row, mask in zip(log10_standard_errors(curves), curves.mask, strict=True)]
    )
    points = Points(curves.grid[index[1]], index[0], np.sqrt(np.nan_to_num(variance) + TOLERANCE**2)[index[0]])
    share = np.bincount(curves.owner, curves.last_is_best, curves.P.size) / curves.runs
    # A mean curve says by itself whether it still falls; of single seeds more than half must have reached theirs.
    censored = at_end[0] | ((share >= 0.5) & curves.seeds)
    lowest = np.where(np.isfinite(error[0]), error[0], np.nanmin(y[0], axis=1))
    collapsed = collapse(points, y[0][index], lowest, saturates)
    span = points.x - collapsed.a[0, points.owner]
    u = np.linspace(span.min(), span.max(), 4 * MASTER_POINTS)
    # Only where two curves or more meet is there a common law.
    number = sum(
        (u >= span[points.owner == i].min()) & (u <= span[points.owner == i].max()) for i in range(curves.P.size)
    )
    common = u[number >= min(2, curves.P.size)]
    if not common.size:
        raise NoCommonLaw
    bottom = common[np.argmin(collapsed.master(common)[0])]
    u = np.linspace(common[0], bottom, MASTER_POINTS)
    return Sample(curves, y, points, index, censored, lowest, collapsed, u, saturates)


def collapse_again(sample: Sample, y: np.ndarray) -> Collapse:
    """The collapse of resampled curves y [B, n_P, G]."""
    _, lowest, _ = _minima(sample.curves, y)
    lowest = np.where(np.isfinite(lowest), lowest, sample.lowest)
    return collapse_resamples(sample.points, y[:, *sample.index], lowest, sample.collapsed, sample.saturates)


def estimate(sample: Sample, y: np.ndarray | None = None) -> Estimates:
    """Run the chain on the whole sample (y None) or on resampled curves y [B, n_P, G] of it."""
    collapsed = sample.collapsed if y is None else collapse_again(sample, y)
    y = sample.y if y is None else y
    location, error, _ = _minima(sample.curves, law_error(y, collapsed.kappa))
    location = np.where(sample.censored, np.nan, location)
    error = np.where(sample.censored, np.nan, error)
    gamma_1, left, right = early_power_law(sample.u, collapsed.master(sample.u))
    log10_P, scales = sample.log10_P, {"lambda_s": collapsed.a, "error_s": collapsed.b}
    omega = correction_exponent(log10_P, list(scales.values())) if sample.corrected else None
    scales |= {"lambda_opt": location, "error_opt": error}
    laws = {name: fit_scale_law(log10_P, values, omega) for name, values in scales.items()}
    gamma_2, gamma_2_opt = laws["lambda_s"].exponent, laws["lambda_opt"].exponent
    gamma_meas = -laws["error_opt"].exponent
    exponents = {
        "gamma_1": gamma_1,
        "gamma_2": gamma_2,
        "gamma_pred": gamma_1 * gamma_2,
        "gamma_meas": gamma_meas,
        "difference": gamma_1 * gamma_2 - gamma_meas,
        "gamma_2_opt": gamma_2_opt,
        "gamma_pred_opt": gamma_1 * gamma_2_opt,
        "difference_opt": gamma_1 * gamma_2_opt - gamma_meas,
        "gamma_shift": -laws["error_s"].exponent,
        "left": left,
        "right": right,
    }
    return Estimates(exponents, location, error, collapsed, laws)


def resampled_curves(sample: Sample, resamples: int, seed: int) -> np.ndarray:
    """Mean curves [B, n_P, G] of seeds drawn with replacement within each P."""
    counts = resample_counts(sample.curves.runs, resamples, np.random.default_rng(seed))
    return widen(log10_mean_curves(sample.curves, counts), sample.y, sample.curves.runs)


def resample(sample: Sample, resamples: int, seed: int) -> Estimates:
    """Bootstrap the seeds through the whole chain, all resamples at once."""
    return estimate(sample, resampled_curves(sample, resamples, seed))


def _minima(curves: RunCurves, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    each = [smooth_minimum(curves.grid, y[:, index], mask) for index, mask in enumerate(curves.mask)]
    location, error, at_end = (np.stack(parts, axis=1) for parts in zip(*each, strict=True))
    return location, error, at_end


def _until_rise(y: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """One stretch of points for each P: around its minimum, to the right until the error has risen by RISE."""
    result = np.zeros_like(mask)
    for row, (known, heights) in enumerate(zip(mask, y, strict=True)):
        inside = np.flatnonzero(known)
        if inside.size == 0:
            continue
        lowest = inside[np.argmin(heights[inside])]
        holes = np.flatnonzero(~known)
        first = holes[holes < lowest].max(initial=-1) + 1
        risen = np.flatnonzero(~known | (heights > heights[lowest] + RISE))
        last = risen[risen > lowest].min(initial=known.size)
        result[row, first:last] = True
    return result
