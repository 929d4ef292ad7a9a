"""The authors' own mean curves (their public repository, folder analysis/) in the tables of this study."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scaling.analysis.mean_curves import OPTIMA_COLUMNS
from scaling.core.errors import BadInput
from scaling.sources.facts import CLASSES
from scaling.sources.pickled import read_pickled

KEYS = ["P_arr", "log_x_grid", "mean_val_error_arr", "l_0_arr"]


def read_published_curves(file: str | Path, index: int | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mean curves and optima of one row of the paper's tables, with the columns of `mean_curves`.

    Parameters
    ----------
    file : a pickled dictionary: P_arr [P], log_x_grid (the lambda grid itself) [grid], mean_val_error_arr
        [P, grid], l_0_arr [P] and, where the authors took it from elsewhere than these curves, eps_lam_star_P_arr [P];
        with a first axis more where the file holds several variants or norms.
    index : which of those; None where there is no such axis.

    Returns
    -------
    curves, optima : as `mean_curves` gives them. What a mean curve does not tell is nan: the standard errors and the
        numbers of diverged, censored and turned runs. `runs` is the number of seeds of the study. error_opt is the
        file's eps_lam_star_P_arr: the minimum of the mean curve, except that the files of several norms hold one for
        all of them (the smallest error knows no norm; each grid samples it a little differently).

    Raises
    ------
    BadInput (one line) for a file that is not such a dictionary.
    """
    content = read_pickled(file)
    if not isinstance(content, dict) or (missing := [key for key in KEYS if key not in content]):
        what = f"no {', '.join(missing)}" if isinstance(content, dict) else f"a {type(content).__name__}"
        raise BadInput(f"{file}: {what}; a dictionary with {', '.join(KEYS)} is expected")
    try:
        P = np.asarray(content["P_arr"], int)
        grid = _part(content["log_x_grid"], index, 1)
        error = _part(content["mean_val_error_arr"], index, 2)
        l_0 = _part(content["l_0_arr"], index, 1)
        smallest = content["eps_lam_star_P_arr"] if "eps_lam_star_P_arr" in content else np.nanmin(error, axis=-1)
        error_opt = _part(smallest, index, 1)
    except (TypeError, ValueError, IndexError) as problem:
        raise BadInput(f"{file}: not numbers, or not of the shape expected ({problem})") from None
    if error.shape != (P.size, grid.size) or l_0.shape != P.shape or error_opt.shape != P.shape:
        raise BadInput(
            f"{file}: mean_val_error_arr {error.shape}, l_0_arr {l_0.shape} and eps_lam_star_P_arr {error_opt.shape} "
            f"do not fit {P.size} values of P and a grid of {grid.size}"
        )
    if not (np.all(grid > 0) and np.isfinite(error).any(axis=1).all()):
        raise BadInput(f"{file}: every lambda of log_x_grid must be positive, and every P have an error at one of them")
    runs = np.size(content.get("seed_arr", []))
    optima = {
        "P": P,
        "log10_lambda_opt": np.log10(grid)[np.nanargmin(error, axis=1)],
        "error_opt": error_opt,
        "log10_l_0": np.log10(l_0),
        "runs": runs,
    }
    return _curves(P, np.log10(grid), error, runs), pd.DataFrame(optima).reindex(columns=OPTIMA_COLUMNS)


def curves_as_trajectories(curves: pd.DataFrame, cell: str) -> pd.DataFrame:
    """Mean curves as a trajectories table of one run without a seed per P (there are no epochs).

    guess : 1 - 1/classes of the cell's data set (FAMILY_DATASET).
    """
    runs = curves.rename(columns={"error_mean": "test_error"})[["P", "log10_norm", "test_error"]]
    return runs.assign(seed=np.nan, diverged=False, guess=1 - 1 / CLASSES[cell.split("_")[1]])


def _part(values: Any, index: int | None, dimensions: int) -> np.ndarray:
    values = np.asarray(values, float)
    return values[index] if index is not None and values.ndim > dimensions else values


def _curves(P: np.ndarray, log10_grid: np.ndarray, error: np.ndarray, runs: int) -> pd.DataFrame:
    row, column = np.nonzero(np.isfinite(error))
    return pd.DataFrame(
        {
            "P": P[row],
            "log10_norm": log10_grid[column],
            "error_mean": error[row, column],
            "error_sem": np.nan,
            "runs": runs,
        }
    )
