"""The published tables made again from the authors' curves, number by number beside the printed ones."""

from collections.abc import Mapping

import pandas as pd

from scaling.analysis.exponents import wide_by
from scaling.analysis.mean_curves import minima_at_end
from scaling.paper.tables.ours import KEY
from scaling.sources.facts import published_values, rows_of_table

COUNTED = ("number_of_P", "minima_at_end")


def published_table(number: int, exponents: pd.DataFrame | None, curves: pd.DataFrame | None = None) -> pd.DataFrame:
    """Table `number` from the published curves.

    Parameters
    ----------
    number : 1 to 5.
    exponents : the long table of exponents by the authors' procedure, of the rows whose curves are there (None: none).
    curves : the mean curves of these rows.

    Returns
    -------
    One row per row of the published table: cell, variant, norm, curves (the file), status ("computed", "computed,
    gamma_1 window not published" or "absent: no such file"), number_of_P and minima_at_end (at how many of these the
    smallest error is the curve's last), and for each printed quantity: its value here,
    `_published` (as printed) and `_agrees` (whether the value rounds to what is printed); all_agree.
    """
    fits = {} if exponents is None else wide_by(exponents, KEY)
    means = {} if curves is None else dict(iter(curves.groupby(list(KEY))))
    rows = []
    for fact in rows_of_table(number):
        key = (fact.cell, fact.variant, fact.norm)
        row = dict(zip(KEY, key, strict=True)) | {"curves": fact.file}
        printed = published_values(number)[key]
        if key not in fits:
            row |= {"status": "absent: no such file"} | {f"{name}_published": text for name, text in printed.items()}
        else:
            unknown = fact.window.gamma_1_min_P is None and fact.window.x_right is None
            row["status"] = "computed, gamma_1 window not published" if unknown else "computed"
            table = fits[key]
            if key in means:
                row |= {"number_of_P": means[key]["P"].nunique(), "minima_at_end": minima_at_end(means[key])}
            row |= _beside(table[table["procedure"] == "authors"].iloc[0], printed)
        rows.append(row)
    names = [f"{name}{end}" for name in printed for end in ("", "_published", "_agrees")]
    columns = [*KEY, "curves", "status", *COUNTED, *names, "all_agree"]
    return pd.DataFrame(rows).reindex(columns=columns).astype(dict.fromkeys(COUNTED, "Int64"))


def _beside(values: pd.Series, printed: Mapping[str, str]) -> dict[str, float | str | bool]:
    row, agrees = {}, {name: rounds_to(values[name], text) for name, text in printed.items()}
    for name, text in printed.items():
        row |= {name: float(values[name]), f"{name}_published": text, f"{name}_agrees": agrees[name]}
    return row | {"all_agree": all(agrees.values())}


def rounds_to(value: float, printed: str) -> bool:
    """Whether `value`, rounded to as many decimals as `printed` has, is `printed`."""
    decimals = len(printed.partition(".")[2])
    return f"{value:.{decimals}f}" == printed
