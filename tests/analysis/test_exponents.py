"""The table of exponents: one row for each number, and back."""

import numpy as np
import pandas as pd
import pytest
from harness.exponents import long_table

from scaling.analysis.authors import authors_exponents
from scaling.analysis.exponents import (
    COLUMNS,
    IDENTITY,
    by_identity,
    identified,
    identity_of,
    long_form,
    wide_by,
    wide_form,
)
from scaling.analysis.mean_curves import mean_curves
from scaling.analysis.robust.procedure import robust_exponents
from scaling.core.tidy import read_table, write_table
from scaling.validation.synthetic import Noise, Truth, synthetic_study

ONE = {"study": "trained", "cell": "CNN_A", "variant": "baseline", "norm": "l2"}


@pytest.fixture(scope="module")
def fits():
    """What both procedures give, each a wide row."""
    study = synthetic_study(Truth(), Noise(), np.array([200, 400, 800, 1600]), 4, np.random.default_rng(1))
    return authors_exponents(*mean_curves(study))[0], robust_exponents(study, resamples=20).exponents


def test_one_row_is_one_number(fits):
    for wide in fits:
        long = long_form(wide, ONE)
        assert list(long) == COLUMNS and not long.duplicated("quantity").any()
        assert (long[IDENTITY] == list(ONE.values())).all(axis=None)
    authors = long_form(fits[0], ONE).set_index("quantity")
    assert authors.loc["gamma_1", ["value", "sigma"]].tolist() == fits[0].loc[0, ["gamma_1", "sigma_1"]].tolist()
    row = fits[0].iloc[0]
    assert authors.loc["difference", "value"] == row["gamma_pred"] - row["gamma_meas"]
    assert authors.loc["difference", "sigma"] == row["sigma"]
    robust = long_form(fits[1], ONE).set_index("quantity")
    names = ["gamma_2", "gamma_2_low", "gamma_2_high"]
    assert robust.loc["gamma_2", ["value", "low", "high"]].tolist() == fits[1].loc[0, names].tolist()


def test_the_wide_form_comes_back_from_the_file(fits, tmp_path):
    write_table(pd.concat([long_form(wide, ONE) for wide in fits], ignore_index=True), tmp_path / "both.tsv")
    back = wide_form(read_table(tmp_path / "both.tsv"))
    assert back["procedure"].tolist() == ["authors", "robust"]
    for wide, found in zip(fits, back.to_dict("records"), strict=True):
        for name, value in wide.iloc[0].items():
            if name == "note":
                assert (found[name] if isinstance(found[name], str) else "") == value
            elif pd.isna(value):
                assert pd.isna(found[name]), name
            else:
                assert found[name] == value, name


def test_the_parts_of_a_long_table_stand_in_its_order(fits):
    keys = [("ViT_B", "sgd", "l1"), ("CNN_A", "sgd", "l1"), ("CNN_A", "baseline", "l2")]
    parts = wide_by(long_table(dict.fromkeys(keys, fits[0])), ["cell", "variant"])
    assert list(parts) == [("ViT_B", "sgd"), ("CNN_A", "sgd"), ("CNN_A", "baseline")]
    assert [len(part) for part in parts.values()] == [1, 1, 1]


def test_no_rows_are_a_table_too():
    empty = pd.DataFrame(columns=COLUMNS)
    assert wide_form(empty).empty and wide_by(empty, ["cell"]) == {}


def test_tables_by_what_they_belong_to():
    names = [("A_x", "l1"), ("A_x", "l2"), ("B_x", "l1")]
    tables = [
        identified(pd.DataFrame({"P": [1]}), dict(zip(IDENTITY, ("trained", cell, "baseline", norm), strict=True)))
        for cell, norm in names
    ]
    found = by_identity(iter(tables), ["cell", "norm"])
    assert list(found) == names and all(found[name] is table for name, table in zip(names, tables, strict=True))
    with pytest.raises(ValueError, match="one study/cell/variant/norm is needed, the table has 2"):
        by_identity([pd.concat(tables[:2])], ["cell"])


def test_a_table_is_of_one_identity_or_refused():
    table = identified(pd.DataFrame({"P": [1, 2], "cell": "of old"}), ONE)
    assert list(table) == [*IDENTITY, "P"] and identity_of(table) == ONE
    with pytest.raises(ValueError, match="the table has 2"):
        identity_of(pd.concat([table, identified(table, ONE | {"norm": "l1"})]))
    with pytest.raises(ValueError, match="the table has 0"):
        identity_of(table.iloc[:0])
