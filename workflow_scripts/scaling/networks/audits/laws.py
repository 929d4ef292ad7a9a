"""The trained networks for those who compare models: their rows in the table of all laws."""

import numpy as np
import pandas as pd

from scaling.core.notation import with_interval

COLUMNS = [
    *("model", "regime", "gamma_1", "gamma_1_error", "gamma_2", "gamma_2_error", "gamma", "gamma_error"),
    *("q_1", "q_1_error", "q_2", "q_2_error"),
    *("collapse", "minimum", "how", "sentence"),
]
NO_COLLAPSE = "no range of P and norm collapses"  # how the robust procedure's note says it


def laws(exponents: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table of all laws, by the robust procedure.

    Parameters
    ----------
    exponents : the wide form (scaling.analysis.exponents.wide_form), a row for each cell and procedure.

    Returns
    -------
    Columns COLUMNS. Errors are the bootstrap's standard deviations. What the procedure refuses is nan; the sentence
    says why. q_1 : the floor that the procedure fits, beside what was subtracted before; q_2 : where its information
    criterion prefers one (gamma_2 is without it). They have no errors.
    """
    rows = [_row(row) for row in exponents[exponents["procedure"] == "robust"].to_dict("records")]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(row: dict) -> dict:
    sizes, lost = row.get("number_of_P"), row.get("censored_P")
    known = pd.notna(sizes) and pd.notna(lost)
    note = row["note"] if isinstance(row.get("note"), str) else ""
    difference = [row.get(f"difference{end}", np.nan) for end in ("", "_low", "_high")]
    compared = "gamma_1 gamma_2 - gamma cannot be told"
    if np.isfinite(difference[0]):
        compared = f"gamma_1 gamma_2 - gamma = {with_interval(*difference)}"
    return {
        "model": f"network {row['cell']}".replace("_", " "),
        "regime": f"norm {row['norm']}",
        "gamma_1": row.get("gamma_1", np.nan),
        "gamma_1_error": row.get("sigma_1", np.nan),
        "gamma_2": row.get("gamma_2", np.nan),
        "gamma_2_error": row.get("sigma_2", np.nan),
        "gamma": row.get("gamma_meas", np.nan),
        "gamma_error": row.get("sigma_meas", np.nan),
        "q_1": row.get("fitted_floor", np.nan),
        "q_2": 10.0 ** row.get("log10_q_2", np.nan),
        "collapse": ("no" if NO_COLLAPSE in note else "yes") if known else "not measured",
        "minimum": _minimum(sizes, lost) if known else "not measured",
        "how": "measured, robust procedure" + (f", {sizes} P from {row['min_P']:g}" if known else ""),
        "sentence": "; ".join(filter(None, (compared, note))),
    }


def _minimum(sizes: int, lost: int) -> str:
    """At how many P most runs go beyond their minimum."""
    if lost in (0, sizes):
        return "yes" if lost == 0 else "no"
    return f"at {sizes - lost} of {sizes} P"
