"""The table of all models: which of the laws hold where, and why not elsewhere."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scaling.core.errors import BadInput

#: What a room says of each of its models and regimes. An exponent that is not known, or that is none, is nan. The laws
#: are epsilon = k_1 lambda^-gamma_1 + q_1 and lambda_opt = k_2 P^gamma_2 + q_2; an offset that is not known is nan.
GIVEN = [
    *("model", "regime", "gamma_1", "gamma_1_error", "gamma_2", "gamma_2_error", "gamma", "gamma_error"),
    *("q_1", "q_1_error", "q_2", "q_2_error"),
    *("collapse", "minimum", "how", "sentence"),
]
NUMBERS = [name for name in GIVEN if name.startswith(("gamma", "q_"))]
COLUMNS = [*GIVEN[:8], "product_over_gamma", "product_over_gamma_error", *GIVEN[8:]]


def where_the_laws_hold(tables: Sequence[tuple[str, pd.DataFrame]]) -> pd.DataFrame:
    """The rows of all rooms, those of one model below each other, with gamma_1 gamma_2 / gamma.

    Parameters
    ----------
    tables : (name of the file, its table with the columns GIVEN).

    Returns
    -------
    Columns COLUMNS. product_over_gamma is 1 where the third law follows from the first two; nan where one of the three
    has no value or gamma is 0. Its error takes the three errors as independent; nan where one of them is not known.

    Raises
    ------
    BadInput (one line) for a table without one of the columns, or for two rows of one model and regime.
    """
    rows = []
    for name, table in tables:
        if missing := [column for column in GIVEN if column not in table]:
            raise BadInput(f"{name}: no column {missing[0]}; needed are {', '.join(GIVEN)}")
        rows.append(table[GIVEN].astype(dict.fromkeys(NUMBERS, float)))
    together = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=GIVEN)
    first = {model: place for place, model in enumerate(together["model"].unique())}
    together = together.sort_values("model", key=lambda models: models.map(first), kind="stable", ignore_index=True)
    twice = together.duplicated(["model", "regime"])
    if twice.any():
        row = together[twice].iloc[0]
        raise BadInput(f"two rows of the model {row['model']!r}, regime {row['regime']!r}: one is allowed")
    product = together["gamma_1"] * together["gamma_2"] / together["gamma"].replace(0.0, np.nan)
    relative = [together[f"{name}_error"] / together[name] for name in ("gamma_1", "gamma_2", "gamma")]
    error = product.abs() * np.sqrt(sum(each**2 for each in relative))
    return together.assign(product_over_gamma=product, product_over_gamma_error=error)[COLUMNS]
