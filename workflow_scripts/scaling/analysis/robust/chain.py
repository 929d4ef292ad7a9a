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

from scaling.analysis.robust.bootstrap import again
from scaling.analysis.robust.collapse import collapse, straightened
from scaling.analysis.robust.departure import Beginning, Departure
from scaling.analysis.robust.early_law import early_law_window
from scaling.analysis.robust.master_curve import Collapse, Points
from scaling.analysis.robust.means import log10_mean_curves, log10_standard_errors
from scaling.analysis.robust.optimum import smooth_minimum
from scaling.analysis.robust.quality import houdayer_hartmann
from scaling.analysis.robust.run_curves import RunCurves
from scaling.analysis.robust.scale_laws import ScaleLaw, correction_exponent, curvature, fit_scale_law, offsets
from scaling.analysis.robust.thresholds import (
    BEND,
    FEWEST_P_CORRECTED,
    FLAT,
    KEPT,
    LEAST_SHARE,
    LEVEL_GROUND,
    MASTER_POINTS,
    RISE,
    SLOPE_WIDTH,
    STRAIGHT,
    TOLERANCE,
)


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
class Drawn:
    """Mean curves y [B, n_P, G] of runs drawn counts [B, runs] times; their collapses, the first by any shape too.

    offset : [2, B] centres of the priors of the scales' offsets (scale_laws.offsets).
    """

    counts: np.ndarray
    y: np.ndarray
    collapsed: Collapse
    free: Collapse
    offset: np.ndarray


@dataclass(frozen=True)
class Sample:
    """The whole sample's curves in some range of P and norm, and what resamples take over from it.

    free : the collapse by a master curve of any shape; collapsed : by one that is straight over the first part (`KEPT`)
    of the early law's window, and before it. window : its left and right edge, None where there is no early law.
    corrected : whether the scales' power laws have a correction (scale_laws). bends : standard errors of the quadratic
    terms of the two scales' laws, from resamples: each resample chooses anew whether it takes the correction.
    left_out : how many smaller P the study has. drawn : the resamples, if there are any.
    """

    curves: RunCurves
    y: np.ndarray
    points: Points
    index: tuple[np.ndarray, np.ndarray]
    censored: np.ndarray
    lowest: np.ndarray
    collapsed: Collapse
    free: Collapse
    u: np.ndarray
    window: tuple[float, float] | None = None
    corrected: bool = False
    bends: tuple[float, float] | None = None
    left_out: int = 0
    drawn: "Drawn | None" = None

    @property
    def log10_P(self) -> np.ndarray:
        """[n_P]."""
        return np.log10(self.curves.P)

    @property
    def law(self) -> np.ndarray:
        """log10 of the law's own error [1, n_P, G]: the curves without their bend into a plateau."""
        return self.collapsed.departure.law(self.y, self.collapsed.theta)

    @property
    def minima(self) -> tuple[np.ndarray, np.ndarray]:
        """log10 lambda_opt and log10 epsilon_opt of the smooth minima [n_P], censored or not."""
        location, error, _ = minima_of(self.curves, self.law)
        return location[0], error[0]

    def scale_laws(self) -> tuple[ScaleLaw, ScaleLaw]:
        """Of the shifts of both axes, lambda_s and epsilon_s."""
        shifts = (self.collapsed.a, self.collapsed.b)
        omega = correction_exponent(self.log10_P, shifts) if self.corrected else None
        return fit_scale_law(self.log10_P, shifts[0], omega), fit_scale_law(self.log10_P, shifts[1], omega)

    def bent(self, collapsed: Collapse) -> np.ndarray:
        """Significance of the quadratic terms of both scales' laws, the larger of the two, [B]."""
        sigma = self.bends or (np.inf, np.inf)
        both = [np.abs(values @ curvature(self.log10_P)) for values in (collapsed.a, collapsed.b)]
        return np.maximum(*(value / max(each, 1e-300) for value, each in zip(both, sigma, strict=True)))

    def chi2(self, by_power_laws: bool = True) -> float:
        """Quality of the collapse (Houdayer and Hartmann's S).

        With `by_power_laws` the axes are rescaled by the power laws through the shifts, as in a finite-size scaling
        plot: it then also judges whether the scales follow power laws. Without, each curve keeps its own two shifts: it
        judges the shape alone.
        """
        shifts = [self.collapsed.a[0], self.collapsed.b[0]]
        if by_power_laws:
            shifts = [law.at(self.log10_P)[0] for law in self.scale_laws()]
        law = self.law[0][self.index]
        share = self.collapsed.departure.seen(law[None], self.collapsed.theta)[1][0]
        sigma = self.points.sigma / np.maximum(share, LEAST_SHARE)
        parts = [(self.points.owner == i) & (share >= LEAST_SHARE) for i in range(self.curves.P.size)]
        return houdayer_hartmann(
            [self.points.x[part] - shifts[0][i] for i, part in enumerate(parts)],
            [law[part] - shifts[1][i] for i, part in enumerate(parts)],
            [sigma[part] for part in parts],
        )


class NoCommonLaw(Exception):
    """No two collapsed curves share a stretch where a law can be seen, so that they have none in common; says why."""

    def __init__(self, floor: float | None = None):
        meet = "no two curves meet where a law can be seen: off the error of guessing, and off the floor"
        most = "more than half of the error wherever a law could be seen: none is told"
        super().__init__(meet if floor is None else f"a floor of {floor:.3g} fits, {most}")


def prepare(curves: RunCurves, beginning: Beginning | None = None) -> Sample:
    """Collapse the whole sample's mean curves; NoCommonLaw where no two of them meet.

    beginning : by default as `beginning_of` finds it.

    Points: every grid point of the mean curves up to where the error has risen by `RISE` beyond its minimum (what comes
    after is overfitting, which Eqs. 2-4 do not describe). Their standard error: the root mean square of the seeds'
    along the curve, and `TOLERANCE`, in quadrature.
    """
    y = log10_mean_curves(curves)
    curves = replace(curves, mask=_until_rise(y[0], curves.mask))
    y = np.where(curves.mask, y, np.nan)
    _, error, at_end = minima_of(curves, y)
    index = np.nonzero(curves.mask)
    errors = np.nan_to_num(log10_standard_errors(curves))
    points = Points(curves.grid[index[1]], index[0], np.hypot(errors, TOLERANCE)[index[0]], np.log10(curves.P))
    share = np.bincount(curves.owner, curves.last_is_best, curves.P.size) / curves.runs
    # A mean curve says by itself whether it still falls; of single seeds more than half must have reached theirs.
    censored = at_end[0] | ((share >= 0.5) & curves.seeds)
    lowest = np.where(np.isfinite(error[0]), error[0], np.nanmin(y[0], axis=1))
    seen = y[0][index]
    beginning = beginning_of(curves) if beginning is None else beginning
    departure = Departure(float(10.0 ** lowest.min()), float(10.0 ** seen.max()), beginning)
    free = collapse(points, seen, lowest, departure, minima=2 * at_end.sum() <= at_end.size)
    u = _common_stretch(points, seen, free)
    return with_window(Sample(curves, y, points, index, censored, lowest, free, free, u))


def with_window(sample: Sample, tolerance: float = STRAIGHT, share: float = KEPT) -> Sample:
    """The sample collapsed by a master curve that is straight over the first `share` of the early law's window."""
    window = early_law_window(sample.u, sample.free.master(sample.u)[0], tolerance)
    if window is None:
        return replace(sample, collapsed=sample.free, window=None)
    left, right = window
    seen = sample.y[0][sample.index]
    straight = straightened(sample.points, seen, sample.lowest, sample.free, left + share * (right - left))
    return replace(sample, collapsed=straight, window=window)


def _common_stretch(points: Points, seen: np.ndarray, free: Collapse) -> np.ndarray:
    """[MASTER_POINTS] places of the master curve up to its minimum, where two curves or more meet, off the plateau.

    Only there is a law that curves have in common.
    """
    span = points.x - free.a[0, points.owner]
    u = np.linspace(span.min(), span.max(), 4 * MASTER_POINTS)

    def where_two_meet(shown: np.ndarray) -> np.ndarray:
        curves = [span[shown & (points.owner == i)] for i in range(free.a.shape[1])]
        number = sum((u >= mine.min(initial=np.inf)) & (u <= mine.max(initial=-np.inf)) for mine in curves)
        return u[number >= min(2, len(curves))]

    law = free.departure.law(seen[None], free.theta)
    share = free.departure.seen(law, free.theta)[1][0]
    common = where_two_meet(share >= LEAST_SHARE)
    if not common.size:
        floor = float(free.departure.floor(free.theta)[0])
        above = np.maximum(10.0**seen - floor, 1e-3 * 10.0**seen) / 10.0**seen
        off_guessing = share / above >= LEAST_SHARE
        # Told only where it is so: curves that meet near guessing as well as near the floor are hidden by both.
        if where_two_meet(off_guessing).size and not where_two_meet(off_guessing & (above >= LEAST_SHARE)).size:
            raise NoCommonLaw(floor)
        raise NoCommonLaw
    bottom = common[np.argmin(free.master(common)[0])]
    return np.linspace(common[0], bottom, MASTER_POINTS)


def estimate(sample: Sample, drawn: Drawn | None = None) -> Estimates:
    """Run the chain on the whole sample (drawn None) or on resamples of it."""
    collapsed = sample.collapsed if drawn is None else drawn.collapsed
    y = sample.y if drawn is None else drawn.y
    location, error, _ = minima_of(sample.curves, collapsed.departure.law(y, collapsed.theta))
    location = np.where(sample.censored, np.nan, location)
    error = np.where(sample.censored, np.nan, error)
    left, right = sample.window or (np.nan, np.nan)
    gamma_1 = -collapsed.slope(left) if sample.window else np.full(len(collapsed.a), np.nan)
    log10_P, scales = sample.log10_P, {"lambda_s": collapsed.a, "error_s": collapsed.b}
    omega, known = None, {}
    if sample.bends is not None:
        centres = np.zeros((2, 1)) if drawn is None else drawn.offset
        both = offsets(log10_P, (collapsed.a, collapsed.b), sample.bends, centres, sample.left_out > 0)
        known = dict(zip(("lambda_s", "error_s", "lambda_opt", "error_opt"), both * 2, strict=True))
    if sample.bends is not None and log10_P.size >= FEWEST_P_CORRECTED:
        bent = np.array([sample.corrected])
        if drawn is not None:
            bent = sample.bent(collapsed) > again(BEND, bent)
        omega = np.where(bent, correction_exponent(log10_P, list(scales.values())), np.nan)
    scales |= {"lambda_opt": location, "error_opt": error}
    laws = {name: fit_scale_law(log10_P, values, omega, known.get(name)) for name, values in scales.items()}
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
        "left": np.full(len(gamma_1), left),
        "right": np.full(len(gamma_1), right),
    }
    return Estimates(exponents, location, error, collapsed, laws)


def minima_of(curves: RunCurves, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    each = [smooth_minimum(curves.grid, y[:, index], mask) for index, mask in enumerate(curves.mask)]
    location, error, at_end = (np.stack(parts, axis=1) for parts in zip(*each, strict=True))
    return location, error, at_end


def beginning_of(curves: RunCurves, guess: float | None = None) -> Beginning:
    """How curves begin: on a plateau if its height is told, or if most of them begin flat, at one height.

    Flat is a slope that is small (`FLAT`) beside the curve's steepest, both over `SLOPE_WIDTH`. Guessing is as wrong at
    every P: where the flat beginnings lie at different heights (`LEVEL_GROUND`) they are features of the law.
    """
    if guess is not None:
        return Beginning(guess, plateau=True, shape=True)
    step = max(round(SLOPE_WIDTH / (curves.grid[1] - curves.grid[0])), 1)
    each = [heights[known] for heights, known in zip(log10_mean_curves(curves)[0], curves.mask, strict=True)]
    falls = [(heights[0], heights[:-step] - heights[step:]) for heights in each if heights.size > step]
    flat = [first for first, fall in falls if fall[0] < FLAT * fall.max()]
    found = 2 * len(flat) > len(falls) and bool(np.ptp(flat) <= LEVEL_GROUND)
    return Beginning(plateau=found, shape=found)


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
