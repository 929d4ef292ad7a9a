"""Tables 1 to 5 of this study: the exponents of both procedures with the published values beside them."""

import math

import pandas as pd

from scaling.analysis.exponents import SIGMA, wide_by
from scaling.analysis.facts import FACTS, facts_of
from scaling.paper.contents import TABLES
from scaling.sources.facts import PUBLISHED_NORM, published_values

KEY = ("cell", "variant", "norm")

PROCEDURES = ("authors", "robust")


def statistics_of(quantity: str, procedure: str) -> tuple[str, ...]:
    """What a procedure says of an exponent: the authors' a standard error, the robust one an interval."""
    if procedure == "authors":
        return quantity, SIGMA[quantity]
    return quantity, f"{quantity}_low", f"{quantity}_high"


def paper_table(number: int, exponents: pd.DataFrame, default_norm: str) -> pd.DataFrame:
    """Table `number` (1 to 5).

    Parameters
    ----------
    exponents : the long table of all its rows (scaling.analysis.exponents), in their order.
    default_norm : the norm whose rows stand beside the published ones of Tables 1 to 4.

    Returns
    -------
    One row per cell, variant and norm; for each exponent of the table its published value and error (text, as
    printed; empty where the paper has none), its value and standard error by the authors' procedure, and its value and
    interval by the robust one; where gamma_pred and gamma_meas are in the table, sigma of their difference (published
    and by the authors' procedure), and difference with its interval (robust); censored_P; and the robust
    procedure's note, in words, of what is missing and why. Where some row is not of test errors on images, `of` says in
    words what it is of.
    """
    fits = wide_by(exponents, KEY)
    rows = [
        dict(zip(KEY, key, strict=True)) | _published(number, key, default_norm) | _ours(table) | {"of": _of(table)}
        for key, table in fits.items()
    ]
    of = ["of"] if any(row["of"] for row in rows) else []
    return pd.DataFrame(rows).reindex(columns=[*KEY, *_columns(number, _procedures(exponents)), *of])


def _of(fits: pd.DataFrame) -> str:
    """What a row's errors are, in words; empty for the usual ones."""
    facts = facts_of(fits)
    if all(facts[name] == FACTS[name] for name in ("measure", "counted")):
        return ""
    known = math.isfinite(facts["constant"])
    guess = f"; the best constant answer gets {facts['constant']:.3g}" if known else ""
    return f"{facts['measure']}, P counts {facts['counted']}{guess}"


def external_table(exponents: pd.DataFrame) -> pd.DataFrame:
    """A row for each external study: its name, its exponents in the columns of `paper_table` without published ones."""
    columns = [column for column in _columns(3, _procedures(exponents)) if not column.endswith("_published")]
    rows = [{"study": key[1]} | _ours(table) for key, table in wide_by(exponents, ("study", *KEY)).items()]
    return pd.DataFrame(rows).reindex(columns=["study", *columns])


def _procedures(exponents: pd.DataFrame) -> list[str]:
    there = set(exponents["procedure"])
    return [name for name in PROCEDURES if name in there]


def _ours(exponents: pd.DataFrame) -> dict[str, float]:
    return {f"{name}_{row['procedure']}": row[name] for row in exponents.to_dict("records") for name in row}


def _published(number: int, key: tuple[str, str, str], default_norm: str) -> dict[str, str]:
    cell, variant, norm = key
    known = published_values(number)
    values = known.get((cell, variant, PUBLISHED_NORM)) if norm == default_norm else known.get(key)
    return {f"{name}_published": text for name, text in (values or {}).items()}


def _columns(number: int, procedures: list[str]) -> list[str]:
    columns = []
    for quantity in TABLES[number].quantities:
        columns.append(f"{quantity}_published")
        if quantity in ("gamma_1", "gamma_2"):
            columns.append(f"{SIGMA[quantity]}_published")
        columns += [f"{name}_{p}" for p in procedures for name in statistics_of(quantity, p)]
    if "gamma_pred" in TABLES[number].quantities:
        columns.append("sigma_published")
        together = {"authors": ["sigma"], "robust": ["difference", "difference_low", "difference_high"]}
        columns += [f"{name}_{p}" for p in procedures for name in together[p]]
    return columns + [f"censored_P_{p}" for p in procedures] + [f"note_{p}" for p in procedures if p == "robust"]
