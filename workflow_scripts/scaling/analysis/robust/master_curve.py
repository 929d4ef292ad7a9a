"""The model of a collapse: learning curves on one master curve by shifts of both axes, with plateau and floor.

Model: log10 L_P(x) = b_P + f(x - a_P), x = log10 lambda, with one smooth f for all P (Eq. 4: f = log10 Phi,
a = log10 lambda_s, b = log10 epsilon_s up to common constants). Any scale that moves with the curve serves for an
exponent: the slope of a_P against log10 P is gamma_2, that of -b_P is gamma. L is the error of the law; the error that
is seen begins at guessing and ends above a floor, at the same heights for all P, which no rescaling collapses
(`departure`). Their parameters are fitted with the rest, always.

What fixes the shifts: along a pure power law of slope -gamma_1 the shifts (da, db) = (d, -gamma_1 d) change nothing;
the elbow, the minimum and the rise decide between them. Where a curve shows none of these the data do not bear its
scale; a weak prior (`PRIOR_WIDTH`) then holds b_P at the logarithm of the smallest error of the curve. Another
(`LAW_WIDTH`) holds a_P and b_P near straight lines in log10 P: where curves fall by little each, floor and scale are
hard to tell apart, and the laws of all P tell.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scaling.analysis.robust.departure import Departure
from scaling.analysis.robust.spline import basis_at, dense, spline_at
from scaling.analysis.robust.thresholds import HUBER, LAW_WIDTH


@dataclass(frozen=True)
class Points:
    """The points of all curves one after another: x [N], owner [N] (index of P, rising), sigma [N]; log10_P [n_P]."""

    x: np.ndarray
    owner: np.ndarray
    sigma: np.ndarray
    log10_P: np.ndarray

    @property
    def starts(self) -> np.ndarray:
        """[n_P] where each curve starts."""
        return np.searchsorted(self.owner, np.arange(self.owner[-1] + 1))

    @cached_property
    def off_laws(self) -> np.ndarray:
        """[n_P, n_P] inverse covariance of a scale's logarithms: about the straight line through them, `LAW_WIDTH`."""
        line = np.stack([np.ones_like(self.log10_P), self.log10_P], axis=1)
        return (np.eye(self.log10_P.size) - line @ np.linalg.pinv(line)) / LAW_WIDTH**2


@dataclass(frozen=True)
class Collapse:
    """Shifts a, b [B, n_P] (both zero for the largest P), theta [B, 4] of the departure, and the master curve's spline.

    f(u) = sum_k c_k beta_3((u - start)/spacing - k), coefficients c [B, K]. weights [N]: of the points, in the fit.
    straight : over how many of its first cells f is a straight line.
    """

    a: np.ndarray
    b: np.ndarray
    theta: np.ndarray
    departure: Departure
    coefficients: np.ndarray
    start: float
    spacing: float
    weights: np.ndarray
    straight: int = 0

    def basis(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return basis_at(u, self.start, self.spacing, self.coefficients.shape[1])

    def law(self, points: Points) -> np.ndarray:
        """log10 of the law's error at the points, [B, N]."""
        index, values, _ = self.basis(points.x - self.a[:, points.owner])
        return self.b[:, points.owner] + spline_at(self.coefficients, index, values)

    def master_at(self, u: np.ndarray) -> np.ndarray:
        """f(u) for places of each sample's own: [B, M] for u [B, M]."""
        index, values, _ = self.basis(u)
        return spline_at(self.coefficients, index, values)

    def master(self, u: np.ndarray) -> np.ndarray:
        """f(u): [B, M] for u [M]."""
        index, values, _ = self.basis(u[None])
        return self.coefficients @ dense(index, values, self.coefficients.shape[1])[0].T

    def slope(self, u: float) -> np.ndarray:
        """f'(u), [B]."""
        index, _, slopes = self.basis(np.full((len(self.a), 1), u))
        return spline_at(self.coefficients, index, slopes)[:, 0]


def misfit(points: Points, y: np.ndarray, state: Collapse) -> np.ndarray:
    """Huber's loss of the residuals of log10 epsilon [B, N], and the priors' of the shape and of the laws, [B]."""
    scaled = np.abs(model_at(points, y, state)[0]) / points.sigma
    centre, precision = state.departure.prior
    prior = 0.5 * (precision * (state.theta - centre) ** 2).sum(axis=1)
    prior += 0.5 * sum(((values @ points.off_laws) * values).sum(axis=1) for values in (state.a, state.b))
    return np.where(scaled <= HUBER, scaled**2 / 2, HUBER * (scaled - HUBER / 2)).sum(axis=1) + prior


def model_at(points: Points, y: np.ndarray, state: Collapse) -> tuple[np.ndarray, ...]:
    """What the model leaves of log10 epsilon [B, N], d seen/d law [B, N], d seen/d theta [B, N, 4], and f's basis."""
    index, values, slopes = state.basis(points.x - state.a[:, points.owner])
    law = state.b[:, points.owner] + spline_at(state.coefficients, index, values)
    seen, share = state.departure.seen(law, state.theta)
    return y - seen, share, state.departure.derivatives(law, state.theta, seen), (index, values, slopes)
