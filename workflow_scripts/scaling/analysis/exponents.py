"""The table of exponents: one row for each number, with what it belongs to; and its pivot, one row for each fit.

A procedure gives one wide row, with its exponents, their errors and the choices behind them in columns. Files hold the
long form: study, cell, variant, norm, procedure, quantity, value, sigma, low, high, note. Tables, audits and figures
are pivots of it. A table may say besides what the errors are (scaling.analysis.facts).
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from scaling.analysis.facts import facts_of

#: What a trajectory, a curve, an exponent belongs to. study: "trained", "published", "recorded/NAME", "external/NAME".
IDENTITY = ["study", "cell", "variant", "norm"]
COLUMNS = [*IDENTITY, "procedure", "quantity", "value", "sigma", "low", "high", "note"]
#: The standard error of a quantity, as the wide form names it. The authors' `sigma` is that of gamma_pred - gamma_meas.
SIGMA = {
    "gamma_1": "sigma_1",
    "gamma_2": "sigma_2",
    "gamma_pred": "sigma_pred",
    "gamma_meas": "sigma_meas",
    "difference": "sigma",
    "gamma_2_opt": "sigma_2_opt",
}
#: Two numbers agree that are no more of their difference's standard errors apart.
AGREE = 2.0
WITH_INTERVAL = [*SIGMA, "gamma_pred_opt", "difference_opt", "gamma_shift"]
COUNTS = ["number_of_P", "censored_P"]


def identity_of(table: pd.DataFrame) -> dict[str, str]:
    """The one identity of a table's rows.

    Raises
    ------
    ValueError if the table has rows of more than one.
    """
    found = table[IDENTITY].drop_duplicates()
    if len(found) != 1:
        raise ValueError(f"one {'/'.join(IDENTITY)} is needed, the table has {len(found)}")
    return {name: str(value) for name, value in found.iloc[0].items()}


def identified(table: pd.DataFrame, identity: Mapping[str, str]) -> pd.DataFrame:
    """The table with the identity in its first columns."""
    return pd.concat(
        [
            pd.DataFrame({name: identity[name] for name in IDENTITY}, index=table.index),
            table.drop(columns=IDENTITY, errors="ignore"),
        ],
        axis=1,
    )


def long_form(wide: pd.DataFrame, identity: Mapping[str, str]) -> pd.DataFrame:
    """The wide rows of procedures, one row each, as one row for each number.

    The note of a fit stands on the rows of its exponents. `difference` is gamma_pred - gamma_meas.
    """
    rows = []
    for fit in wide.to_dict("records"):
        note = fit.get("note", "")
        fit.setdefault("difference", fit["gamma_pred"] - fit["gamma_meas"])
        spread = {*SIGMA.values(), *(f"{name}{end}" for name in WITH_INTERVAL for end in ("_low", "_high"))}
        for name, value in fit.items():
            if name in ("procedure", "note") or name in spread:
                continue
            row = {"procedure": fit["procedure"], "quantity": name, "value": value}
            if name in WITH_INTERVAL:
                row |= {
                    "sigma": fit.get(SIGMA.get(name)),
                    "low": fit.get(f"{name}_low"),
                    "high": fit.get(f"{name}_high"),
                }
                row["note"] = note
            rows.append(row)
    table = pd.DataFrame(rows).reindex(columns=COLUMNS)
    numbers = ["value", "sigma", "low", "high"]
    return table.assign(**identity, note=table["note"].astype(object).fillna("")).astype(dict.fromkeys(numbers, float))


def wide_form(long: pd.DataFrame) -> pd.DataFrame:
    """One row for each identity and procedure, as the procedures give it."""
    rows = []
    for key, fit in long.groupby([*IDENTITY, "procedure"], sort=False):
        row = dict(zip([*IDENTITY, "procedure"], key, strict=True))
        for number in fit.to_dict("records"):
            name = number["quantity"]
            row[name] = number["value"]
            if name in WITH_INTERVAL:
                row |= {f"{name}_low": number["low"], f"{name}_high": number["high"]}
            if name in SIGMA:
                row[SIGMA[name]] = number["sigma"]
        row["note"] = next((note for note in fit["note"] if isinstance(note, str) and note), np.nan)
        row |= {name: value for name, value in facts_of(fit).items() if name in fit}
        rows.append(row)
    table = pd.DataFrame(rows, columns=None if rows else [*IDENTITY, "procedure", "note"])
    counts = [name for name in COUNTS if name in table]
    return table.astype(dict.fromkeys(counts, "Int64"))


def by_identity(tables: Iterable[pd.DataFrame], keys: Sequence[str]) -> dict[tuple[str, ...], pd.DataFrame]:
    """Tables of one identity each, by some columns of it; ValueError as `identity_of` has it."""
    named = [(identity_of(table), table) for table in tables]
    return {tuple(identity[key] for key in keys): table for identity, table in named}


def wide_by(long: pd.DataFrame, keys: Iterable[str]) -> dict[tuple[str, ...], pd.DataFrame]:
    """The wide form, apart by some columns of the identity, in the order of the rows."""
    table = wide_form(long)
    return {key: part.reset_index(drop=True) for key, part in table.groupby(list(keys), sort=False)}
