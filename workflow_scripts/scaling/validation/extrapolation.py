"""Public learning curves, error against data only: how well forms that are fitted to a beginning tell the rest."""

from pathlib import Path

import numpy as np
import pandas as pd

from scaling.core.errors import BadInput
from scaling.validation.forms import FORMS, fit_form

#: The columns of the benchmark of Alabdulmohsin, Neyshabur and Zhai (2022), and what they are called here.
COLUMNS = {
    "Domain": "domain",
    "Task": "task",
    "Model": "model",
    "Seen Examples": "P",
    "Loss": "error",
    "Training": "fitted",
}
CURVE = ["domain", "task", "model"]
FEWEST = 6  # points to fit: ours has six parameters


def read_benchmark(folder: str | Path) -> pd.DataFrame:
    """The learning curves in a folder's CSV files.

    Returns
    -------
    domain, task, model (which together name a curve), P, error, fitted (True: to be fitted, False: to be predicted).

    Raises
    ------
    BadInput (one line) for a folder without such files, or a file with other columns or with numbers that are none.
    """
    files = sorted(Path(folder).glob("*.csv"))
    if not files:
        raise BadInput(f"{folder}: no .csv file; learning curves with columns {', '.join(COLUMNS)} are expected")
    tables = []
    for file in files:
        table = pd.read_csv(file)
        if missing := [name for name in COLUMNS if name not in table]:
            raise BadInput(f"{file}: no column {missing[0]}; needed are {', '.join(COLUMNS)}")
        table = table[list(COLUMNS)].rename(columns=COLUMNS)
        for name in ("P", "error"):
            numbers = pd.to_numeric(table[name], errors="coerce")
            if not ((numbers > 0) & (numbers < np.inf)).all():
                raise BadInput(f"{file}: allowed in P (Seen Examples) and error (Loss): numbers more than 0")
            table[name] = numbers.astype(float)
        if not table["fitted"].isin([0, 1]).all():
            raise BadInput(f"{file}: allowed in Training: 1 (to be fitted) and 0 (to be predicted)")
        tables.append(table.astype({"fitted": bool}))
    curves = pd.concat(tables, ignore_index=True)
    for key, curve in curves.groupby(CURVE, sort=False):
        if (known := int(curve["fitted"].sum())) < FEWEST or known == len(curve):
            raise BadInput(
                f"{folder}: {'/'.join(map(str, key))} has {known} points to be fitted of {len(curve)}; "
                f"{FEWEST} are needed, and one to be predicted"
            )
    return curves


def extrapolation(curves: pd.DataFrame) -> pd.DataFrame:
    """Fit every form to the beginning of every curve, and predict its rest.

    Parameters
    ----------
    curves : as `read_benchmark` gives them.

    Returns
    -------
    domain, task, model, form, fitted_points, predicted_points; rmse_fitted and rmse (of the points to be predicted):
    root mean square of log(predicted/measured); rank of the form's rmse on the curve (1: best; equal ones share the
    mean of their ranks).
    """
    rows = []
    for key, curve in curves.groupby(CURVE, sort=False):
        begin, end = (curve[curve["fitted"] == side].sort_values("P") for side in (True, False))
        for name in FORMS:
            fit = fit_form(name, begin["P"].to_numpy(), begin["error"].to_numpy())
            inside, outside = (
                float(np.sqrt(np.mean((fit.predict(np.log(part["P"].to_numpy())) - np.log(part["error"])) ** 2)))
                for part in (begin, end)
            )
            rows.append((*key, name, len(begin), len(end), inside, outside))
    numbers = ["fitted_points", "predicted_points", "rmse_fitted", "rmse"]
    table = pd.DataFrame(rows, columns=[*CURVE, "form", *numbers])
    # Nested forms may give one and the same curve: they differ by the solver's rounding.
    return table.assign(rank=table["rmse"].round(7).groupby([table[name] for name in CURVE]).rank())


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Medians over the curves, of all and of each domain.

    Returns
    -------
    domain ("all" first), form, curves (their number), median_rmse, median_rank, mean_rank.
    """
    rows = []
    for domain, part in [("all", table), *table.groupby("domain", sort=False)]:
        for form, of_form in part.groupby("form", sort=False):
            medians = of_form["rmse"].median(), of_form["rank"].median(), of_form["rank"].mean()
            rows.append((domain, form, len(of_form), *medians))
    return pd.DataFrame(rows, columns=["domain", "form", "curves", "median_rmse", "median_rank", "mean_rank"])
