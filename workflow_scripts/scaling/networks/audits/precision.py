"""Whether cheaper arithmetic changes the science: the same runs trained in float32 and in another precision."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from scaling.analysis.agreement import difference
from scaling.analysis.exponents import SIGMA
from scaling.analysis.mean_curves import run_errors
from scaling.analysis.settings import Exponents
from scaling.core.errors import BadInput
from scaling.networks.audits.sensitivity import both_procedures, in_joint_errors

QUANTITIES = ("gamma_1", "gamma_2", "gamma_pred", "gamma_meas")


def precision_audit(
    trajectories: Mapping[tuple[str, str], pd.DataFrame], settings: Exponents
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare each variant's exponents and curves with the baseline's, for one norm.

    Compared are the runs that both have, of the same P and seeds and not diverged; both are fitted alike. A pair of
    runs shares initial weights, subset and order of the images, but the errors are taken as those of independent runs:
    agreement is asked for within the seeds' scatter.

    Parameters
    ----------
    trajectories : (cell, variant) -> table with columns P, seed, epoch, log10_norm, test_error, diverged, all in one
    norm;
        with the baseline of every cell.

    Returns
    -------
    exponents : one row per cell, variant and procedure: runs (how many are compared), and for gamma_1, gamma_2,
        gamma_pred and gamma_meas the value, `*_baseline`, and `*_shift`, the difference in joint standard errors.
    curves : one row per cell, variant and P: runs (of the variant), and what scaling.analysis.agreement.difference
    gives
        of the mean curves, over the points of the cell's grid of lambda that every run of both reaches.

    Raises
    ------
    BadInput if there is no variant, or one that shares no run with the baseline.
    """
    exponents, curves = [], []
    variants = [key for key in trajectories if key[1] != "baseline"]
    if not variants:
        raise BadInput("cells.*.precision_audit: no cell names a variant to compare with its baseline")
    for cell, variant in variants:
        runs, baseline = _shared(trajectories[cell, variant], trajectories[cell, "baseline"])
        if runs.empty:
            raise BadInput(f"{cell}/{variant}: no run of the same P and seed as one of the baseline")
        where = {"cell": cell, "variant": variant}
        exponents += [where | row for row in _exponents(runs, baseline, settings)]
        curves += [where | row for row in _curves(runs, baseline, settings.grid_points)]
    return pd.DataFrame(exponents), pd.DataFrame(curves)


def _shared(variant: pd.DataFrame, baseline: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The runs that both have: those of the variant, those of the baseline."""
    tables = [table[~table.diverged] for table in (variant, baseline)]
    keys = [pd.MultiIndex.from_frame(table[["P", "seed"]]) for table in tables]
    return tables[0][keys[0].isin(keys[1])], tables[1][keys[1].isin(keys[0])]


def _exponents(runs: pd.DataFrame, baseline: pd.DataFrame, settings: Exponents) -> list[dict]:
    rows = []
    before = both_procedures(baseline, settings).set_index("procedure")
    for row in both_procedures(runs, settings).to_dict("records"):
        base = before.loc[row["procedure"]].to_dict()
        compared = {"procedure": row["procedure"], "runs": runs.groupby(["P", "seed"]).ngroups}
        for key in QUANTITIES:
            compared |= {key: row[key], f"{key}_baseline": base[key]}
            compared |= {f"{key}_shift": in_joint_errors(row, base, key, SIGMA[key])}
        rows.append(compared)
    return rows


def _curves(runs: pd.DataFrame, baseline: pd.DataFrame, grid_points: int) -> list[dict]:
    """How far the mean curves of each P are apart, on the grid that `mean_curves` takes for all these runs."""
    log10_norm = pd.concat([runs, baseline]).query("test_error == test_error").log10_norm
    grid = np.unique(np.linspace(log10_norm.min(), log10_norm.max(), grid_points))
    rows = []
    for P in sorted(runs.P.unique()):
        errors, reference = (run_errors(table[table.P == P], grid) for table in (runs, baseline))
        joint = np.hypot(_standard_error(errors), _standard_error(reference))
        rows.append({"P": P, "runs": len(errors)} | difference(errors.mean(axis=0), reference.mean(axis=0), joint))
    return rows


def _standard_error(errors: np.ndarray) -> np.ndarray:
    """Of the mean over runs [runs, grid]; nan for a single run."""
    if len(errors) < 2:
        return np.full(errors.shape[1], np.nan)
    return errors.std(axis=0, ddof=1) / np.sqrt(len(errors))
