"""Outputs appear whole or not at all, and tables come back as they went."""

import numpy as np
import pandas as pd
import pytest

from scaling.core.files import atomic, write_text
from scaling.core.tidy import read_table, write_table


def test_nothing_is_left_after_an_error(tmp_path):
    target = tmp_path / "new" / "out.txt"
    with pytest.raises(RuntimeError), atomic(target) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert list(target.parent.iterdir()) == []


def test_the_old_file_stays_until_the_new_one_is_whole(tmp_path):
    target = tmp_path / "out.txt"
    write_text("old", target)
    with pytest.raises(RuntimeError), atomic(target) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert target.read_text() == "old"
    with atomic(target) as temporary:
        temporary.write_text("new")
        assert target.read_text() == "old"
        assert temporary.suffix == ".txt"
    assert target.read_text() == "new"


def test_others_may_read_what_was_written(tmp_path):
    write_text("x", tmp_path / "out.txt")
    ordinary = tmp_path / "ordinary.txt"
    ordinary.write_text("x")
    assert (tmp_path / "out.txt").stat().st_mode == ordinary.stat().st_mode


@pytest.mark.parametrize("suffix", [".tsv", ".parquet"])
def test_a_table_comes_back_to_the_last_bit(tmp_path, suffix):
    values = np.random.default_rng(0).standard_normal(50) * 10.0 ** np.arange(-25, 25)
    table = pd.DataFrame({"P": np.arange(50), "norm": ["l1", "g21"] * 25, "value": values, "sigma": [np.nan] * 50})
    write_table(table, tmp_path / f"t{suffix}")
    pd.testing.assert_frame_equal(read_table(tmp_path / f"t{suffix}"), table, check_exact=True, check_dtype=False)


def test_equal_tables_give_equal_bytes(tmp_path):
    table = pd.DataFrame({"x": [1.0, 2.0], "name": ["a", "b"]})
    for suffix in (".tsv", ".parquet"):
        for name in ("a", "b"):
            write_table(table, tmp_path / f"{name}{suffix}")
        assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


def test_another_format_is_refused(tmp_path):
    with pytest.raises(ValueError, match="parquet or"):
        write_table(pd.DataFrame(), tmp_path / "t.csv")
