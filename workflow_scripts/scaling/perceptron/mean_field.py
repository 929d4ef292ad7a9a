"""Gradient descent at free norm for N to infinity: its dynamical mean-field theory, on a grid in logarithmic time.

w = m w* + v from w = 0; a pattern has the margin D = z m + b.v with z = |N(0,1)| and Gaussian b. A linear scheme in
time, v = L B^T phi(D) with a lower block-triangular L (rows: stages of the scheme), has for N to infinity the exact
equations

    D = m z + omega + R phi(D),  omega ~ N(0, C)     (one effective pattern, vectors over the stages)
    m = L alpha E[phi z],  Sigma = alpha E[phi phi^T],  Gamma = alpha E[d phi / d omega],
    R = (1 - L Gamma)^-1 L,  C = R Sigma R^T,
    lambda^2 = m^2 + C,  epsilon = atan2(sqrt(C), m) / pi   at each stage,

so that only patterns are sampled, no weights. phi = t'(s) (1 - tanh D), with t = t0 (e^s - 1): the flow is stiff in s
and the scheme is Radau IIA, block by block, the averages of a block found by iteration.

Sigma is never factored: F, with Sigma = F F^T, is made of products of the sampled vectors with an orthonormal basis,
which grows as they do (a factorisation amplifies the errors of the iteration, and loses the late dimensions).
"""

from dataclasses import dataclass

import numpy as np

from scaling.core.errors import BadInput, NotConverged
from scaling.perceptron.mean_field_sampling import DIMENSIONS, add_direction, effective_patterns, fixed_point

# Radau IIA of three stages, order 5.
_ROOT6 = np.sqrt(6)
A = np.array(
    [
        [(88 - 7 * _ROOT6) / 360, (296 - 169 * _ROOT6) / 1800, (-2 + 3 * _ROOT6) / 225],
        [(296 + 169 * _ROOT6) / 1800, (88 + 7 * _ROOT6) / 360, (-2 - 3 * _ROOT6) / 225],
        [(16 - _ROOT6) / 36, (16 + _ROOT6) / 36, 1 / 9],
    ]
)
C = np.array([(4 - _ROOT6) / 10, (4 + _ROOT6) / 10, 1.0])
STAGES = 3
STEP = 0.35  # in s
MOST_BLOCKS = 120
PILOT = 1024


@dataclass(frozen=True)
class FreeNorm:
    """The path at the ends of the steps, arrays of shape (steps,)."""

    log_time: np.ndarray
    norm: np.ndarray
    epsilon: np.ndarray
    train_error: np.ndarray


def free_norm(alpha: float, lambda_max: float, patterns: int, seed: int, step: float = STEP) -> FreeNorm:
    """Gradient flow of N to infinity until the norm passes lambda_max.

    Parameters
    ----------
    patterns : sampled effective patterns, a power of 2; the error falls about as 1/patterns.
    seed : of the scrambled Sobol points.
    step : of the grid in s.

    Raises
    ------
    BadInput for an alpha, norm or number that cannot be; NotConverged, naming alpha and lambda.
    """
    if not (0 < alpha < np.inf and 0 < lambda_max <= 1e3) or patterns < 64 or patterns & (patterns - 1):
        raise BadInput(
            f"alpha = {alpha:g}, lambda to {lambda_max:g}, {patterns} patterns: alpha and lambda above 0, lambda at"
            " most 1000, and a power of 2 of patterns, 64 or more"
        )
    # The directions of omega in the order of their weight, from a small run: the first Sobol numbers are the best.
    pilot = _March(alpha, lambda_max, PILOT, seed, step)
    pilot.run()
    rotation = ordered_directions(pilot.R[: pilot.rows, : pilot.rows] @ pilot.F[: pilot.rows])
    march = _March(alpha, lambda_max, patterns, seed, step, rotation, set(pilot.pivots))
    return march.run()


def ordered_directions(rows: np.ndarray) -> np.ndarray:
    """The directions of omega, (DIMENSIONS, DIMENSIONS), by their weight in the factor of its covariance."""
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.linalg.svd(rows / length, full_matrices=True)[2]


class _March:
    """The equations on the grid, block by block."""

    def __init__(self, alpha, lambda_max, patterns, seed, step, rotation=None, pivots=None):
        self.alpha, self.lambda_max, self.step = alpha, lambda_max, step
        size = STAGES * MOST_BLOCKS
        self.z, self.weights, xi = effective_patterns(alpha, lambda_max, patterns, seed)
        self.xi = (xi if rotation is None else xi @ rotation).T.copy()  # (DIMENSIONS, patterns)
        self.R, self.Gamma, self.F = np.zeros((size, size)), np.zeros((size, size)), np.zeros((size, DIMENSIONS))
        self.m, self.phi = np.zeros(size), np.zeros((size, patterns))
        self.basis = np.zeros((DIMENSIONS, patterns))
        self.directions, self.rows = 0, 0
        self.pivots, self.forced = [], pivots  # rows that add a direction to the basis: found, or told
        self.W: list[np.ndarray] = []  # d phi / d omega of each block, (STAGES, columns so far, patterns)
        self.t0 = 0.1 / (1 + np.sqrt(alpha)) ** 2

    def run(self) -> FreeNorm:
        found = []
        with np.errstate(over="ignore"):
            for block in range(MOST_BLOCKS):
                D = self._advance(block)
                end = self.rows - 1
                variance = ((self.R[end, : self.rows] @ self.F[: self.rows]) ** 2).sum()
                norm = np.hypot(self.m[end], np.sqrt(variance))
                log_time = np.log(self.t0 * np.expm1(self.step * (block + 1)))
                error = np.arctan2(np.sqrt(variance), self.m[end]) / np.pi
                found.append((log_time, norm, error, self.weights @ (D[-1] <= 0)))
                if norm > self.lambda_max:
                    return FreeNorm(*np.array(found).T)
        raise NotConverged(f"lambda = {self.lambda_max:g} was not reached at alpha = {self.alpha:g}: {norm:g}")

    def _advance(self, block: int) -> np.ndarray:
        """One block: iterate its averages, then commit the last ones. Returns D of its stages."""
        past, rows = self.rows, slice(self.rows, self.rows + STAGES)
        scale = self.t0 * np.exp(self.step * (block + C))[:, None]  # t'(s)
        self.D = self._extrapolated(block)
        guess = self._guess(block, scale)
        columns = past + STAGES
        # M, Gamma and F in units of their size
        units = np.concatenate(
            [
                np.full(STAGES, self.alpha * scale[-1, 0]),
                np.full(STAGES * columns, self.alpha * scale[-1, 0]),
                np.full(STAGES * DIMENSIONS, np.sqrt(self.alpha) * scale[-1, 0]),
            ]
        )

        def update(unknowns: np.ndarray) -> np.ndarray:
            return self._averages(unknowns * units, past, scale) / units

        solution = fixed_point(update, guess / units)
        if solution is None:
            raise NotConverged(
                f"the averages were not found at alpha = {self.alpha:g}, lambda about {self.m[past - 1]:g}"
            )
        final = self._averages(solution * units, past, scale, commit=True)
        M, Gamma, F = _split(final, columns)
        self.m[rows] = (self.m[past - 1] if past else 0.0) + self.step * A @ M
        self.Gamma[rows, :columns], self.F[rows] = Gamma, F
        self.R[rows, :columns] = self._response(Gamma, past)
        self.rows = columns
        return self.D

    def _extrapolated(self, block: int) -> np.ndarray:
        """The margins of the next stages: as they were a block ago, moved as in the block before."""
        if block < 1:
            return np.zeros((STAGES, self.z.size))
        return np.repeat(self.D[-1:], STAGES, axis=0)

    def _guess(self, block: int, scale: np.ndarray) -> np.ndarray:
        """The averages of the block before, with the growth of t'."""
        columns = self.rows + STAGES
        if block == 0:
            M = self.alpha * scale[:, 0] * np.sqrt(2 / np.pi)
            return np.concatenate([M, np.zeros(STAGES * columns + STAGES * DIMENSIONS)])
        before = slice(self.rows - STAGES, self.rows)
        growth = np.exp(self.step)
        M = np.linalg.solve(
            self.step * A, self.m[before] - (self.m[self.rows - STAGES - 1] if self.rows > STAGES else 0.0)
        )
        Gamma = np.zeros((STAGES, columns))
        Gamma[:, STAGES:] = self.Gamma[before, : self.rows]
        return np.concatenate([M, (growth * Gamma).ravel(), growth * self.F[before].ravel()])

    def _response(self, Gamma: np.ndarray, past: int) -> np.ndarray:
        """Rows of R of the block, (STAGES, past + STAGES)."""
        right = np.zeros((STAGES, past + STAGES))
        right[:, :past] = self.step * A @ (Gamma[:, :past] @ self.R[:past, :past])
        right[:, past:] = self.step * A
        if past:
            right[:, :past] += self.R[past - 1, :past]
        return np.linalg.solve(np.eye(STAGES) - self.step * A @ Gamma[:, past:], right)

    def _averages(self, unknowns: np.ndarray, past: int, scale: np.ndarray, commit: bool = False) -> np.ndarray:
        """From averages of the block to those that its patterns then have."""
        M, Gamma, F = _split(unknowns, past + STAGES)
        R = self._response(Gamma, past)
        here = R[:, past:]
        m = (self.m[past - 1] if past else 0.0) + self.step * A @ M
        factor = R[:, :past] @ self.F[:past] + here @ F
        given = m[:, None] * self.z + factor @ self.xi + R[:, :past] @ self.phi[:past]
        self.D, phi, slope = _margins(given, here, scale, self.D)

        # chi = (1 - R phi')^-1 [X, 1]: how the margins of the block answer to omega at each stage so far
        X = np.zeros((STAGES, past + STAGES, self.z.size), np.float32)
        for i, W in enumerate(self.W):
            part = R[:, STAGES * i : STAGES * (i + 1)].astype(np.float32)
            X[:, : W.shape[1]] += (part @ W.reshape(STAGES, -1)).reshape(STAGES, *W.shape[1:])
        X[np.arange(STAGES), past + np.arange(STAGES)] = 1
        inverse = np.linalg.inv(np.eye(STAGES) - here * slope.T[:, None, :])  # (patterns, STAGES, STAGES)
        moved = (slope.T[:, :, None] * inverse).astype(np.float32)  # phi' (1 - R phi')^-1
        weighted = moved * self.weights.astype(np.float32)[:, None, None]
        found_Gamma = self.alpha * sum(X[k] @ weighted[:, :, k] for k in range(STAGES)).T.astype(float)
        found_M = self.alpha * (phi * self.z) @ self.weights
        found_F, basis, directions, pivots = self._factor(phi)
        if commit:
            self.phi[past : past + STAGES] = phi
            self.W.append(np.einsum("pjk,kcp->jcp", moved, X))
            self.basis, self.directions = basis, directions
            self.pivots += pivots
        return np.concatenate([found_M, found_Gamma.ravel(), found_F.ravel()])

    def _factor(self, phi: np.ndarray) -> tuple[np.ndarray, np.ndarray, int, list[int]]:
        """Rows of F of the block, by Gram-Schmidt twice; the basis with what it adds."""
        vectors = np.sqrt(self.alpha * self.weights) * phi
        basis, directions, pivots = self.basis.copy(), self.directions, []
        rows = np.zeros((STAGES, DIMENSIONS))
        for i, vector in enumerate(vectors):
            number = self.rows + i
            new = None if self.forced is None else number in self.forced
            rows[i], added = add_direction(vector, basis, directions, new)
            if added:
                directions += 1
                pivots.append(number)
        return rows, basis, directions, pivots


def _split(unknowns: np.ndarray, columns: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    M, Gamma, F = np.split(unknowns, [STAGES, STAGES * (1 + columns)])
    return M, Gamma.reshape(STAGES, columns), F.reshape(STAGES, DIMENSIONS)


def _margins(
    given: np.ndarray, here: np.ndarray, scale: np.ndarray, guess: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Solve D = given + here phi(D) for each pattern by Newton's method: D, phi(D), phi'(D) of (STAGES, patterns)."""
    D = guess.copy()
    for _ in range(60):
        small = np.exp(-2 * np.abs(D))
        p = np.where(D > 0, small, 1) / (1 + small)  # 1/(1 + exp(2 D))
        phi, slope = 2 * scale * p, -4 * scale * p * (1 - p)
        residual = D - given - here @ phi
        jacobian = np.eye(STAGES) - here * slope.T[:, None, :]
        change = np.linalg.solve(jacobian, residual.T[:, :, None])[:, :, 0].T
        D -= np.clip(change, -3, 3)
        if np.abs(change).max() < 1e-9:
            small = np.exp(-2 * np.abs(D))
            p = np.where(D > 0, small, 1) / (1 + small)
            return D, 2 * scale * p, -4 * scale * p * (1 - p)
    raise NotConverged("the margins of the effective patterns were not found")
