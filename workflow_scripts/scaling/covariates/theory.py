"""The path of minimisers as the norm rises: error against norm at any n, its minimum, its end."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import elementwise

from scaling.core.channel import STANDARD, Quadrature
from scaling.core.errors import BadInput, NotConverged
from scaling.covariates.saddle_point import LOG_K, LOG_KAPPA, LOG_LAM, LOG_TAN, Solved, arc_target, newton, norm_target
from scaling.covariates.spectra import Features

# Anchors are so close that a cubic Hermite polynomial through two of them starts Newton's method close to the solution.
ANCHOR_STEP = 0.4
FIRST_LAM = 1e-3
MOST_ANCHORS = 1000
FLAT = 1e-11  # a slope in arc that is no more than this may be rounding
# The path of non-separable data ends at kappa = 0: this much below what it was at the first anchor nothing changes.
END_OF_KAPPA = 1e-20
# That of separable data goes on to the maximum margin, where kappa stays: d log kappa / d arc above this.
AT_THE_MARGIN = -1e-3


@dataclass(frozen=True)
class Points:
    """Solutions at m points, arrays of shape (m,); slope is d log epsilon / d log |w|."""

    theta: np.ndarray
    lam: np.ndarray
    kappa: np.ndarray
    log_k: np.ndarray
    log_norm: np.ndarray
    slope: np.ndarray

    def __getitem__(self, index) -> "Points":
        return Points(*(getattr(self, name)[index] for name in Points.__dataclass_fields__))

    @property
    def epsilon(self) -> np.ndarray:
        """The error against the (noisy) label, theta / pi."""
        return self.theta / np.pi


@dataclass(frozen=True)
class Path:
    """The minimisers of several n, each followed from small norm upwards, at anchors in arc = log lam - log(kappa)/2.

    first : shape (ns,), the arc of each n's first anchor; the others follow by ANCHOR_STEP.
    unknowns, tangents : shape (anchors, 4, ns), log k divided by 1 + lam; nan beyond the end of a path.
    log_norm : shape (anchors, ns).
    ended : shape (ns,), whether the path came to its end (kappa = 0) and not to the norm asked for.
    """

    features: Features
    n: np.ndarray
    first: np.ndarray
    unknowns: np.ndarray
    tangents: np.ndarray
    log_norm: np.ndarray
    ended: np.ndarray
    quadrature: Quadrature

    @classmethod
    def follow(
        cls, features: Features, ns: Sequence[float], norm: float = np.inf, quadrature: Quadrature = STANDARD
    ) -> "Path":
        """Follow the paths to a norm; without one, to their ends: maximum margin or maximum likelihood.

        Raises
        ------
        BadInput for an n that is not positive; NotConverged naming n.
        """
        n = np.atleast_1d(np.asarray(ns, float))
        if not n.size or not np.all((n > 0) & np.isfinite(n)):
            raise BadInput(f"n = {', '.join(f'{each:g}' for each in n) or 'nothing'}: numbers of patterns above 0")
        separable = n < features.separable_up_to
        guess = _start(features, n)
        first = guess[LOG_LAM] - guess[LOG_KAPPA] / 2
        unknowns, tangents, log_norm = [], [], []
        active, ended, beyond = np.arange(n.size), np.zeros(n.size, bool), np.zeros(n.size, int)
        lowest_kappa = guess[LOG_KAPPA] + np.log(END_OF_KAPPA)
        for i in range(MOST_ANCHORS):
            if i:
                scaled = unknowns[-1] + ANCHOR_STEP * tangents[-1]
                if i > 1:
                    scaled = _hermite(2.0, unknowns[-2], unknowns[-1], tangents[-2], tangents[-1])
                guess = _unscaled(scaled)
            arc = first + i * ANCHOR_STEP
            solved = newton(features, n[active], guess[:, active], arc_target, arc[active], 1e-10, quadrature)
            for values in (unknowns, tangents):
                values.append(np.full((4, n.size), np.nan))
            log_norm.append(np.full(n.size, np.nan))
            unknowns[-1][:, active], tangents[-1][:, active] = _scaled(solved.unknowns, solved.tangents)
            log_norm[-1][active] = solved.log_norm
            ended[active] = ~separable[active] & (solved.unknowns[LOG_KAPPA] < lowest_kappa[active])
            at_margin = separable[active] & (solved.tangents[LOG_KAPPA] > AT_THE_MARGIN)
            reached = solved.log_norm > np.log(norm)
            # one anchor more than needed, so that a cubic leads over the last norm
            beyond[active] += ended[active] | reached | (np.isinf(norm) & at_margin)
            active = active[beyond[active] < 2]
            if not active.size:
                parts = (np.array(values) for values in (unknowns, tangents, log_norm))
                return cls(features, n, first, *parts, ended, quadrature)
        raise NotConverged(f"the path did not end at n = {n[active[0]]:g}, |w| = {np.exp(log_norm[-1][active[0]]):g}")

    @property
    def end(self) -> np.ndarray:
        """log |w| of the last anchor of each n; where `ended`, the norm of maximum likelihood."""
        return np.nanmax(self.log_norm, axis=0)

    @property
    def epsilon_end(self) -> np.ndarray:
        """epsilon of the last anchor of each n, shape (ns,)."""
        last = np.isfinite(self.log_norm).sum(axis=0) - 1
        return np.arctan(np.exp(self.unknowns[last, LOG_TAN, np.arange(self.n.size)])) / np.pi

    def at_norm(self, which: np.ndarray, log_norm: np.ndarray) -> Points:
        """Solve at log |w| = log_norm[i] for n number which[i]; both of shape (m,).

        Raises
        ------
        BadInput for a norm that the path does not reach, or below its first anchor.
        """
        below, beyond = log_norm < self.log_norm[0, which], log_norm > self.end[which]
        if np.any(below | beyond):
            i = np.argmax(below | beyond)
            low, high = np.exp(self.log_norm[0, which[i]]), np.exp(self.end[which[i]])
            path = f"the path runs from {low:.3g} to {high:.6g}"
            why = ", maximum likelihood: no minimiser has a larger norm" if self.ended[which[i]] else ""
            raise BadInput(f"norm {np.exp(log_norm[i]):g} at n = {self.n[which[i]]:g}: {path}{why}")
        anchor = (self.log_norm[:, which] <= log_norm).sum(axis=0) - 1
        anchor = np.minimum(anchor, np.isfinite(self.log_norm[:, which]).sum(axis=0) - 2)
        low, high = self.log_norm[anchor, which], self.log_norm[anchor + 1, which]
        guess = self._between(which, anchor, (log_norm - low) / (high - low))
        return self._points(
            which, newton(self.features, self.n[which], guess, norm_target, log_norm, 1e-10, self.quadrature)
        )

    def at_arc(self, which: np.ndarray, steps: np.ndarray) -> Points:
        """Solve at `steps` anchors (a real number) after the first, for n number which[i]; both of shape (m,).

        The slope is d log epsilon / d arc here.
        """
        anchor = np.minimum(steps.astype(int), np.isfinite(self.log_norm[:, which]).sum(axis=0) - 2)
        guess = self._between(which, anchor, steps - anchor)
        arc = self.first[which] + ANCHOR_STEP * steps
        return self._points(which, newton(self.features, self.n[which], guess, arc_target, arc, 1e-10, self.quadrature))

    def _between(self, which: np.ndarray, anchor: np.ndarray, position: np.ndarray) -> np.ndarray:
        left, right = (self.unknowns[anchor + shift, :, which].T for shift in (0, 1))
        slopes = (self.tangents[anchor + shift, :, which].T for shift in (0, 1))
        return _unscaled(_hermite(position, left, right, *slopes))

    def _points(self, which: np.ndarray, solved: Solved) -> Points:
        log_lam, log_k, log_tan, log_kappa = solved.unknowns
        theta = np.arctan(np.exp(log_tan))
        # d log(theta) / d log(tan theta) = sin(theta) cos(theta) / theta
        slope = solved.tangents[LOG_TAN] * np.sinc(2 * theta / np.pi)
        return Points(theta, np.exp(log_lam), np.exp(log_kappa), log_k, solved.log_norm, slope)

    def optimum(self) -> Points:
        """The minimum of the error along each path that was followed to its end; nan where there is none inside.

        A root of d theta / d arc, so exact; of several minima the deepest. A path may fall to its end: then there is
        no minimum, and the end is no substitute for it; nor is what is flat to rounding.
        """
        slope = self.tangents[:, LOG_TAN]
        anchors, which = np.nonzero((slope[:-1] < -FLAT) & (slope[1:] > FLAT))
        empty = np.full(self.n.size, np.nan)
        best = {name: empty.copy() for name in Points.__dataclass_fields__}
        if anchors.size:
            found = elementwise.find_root(
                lambda steps, path: self.at_arc(path, steps).slope,
                (anchors.astype(float), anchors + 1.0),
                args=(which,),
                tolerances={"xatol": 1e-11, "xrtol": 0, "fatol": 1e-15},
            )
            if not np.all(found.success):
                raise NotConverged(f"the optimal norm was not found at n = {self.n[which[~found.success][0]]:g}")
            points = self.at_arc(which, found.x)
            for i in np.argsort(-points.theta):  # the deepest last
                for name, values in best.items():
                    values[which[i]] = getattr(points, name)[i]
        return Points(**best)


def _scaled(unknowns: np.ndarray, tangents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """log k / (1 + lam) stays smooth where log k grows like lam."""
    lam = np.exp(unknowns[LOG_LAM])
    unknowns, tangents = unknowns.copy(), tangents.copy()
    unknowns[LOG_K] /= 1 + lam
    tangents[LOG_K] = tangents[LOG_K] / (1 + lam) - unknowns[LOG_K] * tangents[LOG_LAM] * lam / (1 + lam)
    return unknowns, tangents


def _unscaled(scaled: np.ndarray) -> np.ndarray:
    unknowns = scaled.copy()
    unknowns[LOG_K] *= 1 + np.exp(unknowns[LOG_LAM])
    return unknowns


def _hermite(position, left, right, slope_left, slope_right):
    """Cubic through two neighbouring anchors, at left + position * ANCHOR_STEP (beyond 1: extrapolation)."""
    t, a, b = position, ANCHOR_STEP * slope_left, ANCHOR_STEP * slope_right
    rise = right - left
    return left + t * (a + t * (3 * rise - 2 * a - b + t * (a + b - 2 * rise)))


def _start(features: Features, n: np.ndarray) -> np.ndarray:
    """Leading order at small lam, the Hebb rule w = sum of y v: shape (4, ns)."""
    s1, s2, f1, f2 = features.moments()
    across = s2 / n + 2 / np.pi * (f2 - f1**2)
    log_kappa = np.log((s2 / n + 2 / np.pi * f2) / FIRST_LAM**2) / 2
    log_tan = np.log(across / (2 / np.pi * f1**2)) / 2
    return np.array([np.full(n.size, np.log(FIRST_LAM)), np.log(s1 / n) - log_kappa, log_tan, log_kappa])
