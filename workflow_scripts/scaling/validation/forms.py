"""Forms of a learning curve, error against the number of examples: ours, and M1 to M4 of the literature.

M1 to M4 are the estimators of Alabdulmohsin, Neyshabur and Zhai, Revisiting Neural Scaling Laws in Language and Vision
(NeurIPS 2022, arXiv 2209.06640), from their definitions, with eps the error at x examples:

    M1: eps = beta x^c                 M2: eps - eps_inf = beta x^c
    M3: eps = beta (1/x + g)^c         M4: (eps - eps_inf)/(eps_0 - eps)^alpha = beta x^c
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares
from scipy.special import expit, log_expit

from scaling.analysis.robust.departure import Beginning, Departure
from scaling.analysis.robust.thresholds import TOLERANCE

LARGEST_SHARE = 0.999  # of the lowest error: a limit of the error for x to infinity
LARGEST_GUESS = 10.0  # times the largest error: the error of guessing of M4
FARTHEST = 60.0  # of log((eps - eps_inf)/(eps_0 - eps))


@dataclass(frozen=True)
class Fit:
    """A fitted form. predict : log error (natural) at log x [N]; parameters [k] as the form has them."""

    predict: Callable[[np.ndarray], np.ndarray]
    parameters: np.ndarray


def fit_form(name: str, x: np.ndarray, error: np.ndarray) -> Fit:
    """Least squares of the logarithm of the error, from several starts.

    Parameters
    ----------
    name : a key of FORMS. x, error : [N] positive.
    """
    log_x, log_y = np.log(x), np.log(error)
    middle = log_x.mean()
    form = FORMS[name](log_x - middle, log_y)
    fits = [
        least_squares(form.residual, np.clip(start, *form.bounds), bounds=form.bounds, x_scale=form.scale)
        for start in form.starts
    ]
    best = min(fits, key=lambda fit: fit.cost).x
    return Fit(lambda log_x: form.at(best, log_x - middle), best)


class Form(ABC):
    """One form for one curve: t = log x - mean [N], log_y [N]; the first two parameters are height and slope at t = 0.

    bounds : lowest and largest parameters; starts : where a fit may begin; scale : of the parameters.
    """

    def __init__(self, t: np.ndarray, log_y: np.ndarray) -> None:
        self.t, self.log_y = t, log_y
        slope, height = np.polyfit(t, log_y, 1)
        self.line = [height, min(slope, -1e-3)]
        self.bounds = (np.array([-np.inf, -np.inf]), np.array([np.inf, 0.0]))
        self.starts = [np.array(self.line)]
        self.scale: np.ndarray | float = 1.0

    @abstractmethod
    def at(self, parameters: np.ndarray, t: np.ndarray) -> np.ndarray:
        """Log error [N]."""

    def residual(self, parameters: np.ndarray) -> np.ndarray:
        """What is minimised, the sum of its squares."""
        return self.at(parameters, self.t) - self.log_y

    def more(self, low: list[float], high: list[float], starts: list[list[float]]) -> None:
        """Further parameters, and where they may begin; the line is taken of what is above their share of the error."""
        self.bounds = tuple(np.append(old, new) for old, new in zip(self.bounds, (low, high), strict=True))
        self.starts = [np.array([*self.line, *start]) for start in starts]


class M1(Form):
    """A power law."""

    def at(self, parameters: np.ndarray, t: np.ndarray) -> np.ndarray:
        return parameters[0] + parameters[1] * t


class M2(Form):
    """A power law above a limit, as share of the lowest error."""

    def __init__(self, t: np.ndarray, log_y: np.ndarray) -> None:
        super().__init__(t, log_y)
        self.more([0.0], [LARGEST_SHARE], [[0.0], [0.5], [0.9]])

    def at(self, parameters: np.ndarray, t: np.ndarray) -> np.ndarray:
        limit = np.log(max(parameters[2], 1e-300)) + self.log_y.min()
        return np.logaddexp(limit, parameters[0] + parameters[1] * t)


class M3(Form):
    """A power law of 1/x + g; log g in units of 1/mean x."""

    def __init__(self, t: np.ndarray, log_y: np.ndarray) -> None:
        super().__init__(t, log_y)
        self.more([-30.0], [10.0], [[-30.0], [-3.0], [-1.0], [1.0]])

    def at(self, parameters: np.ndarray, t: np.ndarray) -> np.ndarray:
        return parameters[0] - parameters[1] * np.logaddexp(-t, parameters[2])


class M4(Form):
    """With a limit (share of the lowest error), log eps_0/largest error, and alpha."""

    def __init__(self, t: np.ndarray, log_y: np.ndarray) -> None:
        super().__init__(t, log_y)
        starts = [[share, 0.02, alpha] for share in (0.0, 0.5, 0.9) for alpha in (0.1, 1.0)]
        self.more([0.0, 1e-4, 0.0], [LARGEST_SHARE, np.log(LARGEST_GUESS), 10.0], starts)

    def at(self, parameters: np.ndarray, t: np.ndarray) -> np.ndarray:
        height, slope, share, above, alpha = parameters
        lowest, guess = share * np.exp(self.log_y.min()), np.exp(self.log_y.max() + above)
        span = np.log(guess - lowest)
        wanted = height + slope * t - (1 - alpha) * span
        # With eps = lowest + span/(1 + e^-z): log expit(z) - alpha log expit(-z) = wanted, which grows with z.
        grid = np.linspace(-FARTHEST, FARTHEST, 601)
        z = np.interp(wanted, log_expit(grid) - alpha * log_expit(-grid), grid)
        for _ in range(3):  # Newton's, which converges from so close by
            slope = expit(-z) + alpha * expit(z)
            z = np.clip(z - (log_expit(z) - alpha * log_expit(-z) - wanted) / slope, -FARTHEST, FARTHEST)
        return np.log(lowest + np.exp(span + log_expit(z)))


class Ours(Form):
    """A power law that leaves guessing in a way that is fitted, and ends on a floor (analysis.robust.departure).

    The shape has the procedure's prior, weighed against the points' scatter.
    """

    def __init__(self, t: np.ndarray, log_y: np.ndarray) -> None:
        super().__init__(t, log_y)
        lowest, largest = np.exp([log_y.min(), log_y.max()])
        self.departure = Departure(float(lowest), float(largest), Beginning(plateau=True, shape=True))
        low, high = self.departure.bounds
        self.more(list(low), list(high), [list(theta) for theta in self.departure.starts])
        self.scale = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 1 / largest])
        second = np.diff(log_y / np.log(10), 2)
        scatter = 1.4826 * np.median(np.abs(second)) / np.sqrt(6) if second.size else 0.0
        self.sigma = np.log(10) * np.hypot(scatter, TOLERANCE)

    def at(self, parameters: np.ndarray, t: np.ndarray) -> np.ndarray:
        law = (parameters[0] + parameters[1] * t) / np.log(10)
        return np.log(10) * self.departure.seen(law[None], parameters[None, 2:])[0][0]

    def residual(self, parameters: np.ndarray) -> np.ndarray:
        centre, precision = self.departure.prior
        prior = np.sqrt(precision) * (parameters[2:] - centre)
        return np.concatenate([super().residual(parameters) / self.sigma, prior])


FORMS: dict[str, type[Form]] = {"ours": Ours, "M1": M1, "M2": M2, "M3": M3, "M4": M4}
