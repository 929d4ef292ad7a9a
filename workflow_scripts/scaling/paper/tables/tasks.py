"""What the loss that training minimises does to the laws: a row for each cell and loss."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scaling.analysis.best_norm import best_norm_law
from scaling.analysis.exponents import IDENTITY, identity_of, wide_form
from scaling.analysis.facts import facts_of

EXPONENTS = ("gamma_1", "gamma_2", "gamma_pred", "gamma_meas")


def tasks_table(
    tasks: Sequence[str], optima: Sequence[pd.DataFrame], exponents: Sequence[pd.DataFrame]
) -> pd.DataFrame:
    """One row for each of the tables, which stand in the same order.

    Parameters
    ----------
    tasks : what was minimised (scaling.networks.tasks). optima : of mean curves. exponents : long tables.

    Returns
    -------
    study, cell, variant, norm, task, measure; best_norm_exponent, best_norm_sigma: lambda_opt ~ P^x through the minima
    inside the runs (scaling.analysis.best_norm); inside_P, number_of_P: at how many P they are, of how many;
    best_norm_decades: from the smallest to the largest of these best norms; then the robust procedure's exponents, with
    _low and _high, and its note.
    """
    rows = []
    for task, best, long in zip(tasks, optima, exponents, strict=True):
        law, inside = best_norm_law(best)
        norms = best.loc[inside, "log10_l_0"]
        robust = wide_form(long).query("procedure == 'robust'")
        found = robust.iloc[0] if len(robust) else {}
        rows.append(
            identity_of(best)
            | {"task": task, "measure": facts_of(best)["measure"]}
            | {"best_norm_exponent": law.exponent, "best_norm_sigma": law.sigma}
            | {"inside_P": int(inside.sum()), "number_of_P": len(best)}
            | {"best_norm_decades": float(np.ptp(norms)) if len(norms) else np.nan}
            | {f"{name}{end}": found.get(f"{name}{end}", np.nan) for name in EXPONENTS for end in ("", "_low", "_high")}
            | {"note": found.get("note", np.nan)}
        )
    return pd.DataFrame(rows, columns=None if rows else [*IDENTITY, "task"])
