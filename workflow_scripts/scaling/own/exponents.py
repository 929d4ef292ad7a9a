"""The exponents of one's own curves, by the robust procedure, and their picture."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite, nan
from typing import TYPE_CHECKING, Any

import pandas as pd

from scaling.analysis.exponents import long_form, wide_form
from scaling.analysis.facts import facts_of, with_facts
from scaling.analysis.mean_curves import mean_curves
from scaling.analysis.prediction import predictions
from scaling.analysis.remarks import remarks, with_remarks
from scaling.analysis.robust.procedure import robust_exponents
from scaling.core.notation import with_interval

if TYPE_CHECKING:
    from matplotlib.figure import Figure

IDENTITY = {"study": "own", "cell": "own_curves", "variant": "baseline", "norm": "own"}
NAMES = ("gamma_1", "gamma_2", "gamma_pred", "gamma_meas")


@dataclass(frozen=True)
class Number:
    """A value with its interval; NaN where the data do not give one."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """0.118 [0.113, 0.123]."""
        return with_interval(self.value, self.low, self.high) if isfinite(self.value) else "no number"


@dataclass(frozen=True)
class Fit:
    """The exponents of some curves.

    Attributes
    ----------
    gamma_1 : of the early law, error ~ norm^-gamma_1. gamma_2 : of the best norm, lambda_opt ~ P^gamma_2.
    gamma_pred : their product. gamma_meas : of the best error, ~ P^-gamma_meas.
    probability : of a collapse as bad as this one if the laws are right; NaN where it was not judged.
    probability_in_time : the same against training time in place of the norm.
    note : in words, what is missing or out of the ordinary.
    facts : what the errors are (scaling.analysis.facts).
    table : everything that the procedure gives, one row (scaling.analysis.robust.procedure).
    """

    gamma_1: Number
    gamma_2: Number
    gamma_pred: Number
    gamma_meas: Number
    probability: float
    probability_in_time: float
    note: str
    facts: dict[str, Any]
    table: pd.DataFrame = field(repr=False)

    def __str__(self) -> str:
        """A line for each exponent, and what is to be said."""
        lines = [f"{name}: {getattr(self, name)}" for name in NAMES]
        quality = ", against time ".join(
            f"{value:.2g}" if isfinite(value) else "not judged"
            for value in (self.probability, self.probability_in_time)
        )
        lines.append(f"probability of the collapse: {quality}")
        if self.facts["floor"] or self.facts["measure"] != "test error":
            lines.append(f"of the {self.facts['measure']}")
        return "\n".join(lines + ([f"note: {self.note}"] if self.note else []))


def fit(curves: pd.DataFrame, resamples: int = 500, confidence: float = 0.95, seed: int = 0) -> Fit:
    """Fit the exponents by the robust procedure: fixed rules, no window chosen by hand.

    Parameters
    ----------
    curves : as `read_curves` gives them, or any table with columns P, seed, epoch, log10_norm, test_error.
    resamples, confidence, seed : of the bootstrap over seeds.

    Returns
    -------
    Fit. Exponents that the curves do not bear are NaN, and the note says why.
    """
    result = robust_exponents(curves, resamples, confidence, seed).exponents
    note = with_remarks(result["note"].iloc[0], remarks(curves))
    wide = wide_form(with_facts(long_form(result.assign(note=note), IDENTITY), facts_of(curves)))
    row = wide.iloc[0].to_dict()
    numbers = {name: Number(*(float(row.get(f"{name}{end}", nan)) for end in ("", "_low", "_high"))) for name in NAMES}
    quality = (float(row.get(f"collapse_{name}", nan)) for name in ("p", "p_epochs"))
    said = note if isinstance(note, str) else ""
    return Fit(**numbers, **dict(zip(("probability", "probability_in_time"), quality, strict=True)), note=said,
               facts=facts_of(curves), table=wide)  # fmt: skip


def predict(
    curves: pd.DataFrame, P: Sequence[float] = (), resamples: int = 500, confidence: float = 0.95, seed: int = 0
) -> pd.DataFrame:
    """Predict the best norm, the best error and the whole curve at P that were not fitted, with intervals.

    Parameters
    ----------
    curves, resamples, confidence, seed : as `fit` takes them.
    P : sizes that were not measured. Without them the largest measured P are predicted from the smaller ones: the one
        test of the laws that cannot be passed by construction.

    Returns
    -------
    scaling.analysis.prediction.predictions: columns fitted_to, P, quantity (log10_lambda_opt, error_opt, error),
    log10_norm, value, low, high, measured, sigma.
    """
    return predictions(curves, P, resamples, confidence, seed)


def plot(curves: pd.DataFrame, fitted: Fit | None = None) -> "Figure":
    """Learning curves, their collapse, and the best error against P, side by side.

    Parameters
    ----------
    curves : as `fit` takes them. fitted : what `fit` gave; if not given, it is done here.
    """
    from scaling.plotting.panels import Panel
    from scaling.report.picture import draw_picture

    fitted = fit(curves) if fitted is None else fitted
    averaged, optima = (with_facts(table, fitted.facts) for table in mean_curves(curves))
    return draw_picture(Panel("", "", curves=averaged, optima=optima, exponents=fitted.table))
