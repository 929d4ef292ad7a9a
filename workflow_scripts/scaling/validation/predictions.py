"""Are predictions right? Those of P that were not fitted, on synthetic studies whose curves are known."""

import numpy as np
import pandas as pd

from scaling.analysis.prediction import predictions
from scaling.core.errors import BadInput
from scaling.validation.scenarios import PREDICTED, SCENARIOS
from scaling.validation.synthetic import Truth

AHEAD = 10  # times the largest P: what nobody measured
COLUMNS = ["study", "fitted_to", "P", "quantity", "log10_norm", "truth", "value", "low", "high"]


def validate_predictions(scenario: str, studies: int, resamples: int, seed: int) -> pd.DataFrame:
    """Predict the largest P of synthetic studies from smaller ones, and `AHEAD` times the largest P from all.

    Parameters
    ----------
    scenario : one of PREDICTED. seed : study i is made from the seeds (seed, i), as `coverage.validate` makes it.

    Returns
    -------
    COLUMNS and scenario: the rows of `predictions` with the truth of each. log10_lambda_opt is in decades. Of a
    predicted curve, the points at norms that its measured curve has.

    Raises
    ------
    BadInput for another scenario.
    """
    if scenario not in PREDICTED:
        raise BadInput(f"scenario: {scenario!r} is not one of {', '.join(PREDICTED)}")
    kind = SCENARIOS[scenario]
    tables = []
    for study in range(studies):
        truth, runs = kind.study(seed, study)
        table = predictions(runs.drop(columns="epoch"), [AHEAD * kind.P[-1]], resamples, seed=study)
        table = table[(table["quantity"] != "error") | table["measured"].notna()]
        known = [_known(truth, row.quantity, row.P, row.log10_norm, kind.P[0]) for row in table.itertuples()]
        tables.append(table.assign(study=study, truth=known))
    return pd.concat(tables, ignore_index=True).reindex(columns=COLUMNS).assign(scenario=scenario)


def _known(truth: Truth, quantity: str, P: float, log10_norm: float, smallest_P: float) -> float:
    if quantity == "error":
        return float(10 ** truth.log10_error(log10_norm, P, smallest_P))
    optimum = truth.log10_lambda_opt(P, smallest_P)
    return float(optimum if quantity == "log10_lambda_opt" else 10 ** truth.log10_error(optimum, P, smallest_P))


def prediction_coverage(rows: pd.DataFrame, studies: int) -> pd.DataFrame:
    """How often the intervals of predictions contain the truth.

    Parameters
    ----------
    rows : of `validate_predictions`, of one scenario or several. studies : how many there are of each.

    Returns
    -------
    By scenario, quantity and fitted_to: studies (all), predicted (those with an interval; the rest is of these),
    coverage (share of the intervals that contain the truth) and sigma_coverage (from the scatter between studies: the
    predictions of one study are not independent), bias and half_width (median): of log10_lambda_opt in decades, of
    errors as shares of the truth.
    """
    known = rows.dropna(subset=["low", "high"])
    unit = np.where(known["quantity"] == "log10_lambda_opt", 1.0, known["truth"])
    known = known.assign(
        inside=(known["low"] <= known["truth"]) & (known["truth"] <= known["high"]),
        off=(known["value"] - known["truth"]) / unit,
        half=(known["high"] - known["low"]) / 2 / unit,
    )
    table = []
    for key, part in known.groupby(["scenario", "quantity", "fitted_to"], sort=False):
        each = part.groupby("study")["inside"].mean()
        row = dict(zip(["scenario", "quantity", "fitted_to"], key, strict=True))
        row |= {"studies": studies, "predicted": len(each), "coverage": each.mean()}
        row |= {"sigma_coverage": each.std() / np.sqrt(len(each))}
        table.append(row | {"bias": part["off"].mean(), "half_width": part["half"].median()})
    return pd.DataFrame(table)
