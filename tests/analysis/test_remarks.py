"""What is odd about curves is said in a true sentence."""

import numpy as np
import pandas as pd
from harness.paths import EXAMPLE_CURVES

from scaling.analysis.remarks import remarks, with_remarks

BASE = pd.read_csv(EXAMPLE_CURVES, sep="\t").assign(diverged=False)
BASE["log10_norm"] = np.log10(BASE.pop("norm"))


def test_good_curves_get_no_remark():
    assert remarks(BASE) == []
    assert remarks(BASE.drop(columns=["seed", "epoch", "diverged"])) == []
    assert with_remarks("as it was", []) == "as it was"


def test_each_oddity_is_its_own_sentence():
    zeros = BASE.assign(test_error=BASE["test_error"].where(BASE["P"] < 4000, 0.0))
    assert remarks(zeros) == [
        "test error 0 at P = 4000, 8000: such points have no logarithm and no place in a power law"
    ]
    (falls,) = remarks(BASE.assign(log10_norm=-BASE["log10_norm"]))
    assert falls.startswith("norms fall along 25 of 25 runs")
    (rises,) = remarks(BASE.assign(test_error=1 - BASE["test_error"]))
    assert rises == "the error rises along 25 of 25 runs: is it an accuracy?"
    assert remarks(BASE.assign(diverged=True, test_error=np.nan)) == ["all 25 runs diverged"]
    some = BASE.assign(diverged=BASE["seed"] == 1)
    some.loc[some["diverged"], "test_error"] = np.nan
    assert remarks(some) == []


def test_what_follows_from_a_remark_is_not_said_again():
    said = ["all 25 runs diverged"]
    assert with_remarks("no run has two finite points of different norm", said) == said[0]
    assert with_remarks("no early power law", said) == "all 25 runs diverged; no early power law"
    assert with_remarks(np.nan, said) == said[0]
