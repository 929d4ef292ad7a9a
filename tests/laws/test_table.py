"""The table of all models keeps what rooms say and adds the product."""

import numpy as np
import pandas as pd
import pytest

from scaling.core.errors import BadInput
from scaling.laws.render import HEADS, latex, markdown
from scaling.laws.table import COLUMNS, where_the_laws_hold

EXPONENTS = ["gamma_1", "gamma_1_error", "gamma_2", "gamma_2_error", "gamma", "gamma_error"]


def rows(*values: tuple, model: str = "m") -> pd.DataFrame:
    """Rows of one model: six numbers each."""
    table = pd.DataFrame(values, columns=EXPONENTS).assign(model=model, collapse="yes", minimum="no", how="exact")
    table = table.assign(q_1=0.25, q_1_error=0.0, q_2=np.nan, q_2_error=np.nan)
    return table.assign(regime=[f"r{i}" for i in range(len(table))], sentence="50 % of |w|_p")


def test_the_product():
    exact, measured = (0.5, 0.0, 1.0, 0.0, 0.5, 0.0), (0.4, 0.04, 0.5, 0.0, 0.1, 0.005)
    table = where_the_laws_hold([("a", rows(exact, measured))])
    assert list(table.columns) == COLUMNS
    assert table["product_over_gamma"].tolist() == pytest.approx([1, 2])
    # 10 % and 5 % in quadrature
    assert table["product_over_gamma_error"].tolist() == pytest.approx([0, 2 * np.hypot(0.1, 0.05)])


def test_no_number_where_one_is_missing_or_gamma_is_zero():
    nothing, flat = (np.nan, np.nan, 1.0, 0.0, 0.5, 0.0), (0.5, 0.0, 1.0, 0.0, 0.0, 0.0)
    table = where_the_laws_hold([("a", rows(nothing, flat))])
    assert table["product_over_gamma"].isna().all() and table["product_over_gamma_error"].isna().all()
    assert table["gamma_2"].tolist() == [1, 1]


def test_an_unknown_error_is_not_zero():
    table = where_the_laws_hold([("a", rows((0.5, np.nan, 1.0, 0.0, 0.5, 0.0)))])
    assert table["product_over_gamma"].tolist() == [1] and table["product_over_gamma_error"].isna().all()


def test_rows_of_a_model_stand_together():
    one, two = rows((1.0,) * 6, model="one"), rows((1.0,) * 6, model="two")
    later = one.assign(regime="later")
    table = where_the_laws_hold([("a", one), ("b", two), ("c", later)])
    assert table["model"].tolist() == ["one", "one", "two"] and table["regime"].tolist() == ["r0", "later", "r0"]


def test_what_cannot_be():
    with pytest.raises(BadInput, match=r"^a\.tsv: no column how; needed are model, regime,"):
        where_the_laws_hold([("a.tsv", rows((1.0,) * 6).drop(columns="how"))])
    with pytest.raises(BadInput, match=r"two rows of the model 'm', regime 'r0'"):
        where_the_laws_hold([("a", rows((1.0,) * 6)), ("b", rows((1.0,) * 6))])


def test_without_rooms():
    table = where_the_laws_hold([])
    assert list(table.columns) == COLUMNS and table.empty
    assert len(markdown(table).splitlines()) == 4


def test_for_people():
    table = where_the_laws_hold([("a", rows((0.5, 0.02, 1.0, 0.0, np.nan, np.nan)))])
    line = markdown(table).splitlines()[-1]
    assert line.startswith(r"| m | r0 | 0.50(2) | 1.00 | – | – | 0.250 | – | yes | no | exact | 50 % of \|w\|_p")
    tex = latex(table)
    assert r"50 \% of \textbar{}w\textbar{}\_p \\" in tex
    body = next(row for row in tex.splitlines() if row.startswith("m &"))
    assert body.count("&") == len(HEADS) - 1
