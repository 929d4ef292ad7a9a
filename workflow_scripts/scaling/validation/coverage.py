"""Are the procedures right? Bias and coverage on synthetic studies whose exponents are known."""

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from scaling.analysis.authors import authors_exponents
from scaling.analysis.exponents import SIGMA
from scaling.analysis.mean_curves import mean_curves
from scaling.analysis.robust.procedure import robust_exponents
from scaling.analysis.settings import FitWindow
from scaling.core.errors import BadInput
from scaling.validation.information import half_widths, has_bound
from scaling.validation.scenarios import SCENARIOS, Scenario
from scaling.validation.synthetic import Truth

QUANTITIES = ["gamma_1", "gamma_2", "gamma_pred", "gamma_meas", "difference"]
ROBUST_ONLY = ["gamma_2_opt", "difference_opt", "gamma_shift"]


def validate(scenario: str, studies: int, resamples: int, seed: int) -> pd.DataFrame:
    """Run both procedures on many studies of one scenario.

    Parameters
    ----------
    scenario : a key of SCENARIOS. seed : study i is made from the seeds (seed, i), whatever the number of studies.

    Returns
    -------
    One row per study, procedure and quantity: scenario, study, procedure, quantity, truth, estimate, low, high (95%:
    the robust procedure's interval; +-1.96 sigma of the authors'), min_P.

    Raises
    ------
    BadInput for an unknown scenario.
    """
    if scenario not in SCENARIOS:
        raise BadInput(f"scenario: {scenario!r} is not one of {', '.join(SCENARIOS)}")
    rows = [row for study in range(studies) for row in _one_study(SCENARIOS[scenario], study, resamples, seed)]
    columns = ["study", "procedure", "quantity", "truth", "estimate", "low", "high", "min_P"]
    return pd.DataFrame(rows, columns=columns).assign(scenario=scenario)


def _one_study(kind: Scenario, study: int, resamples: int, seed: int) -> list[tuple]:
    truth, runs = kind.study(seed, study)
    known = _known(truth)
    # The collapse against epochs is no part of the exponents: without epochs it is not computed.
    robust = robust_exponents(runs.drop(columns="epoch"), resamples, seed=study, every_range=False).exponents.iloc[0]
    authors = _authors(runs, truth)
    rows = []
    for quantity in QUANTITIES + ROBUST_ONLY:
        interval = (robust[f"{quantity}_low"], robust[f"{quantity}_high"])
        rows.append((study, "robust", quantity, known[quantity], robust[quantity], *interval, robust["min_P"]))
    for quantity in QUANTITIES:
        half = 1.96 * authors[SIGMA[quantity]]
        interval = (authors[quantity] - half, authors[quantity] + half)
        rows.append((study, "authors", quantity, known[quantity], authors[quantity], *interval, float(kind.P[0])))
    return rows


def _known(truth: Truth) -> dict[str, float]:
    gamma = dict.fromkeys(["gamma_pred", "gamma_meas", "gamma_shift"], truth.gamma)
    second = dict.fromkeys(["gamma_2", "gamma_2_opt"], truth.gamma_2)
    return {"gamma_1": truth.gamma_1, "difference": 0.0, "difference_opt": 0.0} | gamma | second


def _authors(runs: pd.DataFrame, truth: Truth) -> pd.Series:
    """The authors' procedure with a window that takes knowing the truth: up to two widths below the elbow."""
    elbow = truth.width * np.log(truth.rise / truth.gamma_1)
    window = FitWindow(x_right=10 ** (elbow - 2 * truth.width))
    row = authors_exponents(*mean_curves(runs), window)[0].iloc[0]
    return pd.concat([row, pd.Series({"difference": row["gamma_pred"] - row["gamma_meas"]})])


def coverage_table(studies: pd.DataFrame) -> pd.DataFrame:
    """Bias and coverage by scenario, procedure and quantity.

    Parameters
    ----------
    studies : the rows of `validate`, of one scenario or several.

    Returns
    -------
    studies (all), with_interval (those with a finite estimate and interval; the rest of the columns are of these),
    bias (mean of estimate - truth) and its standard error sigma_bias, scatter (standard deviation of estimate - truth),
    half_width (median of the intervals), coverage (share of the intervals that contain the truth), coverage_low and
    coverage_high (95% interval of that share, Wilson).
    """
    rows = []
    for (scenario, procedure, quantity), all_of_it in studies.groupby(
        ["scenario", "procedure", "quantity"], sort=False
    ):
        part = all_of_it.dropna(subset=["estimate", "low", "high"])
        row = {"scenario": scenario, "procedure": procedure, "quantity": quantity}
        row |= {"studies": len(all_of_it), "with_interval": len(part)}
        if len(part):
            error = part["estimate"] - part["truth"]
            inside = int(((part["low"] <= part["truth"]) & (part["truth"] <= part["high"])).sum())
            share = binomtest(inside, len(part)).proportion_ci(0.95, method="wilson")
            row |= {
                "bias": error.mean(),
                "sigma_bias": error.std() / np.sqrt(len(part)),
                "scatter": error.std(),
                "half_width": ((part["high"] - part["low"]) / 2).median(),
                "coverage": inside / len(part),
                "coverage_low": share.low,
                "coverage_high": share.high,
            }
        rows.append(row)
    return pd.DataFrame(rows)


def with_bounds(table: pd.DataFrame, studies: int, seed: int) -> pd.DataFrame:
    """The table with least_half_width: of any unbiased estimate's intervals, the floor and the offset unknown.

    Parameters
    ----------
    table : of `coverage_table`. studies, seed : of `validate`, so that the bound is that of the same studies.

    Returns
    -------
    The table, with NaN for the authors' procedure (which knows of no floor), for kinds that the bound does not cover
    and for what has no bound (information.QUANTITIES).
    """
    kinds = [name for name in table["scenario"].unique() if has_bound(SCENARIOS[name])]
    least = {name: half_widths(SCENARIOS[name], studies, seed, floor=True, offset=True) for name in kinds}
    column = [
        least.get(row.scenario, {}).get(row.quantity, np.nan) if row.procedure == "robust" else np.nan
        for row in table.itertuples()
    ]
    return table.assign(least_half_width=column)
