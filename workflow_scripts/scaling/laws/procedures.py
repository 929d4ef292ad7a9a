"""Both procedures on curves whose exponents are known, as if they were data: what each returns beside the truth.

The curves are exact: they have no noise and no seeds, and as many points as their theory was asked for. What a
procedure misses here it misses by its window or its model of a curve, and not by want of data.
"""

import numpy as np
import pandas as pd

from scaling.analysis.authors import authors_exponents
from scaling.analysis.mean_curves import mean_curves
from scaling.analysis.robust.procedure import robust_exponents
from scaling.analysis.settings import FitWindow

#: Of the authors' kind: lambda/lambda_opt from and to. Theirs begin at 0.001 to 0.5, and most end at 0.06 to 0.5.
WINDOWS = ((0.03, 0.3), (0.03, 0.5))
#: Of the curves that a room hands over. The last three are true, and the same in all rows of a regime.
KNOWN = ["model", "regime", "P", "log10_norm", "test_error", "gamma_1", "gamma_2", "gamma"]
COLUMNS = [
    *("model", "regime", "P_min", "P_max", "procedure", "x_left", "x_right", "gamma_1", "gamma_1_true"),
    *("gamma_1_over_true", "gamma_2", "gamma_2_true", "gamma_pred", "gamma_meas", "gamma_true", "note"),
]


def returned(known: pd.DataFrame) -> pd.DataFrame:
    """What the procedures return, a row for each regime and each procedure, the authors' for each of WINDOWS.

    Parameters
    ----------
    known : columns KNOWN, of any number of regimes.

    Returns
    -------
    Columns COLUMNS. x_left, x_right : the window in lambda/lambda_opt, the robust procedure's its own. gamma_pred :
    gamma_1 gamma_2. What a procedure refuses is nan; the robust procedure's note says why.
    """
    rows = []
    for (model, regime), curves in known.groupby(["model", "regime"], sort=False):
        truth = {f"{name}_true": float(curves[name].iloc[0]) for name in ("gamma_1", "gamma_2", "gamma")}
        named = {"model": model, "regime": regime, "P_min": curves["P"].min(), "P_max": curves["P"].max()}
        for found in _found(curves):
            rows.append(named | found | truth | {"gamma_1_over_true": found["gamma_1"] / truth["gamma_1_true"]})
    return pd.DataFrame(rows, columns=COLUMNS)


def _found(curves: pd.DataFrame) -> list[dict]:
    runs = curves[["P", "log10_norm", "test_error"]].assign(seed=np.nan, epoch=np.nan)
    runs["epoch"] = runs.groupby("P")["log10_norm"].rank()
    # The grid of the mean curves is that of the curves themselves: nothing is interpolated.
    averaged, optima = mean_curves(runs, runs["log10_norm"].nunique())
    wide = [
        authors_exponents(averaged, optima, FitWindow(x_left=left, x_right=right))[0].iloc[0] for left, right in WINDOWS
    ]
    # The epochs are ranks that keep the points in order: no time in which curves could be compared.
    wide.append(robust_exponents(runs.drop(columns="epoch"), resamples=0, every_range=False).exponents.iloc[0])
    names = ("procedure", "x_left", "x_right", "gamma_1", "gamma_2", "gamma_pred", "gamma_meas", "note")
    return [{name: row.get(name, np.nan) for name in names} for row in wide]
