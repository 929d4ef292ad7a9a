"""What the numbers of learning curves are: facts that hold for a whole table and stand in columns of it.

| column | is |
| --- | --- |
| measure | what the errors measure, as an axis says it: "test error", "test loss - 0.6 (nats)" |
| counted | what P counts: "images", "characters" |
| guess | the error from which the curves begin, or NaN where it is not known |
| constant | the error of the best constant answer, or NaN; where curves begin there, it is `guess` |
| floor | what was subtracted from the errors, and from `guess`, `constant` and `highest` |
| highest | the largest error that there can be |

A table without these columns is of test errors, fractions of images.
"""

from collections.abc import Mapping
from math import inf, nan
from typing import Any

import pandas as pd

FACTS: dict[str, Any] = {"measure": "test error", "counted": "images", "guess": nan, "constant": nan}
FACTS |= {"floor": 0.0, "highest": 1.0}


def facts_of(table: pd.DataFrame) -> dict[str, Any]:
    """The facts of a table; the usual ones where it says nothing."""
    said = {name: table[name].dropna().unique() for name in FACTS if name in table}
    if several := [name for name, values in said.items() if len(values) > 1]:
        raise ValueError(f"one {several[0]} is needed, the table has {len(said[several[0]])}")
    return FACTS | {name: values[0] for name, values in said.items() if len(values)}


def with_facts(table: pd.DataFrame, facts: Mapping[str, Any] | pd.DataFrame) -> pd.DataFrame:
    """The table with the facts in its last columns; those of another table, as far as that has them."""
    if isinstance(facts, pd.DataFrame):
        facts = {name: value for name, value in facts_of(facts).items() if name in facts}
    return table.drop(columns=list(FACTS), errors="ignore").assign(**facts)


def facts(
    measure: str,
    counted: str,
    guess: float = nan,
    floor: float = 0.0,
    highest: float = inf,
    constant: float | None = None,
) -> dict[str, Any]:
    """The facts by name; errors as they are before `floor` is subtracted. `constant` : if it is not `guess`."""
    return {
        "measure": measure,
        "counted": counted,
        "guess": guess - floor,
        "constant": (guess if constant is None else constant) - floor,
        "floor": float(floor),
        "highest": highest - floor,
    }
