"""Samples: the minimisers themselves at finite n and finite size, beside the theory at the same norm."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from scaling.core.errors import BadInput, NotConverged
from scaling.covariates.spectra import Spectrum
from scaling.covariates.theory import Path

LARGEST_LAM = 16.0  # beyond, the loss of most patterns is below rounding
MOST_STEPS = 60
PRECISION = 1e-8  # of w, relative: the last Newton step


def samples_table(
    spectrum: Spectrum, ns: Sequence[int], samples: int, points: int, lam_max: float, seed: int
) -> pd.DataFrame:
    """Minimisers of the penalised loss of several samples, at the penalties at which the theory has certain lam.

    Parameters
    ----------
    spectrum : of finite size.
    ns : numbers of patterns.
    samples : independent data sets for each n.
    points : penalties for each n, for lam from 0.1 to lam_max (at most 16) evenly in log lam.

    Returns
    -------
    n, sample, penalty, norm, epsilon (against the noisy label), theory (epsilon at that n and that sample's own norm).
    Points beyond the end of the theory's path are left out. Accuracy: norm and epsilon 1e-7 relative, theory 1e-10.

    Raises
    ------
    BadInput for an infinite size or a lam_max that is too large; NotConverged naming n.
    """
    if not np.isfinite(spectrum.size) or np.any(spectrum.g != 1):
        raise BadInput("samples need a spectrum of finite size")
    if not 0.1 < lam_max <= LARGEST_LAM:
        raise BadInput(f"lam_max = {lam_max:g}: between 0.1 and {LARGEST_LAM:g}")
    path, tables = Path.follow(spectrum, ns), []
    for number, n in enumerate(ns):
        penalties = _penalties(path, number, np.geomspace(0.1, lam_max, points))
        for sample in range(samples):
            norm, epsilon = sample_path(spectrum, n, penalties, np.random.default_rng([seed, sample, n]))
            inside = np.log(norm) < path.end[number]
            theory = np.full(norm.size, np.nan)
            theory[inside] = path.at_norm(np.full(inside.sum(), number), np.log(norm[inside])).epsilon
            row = {"n": n, "sample": sample, "penalty": penalties, "norm": norm, "epsilon": epsilon, "theory": theory}
            tables.append(pd.DataFrame(row))
    return pd.concat(tables, ignore_index=True)


def _penalties(path: Path, number: int, lams: np.ndarray) -> np.ndarray:
    """mu of the theory at these lam, as far as the path goes: by the anchors, as any penalty will do."""
    log_lam, scaled_log_k, _, log_kappa = path.unknowns[np.isfinite(path.log_norm[:, number]), :, number].T
    rising = np.append(True, np.diff(np.maximum.accumulate(log_lam)) > 0)
    log_k = scaled_log_k * (1 + np.exp(log_lam))
    log_mu = log_kappa + np.log(path.features.traces(log_kappa).df) - log_k
    inside = np.log(lams) <= log_lam[rising].max()
    return np.exp(np.interp(np.log(lams[inside]), log_lam[rising], log_mu[rising]))


def sample_path(
    spectrum: Spectrum, n: int, penalties: np.ndarray, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw n patterns and minimise sum log(1 + exp(-2 y f)) + (mu/2) |w|^2 at each penalty mu, falling.

    Returns the norms and the errors, each of the shape of `penalties`.
    """
    normal = random.standard_normal((n, spectrum.om.size))
    field = normal @ np.sqrt(spectrum.tau) + np.sqrt(spectrum.u0) * random.standard_normal(n)
    patterns = normal * np.sqrt(spectrum.om) * np.sign(field)[:, None]
    basis = None
    if n < spectrum.om.size:  # the minimiser is a sum of patterns: solve in their span
        basis, triangle = np.linalg.qr(patterns.T)
        patterns = triangle.T
    w, rows = np.zeros(patterns.shape[1]), []
    for penalty in penalties:
        w = minimise(patterns, penalty, w)
        rows.append(_norm_and_error(spectrum, w if basis is None else basis @ w))
    return tuple(np.array(rows).reshape(-1, 2).T)


def minimise(patterns: np.ndarray, penalty: float, start: np.ndarray) -> np.ndarray:
    """The minimiser for patterns y v as rows, by Newton's method with halved steps.

    Raises NotConverged naming the penalty.
    """

    def loss(w):
        return np.logaddexp(0, -2 * (patterns @ w)).sum() + penalty / 2 * (w @ w)

    w, value = start, loss(start)
    for _ in range(MOST_STEPS):
        margins = patterns @ w
        slope = np.exp(np.log(2) - np.logaddexp(0, 2 * margins))  # 1 - tanh
        gradient = penalty * w - slope @ patterns
        weights = slope * (1 + np.tanh(margins))
        hessian = patterns.T @ (weights[:, None] * patterns)
        hessian[np.diag_indices_from(hessian)] += penalty
        try:
            step = cho_solve(cho_factor(hessian, overwrite_a=True), -gradient)
        except LinAlgError:
            break
        size = 1.0
        while (moved := loss(w + size * step)) > value + 1e-4 * size * (gradient @ step) and size > 1e-6:
            size /= 2
        close = np.linalg.norm(step) < PRECISION * np.linalg.norm(w + step)
        w, value = w + (1.0 if close else size) * step, moved
        if close:
            return w
    raise NotConverged(f"the minimiser of {patterns.shape[0]} patterns was not found at penalty {penalty:g}")


def _norm_and_error(spectrum: Spectrum, w: np.ndarray) -> tuple[float, float]:
    """|w| and the angle to the label's field over pi, the latter without the cancellation of arccos."""
    output, teacher = np.sqrt(spectrum.om) * w, np.sqrt(spectrum.tau)
    along = output @ teacher
    across = np.linalg.norm(np.append(output - along * teacher, along * np.sqrt(spectrum.u0)))
    return float(np.linalg.norm(w)), float(np.arctan2(across, along) / np.pi)


def compare(table: pd.DataFrame) -> pd.DataFrame:
    """Mean over samples of log(epsilon / theory) for each n and penalty.

    Returns
    -------
    n, penalty, norm (geometric mean), epsilon (geometric mean), theory (geometric mean), log_ratio, sem, samples.
    """
    logs = table.assign(log_ratio=np.log(table["epsilon"] / table["theory"]))
    for column in ("norm", "epsilon", "theory"):
        logs[column] = np.log(table[column])
    groups = logs.dropna(subset="log_ratio").groupby(["n", "penalty"], sort=False)
    means = groups[["norm", "epsilon", "theory", "log_ratio"]].mean()
    means[["norm", "epsilon", "theory"]] = np.exp(means[["norm", "epsilon", "theory"]])
    return means.assign(sem=groups["log_ratio"].sem(), samples=groups.size()).reset_index()
