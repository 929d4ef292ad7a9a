"""Networks trained without weight decay from small weights: gradient descent on the layers, with small steps.

The diagonal network u*u - v*v begins at u = v = alpha. Gradient flow keeps u v, so that w = 2 alpha^2 sinh(4 m) with
the accumulated force m (Woodworth et al. 2020), and the steps are taken in m. The quadratic network begins at
W = alpha (unit matrix); a step of size eta on W turns S = W W^T into (1 - eta E) S (1 - eta E), E the gradient.

Each path is followed until its risk has risen above its smallest value, or it rests, or for a number of steps.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
import scipy.sparse.linalg

from scaling.shallow.frontier import Frontier
from scaling.shallow.sensing import Sensing, matrices, vectors

STEP = 0.5  # of the largest stable step
RISEN = 1.08  # a path ends where its risk is this much above its smallest
RESTS, RESTS_STEPS = 1e-3, 1000  # or where norm and risk change by less than the first in so many steps
FACTOR = 1.02  # between recorded norms
LARGEST_CHANGE = 0.2  # of the logarithm of a weight in a step


def diagonal_path(
    g: float, d: int, n: int, noise: float, initial: float, steps: int, sample: int, seed: int
) -> pd.DataFrame:
    """One training of the diagonal network on n Gaussian examples.

    Parameters
    ----------
    initial : alpha, the size of all first weights.

    Returns
    -------
    One row per recorded step, norms rising by FACTOR: n, sample, step, norm, risk, train, frontier, above; risen:
    whether the risk has risen again at the end, so that the path's smallest risk is a minimum.
    """
    target = Frontier(d, g)
    random = np.random.default_rng([seed, 2, n, sample])
    x = random.standard_normal((n, d))
    y = x @ target.l + np.sqrt(noise) * random.standard_normal(n)
    gram, pull, mean_square = x.T @ x / n, x.T @ y / n, float(y @ y / n)
    stable = 1 / float(scipy.sparse.linalg.eigsh(gram, 1, return_eigenvectors=False, tol=1e-3)[0])
    m = np.zeros(d)

    def advance() -> tuple[float, float, float]:
        nonlocal m
        w = 2 * initial**2 * np.sinh(4 * m)
        gradient = gram @ w - pull
        speed = 4 * np.sqrt(w * w + 4 * initial**4).max()  # dw = speed dm
        m = m - min(STEP * stable / speed, LARGEST_CHANGE / 4 / np.abs(gradient).max()) * gradient
        train = w @ (gradient - pull) + mean_square
        return np.abs(w).sum(), np.sum((w - target.l) ** 2), train

    path = _recorded(advance, steps)
    return _beside_frontier(path.assign(n=n, sample=sample), target, f"diagonal network, g = {g:g}, n = {n}")


def quadratic_path(
    g: float, d: int, n: int, noise: float, initial: float, steps: int, sample: int, seed: int
) -> pd.DataFrame:
    """One training of the quadratic network, with as many hidden units as inputs; as `diagonal_path`."""
    target = Frontier(d, g)
    sensing = Sensing.draw(target.l, n, noise, np.random.default_rng([seed, 3, n, sample]), "network")
    stable = 1 / float(scipy.sparse.linalg.eigsh(sensing.gram, 1, return_eigenvectors=False, tol=1e-3)[0])
    S = initial**2 * np.eye(d)

    def advance() -> tuple[float, float, float]:
        nonlocal S
        column = vectors(S[None])[:, 0]
        gradient = sensing.gram @ column - sensing.pull
        force = matrices(gradient[:, None])[0]
        # Frobenius norms bound the largest eigenvalues; that of S is at most its trace.
        eta = min(STEP * stable / min(np.linalg.norm(S), np.trace(S)), LARGEST_CHANGE / 2 / np.linalg.norm(force))
        turned = np.eye(d) - eta * force
        S = turned @ S @ turned
        train = column @ (gradient - sensing.pull) + sensing.mean_square
        return column[_diagonal(d)].sum(), np.sum((column - sensing.target) ** 2), train

    path = _recorded(advance, steps)
    return _beside_frontier(path.assign(n=n, sample=sample), target, f"quadratic network, g = {g:g}, n = {n}")


def _diagonal(d: int) -> np.ndarray:
    row, column = np.triu_indices(d)
    return row == column


def _recorded(advance: Callable[[], tuple[float, float, float]], steps: int) -> pd.DataFrame:
    """Steps of a training whose norm has grown by FACTOR since the last one recorded, the best and the last step."""
    rows, lowest, best, last, before = [], np.inf, None, 0.0, (0.0, 0.0)
    for step in range(steps):
        norm, risk, train = advance()
        if risk < lowest:
            lowest, best = risk, (step, norm, risk, train)
        risen = risk > RISEN * lowest
        rests = False
        if step % RESTS_STEPS == RESTS_STEPS - 1:
            rests = np.allclose((norm, risk), before, rtol=RESTS, atol=0)
            before = norm, risk
        if norm > FACTOR * last or risen or rests or step == steps - 1:
            rows.append((step, norm, risk, train))
            last = norm
        if risen or rests:
            break
    table = pd.DataFrame(sorted({*rows, best}), columns=["step", "norm", "risk", "train"])
    return table.assign(risen=risen)


def _beside_frontier(path: pd.DataFrame, target: Frontier, what: str) -> pd.DataFrame:
    norm, risk = path["norm"].to_numpy(), path["risk"].to_numpy()
    return path.assign(frontier=target.risk(norm), above=target.check(norm, risk, what))
