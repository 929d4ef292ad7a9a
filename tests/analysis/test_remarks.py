"""What is odd about curves is said in a true sentence."""

import numpy as np
import pandas as pd
import pytest
from harness.paths import EXAMPLE_CURVES

from scaling.analysis.authors import authors_exponents
from scaling.analysis.mean_curves import mean_curves
from scaling.analysis.remarks import remarks, with_remarks
from scaling.analysis.robust.procedure import robust_exponents
from scaling.analysis.settings import FitWindow

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


@pytest.mark.parametrize("error", [0.5, 1.0])
def test_errors_that_never_change_have_no_exponents(error):
    found = robust_exponents(BASE.assign(test_error=error), resamples=0).exponents.iloc[0]
    assert found["note"] == "the test error is the same all along each run"
    assert found[["gamma_1", "gamma_2", "gamma_pred", "gamma_meas"]].isna().all()


@pytest.mark.filterwarnings("error")
def test_a_set_that_is_learned_perfectly_is_no_warning():
    perfect = BASE.assign(test_error=(BASE["test_error"] - 0.1).clip(lower=0.0), norm="own")
    curves, optima = mean_curves(perfect)
    assert (optima["error_opt"] == 0).any()
    authors_exponents(curves, optima, FitWindow())
