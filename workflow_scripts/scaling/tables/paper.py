"""Tables 1 to 5 of this study: the exponents of both procedures with the published values beside them."""

from collections.abc import Mapping

import pandas as pd

from scaling.config import Study
from scaling.published.facts import PUBLISHED_NORM, published_values

Key = tuple[str, str, str]  # cell, variant, norm

QUANTITIES = {
    1: ("gamma_pred", "gamma_meas"),
    2: ("gamma_1", "gamma_2"),
    **dict.fromkeys((3, 4, 5), ("gamma_pred", "gamma_meas", "gamma_1", "gamma_2")),
}
PROCEDURES = ("authors", "robust")


def table_rows(study: Study, number: int) -> list[Key]:
    """Which cells, variants and norms stand in Table `number`.

    1 and 2: every cell as it is; 3: the variants that change the weight decay and keep the optimizer; 4: those that
    change the optimizer to SGD; 5: the norms other than the default one, on the data sets of Table 3 (the paper:
    CIFAR10), on all if that is empty.
    """
    cells, default = study.cells, study.norms[0]
    if number in (1, 2):
        return [(cell, "baseline", default) for cell in cells]
    if number == 3:
        return [key for key in _changed(study, "weight_decay") if key not in _changed(study, "optimizer")]
    if number == 4:
        return [key for key in _changed(study, "optimizer") if study.training(*key[:2]).optimizer == "SGD"]
    varied = {cells[cell].dataset for cell, *_ in table_rows(study, 3)}
    names = [cell for cell in cells if cells[cell].dataset in varied or not varied]
    return [(cell, "baseline", norm) for cell in names for norm in study.norms if norm != default]


def _changed(study: Study, key: str) -> list[Key]:
    return [
        (name, variant, study.norms[0])
        for name, cell in study.cells.items()
        for variant in cell.variants
        if getattr(study.training(name, variant), key) != getattr(cell, key)
    ]


def sigma_of(quantity: str) -> str:
    """The name of the standard error of an exponent: sigma_1 of gamma_1."""
    return quantity.replace("gamma", "sigma")


def statistics_of(quantity: str, procedure: str) -> tuple[str, ...]:
    """What a procedure says of an exponent: the authors' a standard error, the robust one an interval."""
    if procedure == "authors":
        return quantity, sigma_of(quantity)
    return quantity, f"{quantity}_low", f"{quantity}_high"


def paper_table(number: int, exponents: Mapping[Key, pd.DataFrame], default_norm: str) -> pd.DataFrame:
    """Table `number` (1 to 5).

    Parameters
    ----------
    exponents : (cell, variant, norm) -> its table of exponents, in the order of the rows.
    default_norm : the norm whose rows stand beside the published ones of Tables 1 to 4.

    Returns
    -------
    One row per key: cell, variant, norm; for each exponent of the table its published value and error (text, as
    printed; empty where the paper has none), its value and standard error by the authors' procedure, and its value and
    interval by the robust one; where gamma_pred and gamma_meas are in the table, sigma of their difference (published
    and by the authors' procedure), and difference with its interval (robust); censored_P; and the robust
    procedure's note, in words, of what is missing and why.
    """
    rows = [
        dict(zip(("cell", "variant", "norm"), key, strict=True)) | _published(number, key, default_norm) | _ours(table)
        for key, table in exponents.items()
    ]
    columns = _columns(number, _procedures(*exponents.values()))
    return pd.DataFrame(rows).reindex(columns=["cell", "variant", "norm", *columns])


def external_table(name: str, exponents: pd.DataFrame) -> pd.DataFrame:
    """One row: an external study's name, and its exponents in the columns of `paper_table` (without published ones)."""
    columns = [column for column in _columns(3, _procedures(exponents)) if not column.endswith("_published")]
    return pd.DataFrame([{"study": name} | _ours(exponents)]).reindex(columns=["study", *columns])


def _procedures(*exponents: pd.DataFrame) -> list[str]:
    return [name for name in PROCEDURES if any(name in set(table["procedure"]) for table in exponents)]


def _ours(exponents: pd.DataFrame) -> dict[str, float]:
    return {f"{name}_{row['procedure']}": row[name] for row in exponents.to_dict("records") for name in row}


def _published(number: int, key: Key, default_norm: str) -> dict[str, str]:
    cell, variant, norm = key
    known = published_values(number)
    values = known.get((cell, variant, PUBLISHED_NORM)) if norm == default_norm else known.get(key)
    return {f"{name}_published": text for name, text in (values or {}).items()}


def _columns(number: int, procedures: list[str]) -> list[str]:
    columns = []
    for quantity in QUANTITIES[number]:
        columns.append(f"{quantity}_published")
        if quantity in ("gamma_1", "gamma_2"):
            columns.append(f"{sigma_of(quantity)}_published")
        columns += [f"{name}_{p}" for p in procedures for name in statistics_of(quantity, p)]
    if "gamma_pred" in QUANTITIES[number]:
        columns.append("sigma_published")
        together = {"authors": ["sigma"], "robust": ["difference", "difference_low", "difference_high"]}
        columns += [f"{name}_{p}" for p in procedures for name in together[p]]
    return columns + [f"censored_P_{p}" for p in procedures] + [f"note_{p}" for p in procedures if p == "robust"]
