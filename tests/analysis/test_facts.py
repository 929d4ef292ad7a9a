"""What errors are, as columns that go with them."""

from math import inf, isnan, nan

import numpy as np
import pandas as pd
import pytest

from scaling.analysis.exponents import long_form, wide_form
from scaling.analysis.facts import FACTS, facts, facts_of, with_facts
from scaling.analysis.remarks import remarks

LOSS = facts("test loss - 0.5 (nats)", "characters", guess=3.0, floor=0.5)


def test_a_table_that_says_nothing_is_of_test_errors_on_images():
    assert facts_of(pd.DataFrame({"P": [1]}))["measure"] == "test error"
    assert isnan(facts_of(pd.DataFrame())["guess"]) and facts_of(pd.DataFrame())["highest"] == 1


def test_the_floor_is_subtracted_from_guess_and_range():
    assert {
        "measure": "test loss - 0.5 (nats)", "counted": "characters", "guess": 2.5, "constant": 2.5, "floor": 0.5,
        "highest": inf,
    } == LOSS  # fmt: skip
    assert facts("error", "images", 0.9, 0.1, 1.0)["highest"] == 0.9
    apart = facts("test error", "characters", constant=0.8, floor=0.1)
    assert isnan(apart["guess"]) and apart["constant"] == pytest.approx(0.7)


def test_they_stay_with_a_table_and_go_on_to_others():
    table = with_facts(pd.DataFrame({"P": [1, 2]}), LOSS)
    assert facts_of(table) == LOSS
    assert facts_of(with_facts(pd.DataFrame({"x": [0.5]}), table)) == LOSS
    plain = with_facts(pd.DataFrame({"x": [0.5]}), pd.DataFrame({"P": [1]}))
    assert list(plain.columns) == ["x"], "nothing is said of a table that says nothing"
    unknown = with_facts(pd.DataFrame({"P": [1]}), LOSS | {"guess": nan})
    assert isnan(facts_of(unknown)["guess"])
    with pytest.raises(ValueError, match="one measure is needed, the table has 2"):
        facts_of(pd.DataFrame({"measure": ["test error", "test loss"]}))


def test_exponents_keep_them():
    identity = dict.fromkeys(("study", "cell", "variant", "norm"), "x")
    wide = pd.DataFrame([{"procedure": "robust", "gamma_pred": 0.2, "gamma_meas": 0.3, "note": ""}])
    long = with_facts(long_form(wide, identity), LOSS)
    assert facts_of(wide_form(long)) == LOSS
    assert not set(FACTS) & set(wide_form(long_form(wide, identity)).columns)


def test_a_loss_that_rises_is_no_accuracy():
    runs = pd.DataFrame(
        {"P": 1, "seed": 1, "epoch": [1.0, 2.0], "log10_norm": [0.0, 1.0], "test_error": np.array([0.5, 0.9])}
    )
    assert any("is it an accuracy" in said for said in remarks(runs))
    assert remarks(with_facts(runs, LOSS)) == []
