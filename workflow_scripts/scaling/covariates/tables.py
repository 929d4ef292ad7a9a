"""Tidy tables of the theory: curves, optima, the collapse on the master curve, the flow."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline

from scaling.covariates import population
from scaling.covariates.predictions import predict
from scaling.covariates.scaling_limit import limit, limit_optimum
from scaling.covariates.spectra import Features, power_law
from scaling.covariates.theory import Path, Points

Law = tuple[float, float, float]  # a, delta, noise
STEP = 1.01  # local exponents are differences from n to STEP n
COLLAPSE_RANGE = (0.02, 20.0)  # norm over the optimal one
COLLAPSE_POINTS = 81
LIMIT_LOG_K = np.concatenate([np.linspace(-12, 10, 111), np.geomspace(10.5, 3000, 60)])
FLOW_EVERY = 8  # steps of 2 % in time


def curves(laws: Sequence[Law], ns: Sequence[float], norms: Sequence[float]) -> pd.DataFrame:
    """The error against the norm: a row per law, n and norm that the path reaches.

    Columns: a, delta, noise, n, norm, epsilon (against the noisy label), lam (standard deviation of the output), kappa,
    slope (d log epsilon / d log norm). Accuracy: 1e-10 relative, slope 1e-9.
    """
    tables = []
    for law in laws:
        path = Path.follow(power_law(*law[:2], noise=law[2]), ns, max(norms))
        which, log_norm = (values.ravel() for values in np.meshgrid(range(len(ns)), np.log(norms), indexing="ij"))
        inside = (log_norm >= path.log_norm[0, which]) & (log_norm <= path.end[which])
        which, log_norm = which[inside], log_norm[inside]
        points = path.at_norm(which, log_norm)
        tables.append(
            _of_law(
                law,
                n=path.n[which],
                norm=np.exp(log_norm),
                epsilon=points.epsilon,
                lam=points.lam,
                kappa=points.kappa,
                slope=points.slope,
            )
        )
    return pd.concat(tables, ignore_index=True)


def optima(laws: Sequence[Law], ns: Sequence[float]) -> pd.DataFrame:
    """The minimum over the norm: a row per law and n.

    Columns: a, delta, noise, n, norm_opt, epsilon_opt (nan where the error falls to the end of the path), floor
    (epsilon at n = infinity), gamma_2, gamma (local, from n to 1.01 n; gamma is that of epsilon_opt - floor),
    end_of_path ("maximum margin" or "maximum likelihood"), norm_end (infinite at maximum margin), epsilon_end (of the
    last point followed: within 2e-3 of the maximum margin's). Accuracy: 1e-9 relative, exponents 1e-7, norm_end and
    epsilon_end of maximum likelihood 1e-5.
    """
    tables = []
    for law in laws:
        features = power_law(*law[:2], noise=law[2])
        best, gamma_2, gamma, path = local_optimum(features, ns)
        tables.append(
            _of_law(
                law,
                n=ns,
                norm_opt=np.exp(best.log_norm),
                epsilon_opt=best.epsilon,
                floor=features.floor,
                gamma_2=gamma_2,
                gamma=gamma,
                end_of_path=np.where(path.ended, "maximum likelihood", "maximum margin")[: len(ns)],
                norm_end=np.where(path.ended, np.exp(path.end), np.inf)[: len(ns)],
                epsilon_end=path.epsilon_end[: len(ns)],
            )
        )
    return pd.concat(tables, ignore_index=True)


def local_optimum(features: Features, ns: Sequence[float]) -> tuple[Points, np.ndarray, np.ndarray, Path]:
    """The minima at ns, the local exponents gamma_2 and gamma there, and the paths, those of ns first."""
    here, next_to = slice(0, len(ns)), slice(len(ns), None)
    path = Path.follow(features, np.outer([1, STEP], ns).ravel())
    best = path.optimum()
    gamma_2 = (best.log_norm[next_to] - best.log_norm[here]) / np.log(STEP)
    above = best.epsilon - features.floor
    return best[here], gamma_2, -np.log(above[next_to] / above[here]) / np.log(STEP), path


def collapse(a: float, delta: float, ns: Sequence[float]) -> pd.DataFrame:
    """Curves of region I over their optima, with the master curve.

    Columns: n (infinite for the limit), norm_over_opt (0.02 to 20), epsilon_over_opt. Accuracy: 1e-9; of the limit,
    which is interpolated between its points, 1e-6.

    Raises
    ------
    BadInput outside of region I, or where the error has no minimum.
    """
    norm, epsilon = limit_optimum(a, delta)
    log_x = np.linspace(*np.log(COLLAPSE_RANGE), COLLAPSE_POINTS)
    path = Path.follow(power_law(a, delta), ns)
    best = path.optimum()
    which, shift = (values.ravel() for values in np.meshgrid(range(len(ns)), log_x, indexing="ij"))
    log_norm = best.log_norm[which] + shift
    inside = log_norm <= path.end[which]
    which, shift, log_norm = which[inside], shift[inside], log_norm[inside]
    points = path.at_norm(which, log_norm)
    finite = pd.DataFrame(
        {
            "n": path.n[which],
            "norm_over_opt": np.exp(shift),
            "epsilon_over_opt": points.epsilon / best.epsilon[which],
        }
    )
    curve = limit(a, delta, LIMIT_LOG_K)
    known = np.log(curve.norm / norm), np.log(curve.epsilon / epsilon)
    master = pd.DataFrame(
        {
            "n": np.inf,
            "norm_over_opt": np.exp(log_x),
            "epsilon_over_opt": np.exp(CubicSpline(*known)(log_x)),
        }
    )
    return pd.concat([finite, master], ignore_index=True)


def flow(laws: Sequence[Law], norm: float) -> pd.DataFrame:
    """Gradient flow at n = infinity beside the fixed norm, of the laws without noise.

    Columns: a, delta, time, norm, epsilon, lam, epsilon_fixed (the minimiser of the expected loss at that norm),
    gamma_1 (minus the local slope of epsilon against the norm), gamma_1_predicted. Accuracy: epsilon 1e-3, gamma_1
    1e-3 (time steps of 2 %), epsilon_fixed 1e-6.
    """
    tables = []
    for a, delta, noise in laws:
        if noise:
            continue
        spectrum = power_law(a, delta)
        times, points = population.flow(spectrum, norm)
        fixed = population.path(spectrum, np.linspace(8, -45, 1200))
        kept = slice(FLOW_EVERY, None, FLOW_EVERY)
        slope = np.gradient(np.log(points.epsilon), np.log(points.norm))
        tables.append(
            pd.DataFrame(
                {
                    "a": a,
                    "delta": delta,
                    "time": times[kept],
                    "norm": points.norm[kept],
                    "epsilon": points.epsilon[kept],
                    "lam": points.lam[kept],
                    "epsilon_fixed": np.exp(
                        CubicSpline(np.log(fixed.norm), np.log(fixed.epsilon))(np.log(points.norm[kept]))
                    ),
                    "gamma_1": -slope[kept],
                    "gamma_1_predicted": predict(a, delta).gamma_1,
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def _of_law(law: Law, **columns) -> pd.DataFrame:
    return pd.DataFrame({"a": law[0], "delta": law[1], "noise": law[2], **columns})
