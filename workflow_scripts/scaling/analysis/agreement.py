"""Whether runs give the curves that they should: two mean curves of one P on the same grid of norms."""

import numpy as np
import pandas as pd

from scaling.analysis.mean_curves import run_errors
from scaling.core.errors import BadInput


def agreement(runs: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """Compare the runs of a cell with the published mean curves, at each P of both.

    Parameters
    ----------
    runs : trajectories of one norm (that of the published curves): P, seed, epoch, log10_norm, test_error, diverged.
    published : mean curves (scaling.sources.published): P, log10_norm, error_mean, runs.

    Returns
    -------
    One row per P: runs, published_runs; error_opt, published_error_opt (the mean curves' smallest errors on the
    published grid); and what `difference` gives over the points of that grid that a run of ours reaches. As in the
    published means, a run counts where it has a norm: one that never leaves random guessing ends at a small norm. The
    standard error of a published mean is not published: it is taken from our runs' scatter and the number of theirs.

    Raises
    ------
    BadInput if no P is in both.
    """
    runs = runs[~runs["diverged"]]
    both = sorted(set(runs["P"]) & set(published["P"]))
    if not both:
        found, wanted = (", ".join(map(str, sorted(set(table["P"])))) for table in (runs, published))
        raise BadInput(f"runs at P = {found}, published curves at P = {wanted}: no P is in both")
    rows = []
    for P in both:
        curve = published[published["P"] == P]
        theirs, published_number = curve["error_mean"].to_numpy(), int(curve["runs"].iloc[0])
        every = published_number or np.nan  # 0: the file does not say how many
        errors = run_errors(runs[runs["P"] == P], curve["log10_norm"].to_numpy())
        count = np.isfinite(errors).sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):  # where no run is, and where one is
            mean = np.nansum(errors, axis=0) / count
            scatter = np.sqrt(np.nansum((errors - mean) ** 2, axis=0) / (count - 1))
            sigma = np.where(count > 1, scatter * np.sqrt(1 / count + 1 / every), np.nan)
        rows.append(
            {
                "P": P,
                "runs": len(errors),
                "published_runs": published_number,
                "error_opt": float(mean[count > 0].min()) if count.any() else np.nan,
                "published_error_opt": float(theirs.min()),
            }
            | difference(mean, theirs, sigma)
        )
    return pd.DataFrame(rows)


def difference(mean: np.ndarray, reference: np.ndarray, sigma: np.ndarray) -> dict[str, float]:
    """How far two mean curves [grid] are apart, at the points where both are known.

    Parameters
    ----------
    sigma : the standard error of their difference: nan where it is not known, 0 where no error scatters (on the plateau
        of guessing), and such a point is left out.

    Returns
    -------
    points (how many), rms_shift and largest_shift (of the difference over its standard error; the largest by absolute
    value, with its sign), rms_relative (of the difference over the reference). What there is nothing for is nan.
    """
    here = np.isfinite(mean - reference) & (sigma != 0)
    apart = (mean - reference)[here]
    shift = apart / sigma[here]
    shift = shift[np.isfinite(shift)]
    return {
        "points": int(here.sum()),
        "rms_shift": _rms(shift),
        "largest_shift": float(shift[np.abs(shift).argmax()]) if shift.size else np.nan,
        "rms_relative": _rms(apart / reference[here]),
    }


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2))) if values.size else np.nan
