"""Networks of finite size trained to the end, with weight decay: the minimum that any descent on the weights reaches.

With weight decay on the layers the diagonal network's minimum is that of the LASSO, and the quadratic network's, if it
has as many hidden units as inputs, that of a convex problem in S = W W^T >= 0. Both are solved as such.
"""

import numpy as np
import pandas as pd
import scipy.sparse.linalg
from sklearn.linear_model import lasso_path

from scaling.core.errors import NotConverged
from scaling.shallow.frontier import Frontier
from scaling.shallow.sensing import Sensing, matrices, vectors

KKT_TOLERANCE = 1e-7  # how far the optimality conditions may be violated, in units of the weight decay's force
STEPS = 50_000


def diagonal_samples(
    g: float, d: int, n: int, weight_decays: list[float], noise: float, samples: int, seed: int
) -> pd.DataFrame:
    """The diagonal network trained on Gaussian examples, one row per sample and weight decay.

    Columns: n, weight_decay, sample, risk, norm, rank (features that are not 0), train, residual (of the optimality
    conditions, in units of the weight decay), frontier (R_f at this norm), above (R - R_f, never negative).
    """
    target, rows = Frontier(d, g), []
    for sample in range(samples):
        random = np.random.default_rng([seed, 0, n, sample])
        x = random.standard_normal((n, d))
        y = x @ target.l + np.sqrt(noise) * random.standard_normal(n)
        decays = np.sort(weight_decays)[::-1]
        _, learned, _ = lasso_path(x, y, alphas=decays, precompute=True, tol=1e-12, max_iter=STEPS)
        errors = y[:, None] - x @ learned
        force = x.T @ errors / n / decays
        residual = np.where(learned != 0, np.abs(force - np.sign(learned)), np.maximum(np.abs(force) - 1, 0)).max(
            axis=0
        )
        table = {
            "weight_decay": decays,
            "sample": sample,
            "risk": np.sum((learned - target.l[:, None]) ** 2, axis=0),
            "norm": np.abs(learned).sum(axis=0),
            "rank": np.count_nonzero(learned, axis=0),
            "train": np.mean(errors**2, axis=0),
            "residual": residual,
        }
        rows.append(pd.DataFrame({"n": n} | table))
    return _checked(pd.concat(rows, ignore_index=True), target, f"diagonal network, g = {g:g}, n = {n}")


def quadratic_samples(
    g: float, d: int, n: int, weight_decays: list[float], noise: float, samples: int, seed: int, design: str = "network"
) -> pd.DataFrame:
    """The quadratic network trained on Gaussian examples; columns as `diagonal_samples`.

    Parameters
    ----------
    design : "network", or "gaussian": the matrices x x^T - 1 replaced by Gaussian ones, for which state evolution
        holds.
    """
    target, rows = Frontier(d, g), []
    for sample in range(samples):
        sensing = Sensing.draw(target.l, n, noise, np.random.default_rng([seed, 1, n, sample]), design)
        learned, residual = minimum(sensing, np.asarray(weight_decays, float))
        rows.append(
            pd.DataFrame(
                {"n": n, "sample": sample} | measured(sensing, learned, weight_decays) | {"residual": residual}
            )
        )
    return _checked(pd.concat(rows, ignore_index=True), target, f"quadratic network, g = {g:g}, n = {n}")


def measured(sensing: Sensing, learned: np.ndarray, weight_decays: list[float]) -> dict[str, np.ndarray]:
    """Risk, norm, rank and training error of matrices S in the coordinates of `sensing`, [D, weight decays]."""
    spectra = np.linalg.eigvalsh(matrices(learned))
    return {
        "weight_decay": np.asarray(weight_decays, float),
        "risk": np.sum((learned - sensing.target[:, None]) ** 2, axis=0),
        "norm": spectra.sum(axis=1),
        "rank": np.sum(spectra > 1e-9 * spectra.max(axis=1, initial=1e-300, keepdims=True), axis=1),
        "train": sensing.train(learned),
    }


def minimum(sensing: Sensing, weight_decays: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The minimum over S >= 0 of half the mean squared error plus lambda Tr S, for several lambda at once.

    Accelerated proximal gradients (Beck and Teboulle 2009), begun anew where the step turns against the gradient
    (O'Donoghue and Candes 2015).

    Returns
    -------
    S in the coordinates of `sensing`, [D, lambda], and the residual of the optimality conditions: the largest
    eigenvalue of the force that is left, over lambda, [lambda].

    Raises
    ------
    NotConverged if a residual stays above KKT_TOLERANCE.
    """
    lipschitz = float(scipy.sparse.linalg.eigsh(sensing.gram, 1, return_eigenvectors=False, tol=1e-3)[0]) * 1.01
    step = 1 / lipschitz
    learned = np.zeros((sensing.target.size, weight_decays.size))
    ahead, momentum = learned.copy(), np.ones(weight_decays.size)
    for _ in range(STEPS):
        gradient = sensing.gram @ ahead - sensing.pull[:, None]
        new = _positive_part(ahead - step * gradient, step * weight_decays)
        moved = new - learned
        turned = np.sum((ahead - new) * moved, axis=0) > 0
        next_momentum = np.where(turned, 1.0, (1 + np.sqrt(1 + 4 * momentum**2)) / 2)
        change = lipschitz * np.abs(ahead - new).max(axis=0)
        ahead = new + np.where(turned, 0.0, (momentum - 1) / next_momentum) * moved
        learned, momentum = new, next_momentum
        if np.all(change < KKT_TOLERANCE * weight_decays):
            return learned, _residual(sensing, learned, weight_decays)
    raise NotConverged(f"the quadratic network's minimum was not reached at weight decays {weight_decays}")


def _positive_part(points: np.ndarray, cut: np.ndarray) -> np.ndarray:
    """The eigenvalues of matrices less `cut`, those below cut off: the proximal step of the trace over S >= 0."""
    sizes, axes = np.linalg.eigh(matrices(points))
    sizes = np.maximum(sizes - cut[:, None], 0)
    return vectors((axes * sizes[:, None, :]) @ axes.transpose(0, 2, 1))


def _residual(sensing: Sensing, learned: np.ndarray, weight_decays: np.ndarray) -> np.ndarray:
    """|(S + force - lambda)_+ - S| over lambda, 0 at the minimum."""
    force = sensing.pull[:, None] - sensing.gram @ learned
    return np.linalg.norm(_positive_part(learned + force, weight_decays) - learned, axis=0) / weight_decays


def _checked(table: pd.DataFrame, target: Frontier, what: str) -> pd.DataFrame:
    """The table with the frontier beside each point; none may lie below it."""
    above = target.check(table["norm"].to_numpy(), table["risk"].to_numpy(), what)
    return table.assign(frontier=target.risk(table["norm"].to_numpy()), above=above)
