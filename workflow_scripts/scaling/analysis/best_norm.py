"""How the best norm grows with P: a line through the minima, with no window and no law of the curves."""

import numpy as np
import pandas as pd

from scaling.analysis.power_law import PowerLaw, fit_power_law


def best_norm_law(optima: pd.DataFrame) -> tuple[PowerLaw, np.ndarray]:
    """lambda_opt ~ P^x by least squares in log10-log10.

    Parameters
    ----------
    optima : of mean curves (scaling.analysis.mean_curves).

    Returns
    -------
    law : of log10_l_0, the mean over runs of the norm at each run's own minimum, against P; nan where fewer than three
        P have one. (The authors' gamma_2 is of the same numbers, from a P on that is chosen by eye.)
    inside : bool [rows of optima], which P it is of: those of which at least half of the runs have their minimum before
        their last point. At the others the norm is a lower bound.
    """
    inside = (2 * optima["censored"] <= optima["runs"]).to_numpy() & np.isfinite(optima["log10_l_0"].to_numpy(float))
    chosen = optima[inside]
    if chosen["P"].nunique() < 3:
        return PowerLaw(np.nan, np.nan, np.nan, len(chosen)), inside
    return fit_power_law(np.log10(chosen["P"]), chosen["log10_l_0"]), inside
