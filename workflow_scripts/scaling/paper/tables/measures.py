"""The laws in each measure of the same runs, and in more than one norm: a row for each."""

from collections.abc import Sequence
from math import hypot, nan

import pandas as pd

from scaling.analysis.exponents import IDENTITY, SIGMA, wide_by
from scaling.analysis.facts import facts_of
from scaling.core.notation import with_interval, with_uncertainty

KEY = ("study", "cell", "variant", "norm")
EXPONENTS = ("gamma_1", "gamma_2", "gamma_pred", "gamma_meas")
SYMBOLS = {"gamma_1": "γ₁", "gamma_2": "γ₂", "gamma_pred": "γ_pred", "gamma_meas": "γ_meas"}


def measures_table(exponents: pd.DataFrame) -> pd.DataFrame:
    """One row for each cell, variant and norm of the long table, in their order.

    Returns
    -------
    study, cell, variant, norm, measure, constant (what the best constant answer gets), number_of_P; of the authors'
    procedure the exponents with standard errors and `apart`, gamma_pred - gamma_meas in joint standard errors; of the
    robust one the exponents with _low and _high, floor, p and p_epochs of the collapse, and its note. Columns of a
    procedure end with its name.
    """
    rows = []
    for key, table in wide_by(exponents, KEY).items():
        facts = facts_of(table)
        row = dict(zip(KEY, key, strict=True)) | {name: facts[name] for name in ("measure", "constant")}
        fits = {fit["procedure"]: fit for fit in table.to_dict("records")}
        authors, robust = fits.get("authors", {}), fits.get("robust", {})
        row["number_of_P"] = authors.get("number_of_P")
        row |= {f"{name}_authors": authors.get(name) for each in EXPONENTS for name in (each, SIGMA[each])}
        pred, meas, *sigmas = (
            authors.get(name, nan) for name in ("gamma_pred", "gamma_meas", "sigma_pred", "sigma_meas")
        )
        row["apart_authors"] = (pred - meas) / hypot(*sigmas) if any(sigmas) else nan
        row |= {
            f"{name}{end}_robust": robust.get(f"{name}{end}") for name in EXPONENTS for end in ("", "_low", "_high")
        }
        row |= {
            f"{name}_robust": robust.get(column)
            for name, column in (("floor", "fitted_floor"), ("p", "collapse_p"), ("p_epochs", "collapse_p_epochs"))
        }
        rows.append(row | {"note_robust": robust.get("note")})
    return pd.DataFrame(rows, columns=None if rows else [*IDENTITY, "measure"])


def markdown(table: pd.DataFrame) -> str:
    """The table for people: numbers as 0.59(6) by the authors' procedure, 0.59 [0.5, 0.7] by the robust one."""
    heads = ["cell", "measure", "norm", *(f"{symbol} authors" for symbol in SYMBOLS.values()), "apart"]
    heads += [*(f"{symbol} robust" for symbol in SYMBOLS.values()), "floor", "p, norm", "p, epochs"]
    lines = [_line(heads), _line(["---"] * len(heads))]
    for row in table.to_dict("records"):
        cells = [f"{row['cell']} {row['variant']}".removesuffix(" baseline"), row["measure"].removeprefix("test ")]
        cells = [words.replace("_", " ") for words in (*cells, row["norm"])]
        cells += [with_uncertainty(row[f"{name}_authors"], row[f"{SIGMA[name]}_authors"]) for name in EXPONENTS]
        cells.append(_short(row["apart_authors"], "{:.1f} σ"))
        cells += [with_interval(*(row[f"{name}{end}_robust"] for end in ("", "_low", "_high"))) for name in EXPONENTS]
        cells += [_short(row[f"{name}_robust"], "{:.2g}") for name in ("floor", "p", "p_epochs")]
        lines.append(_line(cells))
    return "\n".join(lines) + "\n"


def _short(value: float | None, form: str) -> str:
    return form.format(value) if pd.notna(value) else ""


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
