"""The perceptron at fixed norm, solved: the generalization error as a function of lambda, its minimum, its limit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scaling.core.errors import BadInput, NotConverged
from scaling.perceptron.saddle_point import STANDARD, Point, Quadrature, newton

ALPHA_RANGE = (0.1, 1e6)
LAMBDA_RANGE = (1e-4, 1e4)  # solve() goes on to 10 alpha where that is more
# Anchors of the continuation: close enough that a cubic Hermite polynomial through two of them starts Newton's method
# inside its quadratic convergence everywhere on the grid.
ANCHOR_STEP = 0.5  # in log lambda
# For 1 << lambda << alpha, epsilon = EARLY_CONSTANT / sqrt(alpha lambda): equations of appendix D with
# Int_0^inf (1 - tanh z)^2 dz = 2 log 2 - 1.
EARLY_CONSTANT = np.sqrt(np.sqrt(np.pi / 2) * (2 * np.log(2) - 1)) / np.pi  # = 0.2214824


@dataclass(frozen=True)
class Solution:
    """The saddle point at fixed norm on a grid; arrays of shape (alphas, lambdas)."""

    alphas: np.ndarray  # (alphas,)
    lambdas: np.ndarray  # (lambdas,)
    theta: np.ndarray  # angle between student and teacher
    log_k: np.ndarray  # log(lambda x)
    dlog_epsilon_dlog_lambda: np.ndarray

    @property
    def epsilon(self) -> np.ndarray:
        """Generalization error arccos(R) / pi, from the angle: no digit is lost as R -> 1."""
        return self.theta / np.pi

    @property
    def overlap(self) -> np.ndarray:
        """R = w.w* / N."""
        return np.cos(self.theta)

    @property
    def log10_x(self) -> np.ndarray:
        """log10 of x = beta (1 - q): x itself overflows."""
        return (self.log_k - np.log(self.lambdas)) / np.log(10)


def solve(alphas: Sequence[float], lambdas: Sequence[float], quadrature: Quadrature = STANDARD) -> Solution:
    """Solve the saddle-point equations at fixed norm on the grid alphas x lambdas.

    Parameters
    ----------
    alphas : P/N, each in 0.1..1e6.
    lambdas : sharpness of the logistic loss (or norm of the student), each from 1e-4 to 1e4 or to 10 alpha,
        whichever is more.
    quadrature : how fine the integrals are.

    Returns
    -------
    Solution, arrays of shape (alphas, lambdas), in the order given. The angle is exact to 1e-11, relative.

    Raises
    ------
    BadInput for an empty grid or a value outside of its range.
    NotConverged, naming alpha and lambda, where Newton's method fails.
    """
    alphas, lambdas = _checked_grids(alphas, lambdas)
    log_lambda = np.log(lambdas)
    branch = Branch.follow(alphas, float(log_lambda.max()), quadrature)
    which, where = np.broadcast_arrays(np.arange(alphas.size)[:, None], log_lambda)
    theta, log_k, slope = branch.at(which.ravel(), where.ravel())
    shape = (alphas.size, lambdas.size)
    return Solution(alphas, lambdas, theta.reshape(shape), log_k.reshape(shape), slope.reshape(shape))


def _checked_grids(alphas: Sequence[float], lambdas: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    alphas, lambdas = np.atleast_1d(np.asarray(alphas, float)), np.atleast_1d(np.asarray(lambdas, float))
    check_alphas(alphas)
    if alphas.ndim > 1 or lambdas.ndim > 1 or not lambdas.size:
        raise BadInput("lambdas: an empty grid; one lambda or more is needed")
    low, high = LAMBDA_RANGE[0], max(LAMBDA_RANGE[1], 10 * alphas.min())
    if not np.all((lambdas >= low) & (lambdas <= high)):
        wrong = lambdas[~((lambdas >= low) & (lambdas <= high))][0]
        raise BadInput(f"lambdas: {wrong:g} is not in {low:g}..{high:g}")
    return alphas, lambdas


def check_alphas(alphas: np.ndarray) -> None:
    """Raise BadInput unless there is one alpha or more and every one is in 0.1..1e6."""
    if not alphas.size:
        raise BadInput("alphas: an empty grid; one alpha or more is needed")
    low, high = ALPHA_RANGE
    if not np.all((alphas >= low) & (alphas <= high)):
        wrong = alphas[~((alphas >= low) & (alphas <= high))][0]
        raise BadInput(f"alphas: {wrong:g} is not in {low:g}..{high:g}")


@dataclass(frozen=True)
class Branch:
    """The solution followed from small lambda upwards, for several alphas at once, at anchors in log lambda.

    `inverse_alphas` may hold 0: the limit alpha -> infinity, in which `lambda` stands for lambda/alpha and the angle
    for alpha times the angle.
    """

    inverse_alphas: np.ndarray  # (alphas,)
    log_lambda: np.ndarray  # (anchors,)
    unknowns: np.ndarray  # (anchors, 2, alphas): log k / (1 + lambda), log of the angle's tangent times alpha
    slopes: np.ndarray  # (anchors, 2, alphas): their derivatives in log lambda
    quadrature: Quadrature

    @classmethod
    def follow(cls, alphas: np.ndarray, log_lambda_max: float, quadrature: Quadrature = STANDARD) -> "Branch":
        """Follow the branch from the Hebb rule, or for an infinite alpha from the early law, to log_lambda_max."""
        inverse = 1 / np.asarray(alphas, float)
        start = np.log(LAMBDA_RANGE[0]) - ANCHOR_STEP / 2
        log_lambda = np.arange(start, log_lambda_max + ANCHOR_STEP, ANCHOR_STEP)
        unknowns = np.empty((log_lambda.size, 2, inverse.size))
        slopes = np.empty_like(unknowns)
        branch = cls(inverse, log_lambda, unknowns, slopes, quadrature)
        all_alphas = np.arange(inverse.size)
        for i, here in enumerate(log_lambda):
            if i == 0:
                guess = _start(inverse, here)
            elif i == 1:
                guess = unknowns[0] + ANCHOR_STEP * slopes[0]
            else:
                guess = _hermite(2.0, unknowns[i - 2], unknowns[i - 1], slopes[i - 2], slopes[i - 1])
            unknowns[i], slopes[i] = branch._newton(all_alphas, np.full(inverse.size, here), guess, 1e-4)
        return branch

    @classmethod
    def to_ten_alpha(cls, alphas: np.ndarray) -> "Branch":
        """Follow the branch to 10 times the largest alpha, beyond every minimum (0.88 alpha, 3.2 at alpha = 0.1)."""
        return cls.follow(alphas, np.log(10 * np.max(np.where(np.isinf(alphas), 1.0, np.maximum(alphas, 1.0)))))

    def at(self, which: np.ndarray, log_lambda: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Solve at log_lambda[i] for alpha number which[i]; both of shape (n,).

        Returns theta (times alpha where that is infinite), log k and d log epsilon / d log lambda, each (n,).
        """
        position = (log_lambda - self.log_lambda[0]) / ANCHOR_STEP
        i = np.clip(position.astype(int), 0, self.log_lambda.size - 2)
        guess = _hermite(
            position - i,
            *(values[i + shift, :, which].T for values in (self.unknowns, self.slopes) for shift in (0, 1)),
        )
        (scaled_log_k, log_vartheta), (_, slope) = self._newton(which, log_lambda, guess, 1e-10)
        inverse = self.inverse_alphas[which]
        tangent = np.exp(log_vartheta)
        theta = np.where(inverse > 0, np.arctan(tangent * inverse), tangent)
        # d log(theta) / d log(tan theta) = sin(theta) cos(theta) / theta, which is 1 at theta = 0
        slope = slope * np.where(inverse > 0, np.sinc(2 * theta / np.pi), 1)
        return theta, scaled_log_k * (1 + np.exp(log_lambda)), slope

    def _newton(
        self, which: np.ndarray, log_lambda: np.ndarray, guess: np.ndarray, tolerance: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Newton's method in log k / (1 + lambda), which stays smooth where log k grows like lambda."""
        inverse = self.inverse_alphas[which]
        point = Point(log_lambda + np.log(np.where(inverse > 0, inverse, 1)), inverse**2)
        scale = np.array([1 + np.exp(log_lambda), np.ones_like(log_lambda)])
        solution, slope = newton(point, guess * scale, tolerance, self.quadrature)
        # d/dlog(lambda) of log k / (1 + lambda)
        lambda_share = np.array([1 - 1 / scale[0], np.zeros_like(log_lambda)])
        return solution / scale, (slope - lambda_share * solution) / scale


def _start(inverse_alphas: np.ndarray, log_lambda: float) -> np.ndarray:
    """Leading order at small lambda: the Hebb rule with q = x; at alpha = infinity the early law."""
    lambda_ = np.exp(log_lambda)
    finite = inverse_alphas > 0
    inverse = np.where(finite, inverse_alphas, 1)
    tangent = np.sqrt(np.pi / 2 * inverse)
    x = np.sqrt(np.pi / 2) * inverse / np.sqrt(1 + tangent**2)
    early = np.pi * EARLY_CONSTANT / np.sqrt(lambda_)
    k = np.where(finite, lambda_ * x, lambda_ * np.sqrt(np.pi / 2))
    return np.array([np.log(k) / (1 + lambda_), np.log(np.where(finite, tangent / inverse, early))])


def _hermite(position, left, right, slope_left, slope_right):
    """Cubic through two neighbouring anchors, at left + position * ANCHOR_STEP (beyond 1: extrapolation)."""
    t, a, b = position, ANCHOR_STEP * slope_left, ANCHOR_STEP * slope_right
    rise = right - left
    return left + t * (a + t * (3 * rise - 2 * a - b + t * (a + b - 2 * rise)))


# ------------------------------------------------------------------------------------------- the minimum


@dataclass(frozen=True)
class Optimum:
    """The minimum of the generalization error over lambda; arrays of shape (alphas,)."""

    log_lambda: np.ndarray
    theta: np.ndarray


def optimum(alphas: Sequence[float]) -> Optimum:
    """The minimum over lambda for each alpha, as the root of d log epsilon / d log lambda.

    (The minimum is flat: the best point of a grid, or a minimiser of epsilon, has half the digits of the root.)

    Parameters
    ----------
    alphas : P/N, 0.1..1e6; numpy.inf gives the limit of lambda_opt / alpha and of alpha theta.

    Raises
    ------
    BadInput for alphas outside of their range, NotConverged naming alpha.
    """
    alphas = np.atleast_1d(np.asarray(alphas, float))
    check_alphas(np.where(np.isposinf(alphas), 1.0, alphas))
    return optimum_on(Branch.to_ten_alpha(alphas))


def optimum_on(branch: Branch) -> Optimum:
    """The minimum over lambda for each alpha of a branch that reaches beyond it."""
    log_lambda = _root_of_slope(branch)
    theta, _, _ = branch.at(np.arange(log_lambda.size), log_lambda)
    return Optimum(log_lambda, theta)


def _root_of_slope(branch: Branch) -> np.ndarray:
    """Zero of d log epsilon / d log lambda from below to above, one per alpha: bracketed secant steps (Illinois)."""
    every = np.arange(branch.inverse_alphas.size)
    rising = np.diff(np.sign(branch.slopes[:, 1]), axis=0) > 0
    if not np.all(rising.sum(axis=0) == 1):
        alpha = 1 / branch.inverse_alphas[rising.sum(axis=0) != 1][0]
        raise NotConverged(f"the generalization error has no single minimum over lambda at alpha = {alpha:g}")
    anchor = rising.argmax(axis=0)
    low, high = branch.log_lambda[anchor], branch.log_lambda[anchor + 1]
    f_low, f_high = branch.slopes[anchor, 1, every], branch.slopes[anchor + 1, 1, every]
    for _ in range(50):
        middle = high - f_high * (high - low) / (f_high - f_low)
        f_middle = branch.at(every, middle)[2]
        crossed = f_middle * f_high < 0
        # When the same end stays twice, halving its value keeps the bracket shrinking from both sides.
        low, f_low = np.where(crossed, high, low), np.where(crossed, f_high, f_low / 2)
        step, high, f_high = np.abs(middle - high), middle, f_middle
        if np.all((step < 1e-11) | (np.abs(f_middle) < 1e-14)):
            return middle
    alpha = 1 / branch.inverse_alphas[np.argmax(step)]
    raise NotConverged(f"lambda_opt was not found at alpha = {alpha:g}")
