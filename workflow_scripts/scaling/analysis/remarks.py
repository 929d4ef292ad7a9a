"""What is odd about curves before anything is fitted to them, a true sentence each."""

import numpy as np
import pandas as pd

from scaling.analysis.facts import facts_of
from scaling.analysis.robust.runs import NO_RUN


def remarks(trajectories: pd.DataFrame) -> list[str]:
    """Sentences about runs that diverged, errors of zero, norms that fall, and errors that rise; none if all is well.

    Parameters
    ----------
    trajectories : columns P, test_error, log10_norm, and seed, epoch, diverged where known.
    """
    keys = [key for key in ("P", "seed") if key in trajectories]
    lost = trajectories["diverged"].astype(bool) if "diverged" in trajectories else pd.Series(False, trajectories.index)
    number = trajectories.groupby(keys, dropna=False).ngroups
    if len(trajectories) and lost.all():
        return [f"all {number} runs diverged" if "seed" in keys else "all runs diverged"]
    kept = trajectories[~lost]
    found = []
    if (zero := kept["test_error"] == 0).any():
        where = ", ".join(f"{P:g}" for P in sorted(kept.loc[zero, "P"].unique()))
        found.append(f"test error 0 at P = {where}: such points have no logarithm and no place in a power law")
    if "epoch" not in trajectories:
        return found
    finite = kept[np.isfinite(kept["log10_norm"]) & np.isfinite(kept["test_error"])]
    runs = [run.sort_values("epoch") for _, run in finite.groupby(keys, dropna=False) if len(run) > 1]
    falling = sum(run["log10_norm"].iloc[-1] < run["log10_norm"].iloc[0] for run in runs)
    rising = sum(run["test_error"].iloc[-1] > run["test_error"].iloc[0] for run in runs)
    if runs and 2 * falling > len(runs):
        found.append(f"norms fall along {falling} of {len(runs)} runs: there is no error against a growing norm")
    fraction = facts_of(trajectories)["highest"] <= 1  # a loss may well end above its beginning
    if runs and 2 * rising > len(runs) and fraction:
        found.append(f"the error rises along {rising} of {len(runs)} runs: is it an accuracy?")
    return found


def with_remarks(note: str | float | None, said: list[str]) -> str | float | None:
    """A note with the remarks before it; what follows from them alone is not said again."""
    if not said:
        return note
    old = note if isinstance(note, str) else ""
    if old == NO_RUN:
        old = ""
    return "; ".join([*said, *([old] if old else [])])
