"""Fit windows by a rule."""

import numpy as np
import pandas as pd
import pytest

from scaling.analysis.facts import facts, with_facts
from scaling.analysis.window_rule import window_by_rule
from scaling.core.errors import BadInput

P = np.array([1000, 2000, 4000, 8000, 16000])


def curves_of(norm_of=lambda x: x, constant=0.8):
    """Errors (1 + norm/10^P_th)^-1/2, to their end at the best norm 100 P, at 400 points: (curves, optima)."""
    x = np.linspace(0, 8, 401)
    rows = [pd.DataFrame({"P": p, "log10_norm": norm_of(x), "error_mean": (1 + 10**x / 10**3) ** -0.5}) for p in P]
    optima = pd.DataFrame({"P": P, "log10_lambda_opt": norm_of(np.log10(100.0 * P)), "error_opt": 0.01})
    return tuple(with_facts(table, facts("test error", "characters", constant=constant)) for table in
                 (pd.concat(rows, ignore_index=True), optima))  # fmt: skip


def test_the_window_is_where_the_rule_says():
    window = window_by_rule(*curves_of(), 0.05)
    leaves = 10**3 * (0.76**-2 - 1)  # where the error is 0.95 of 0.8
    assert window.gamma_1_min_P == 4000 and window.x_right == 0.5
    assert window.x_left == pytest.approx(leaves / 4e5, rel=6e-3)  # three digits, and 50 points in a decade


def test_in_another_norm_the_window_is_the_same_part_of_the_curve():
    """A norm that is a power of the first: the same points of the curves."""
    first, power = window_by_rule(*curves_of(), 0.05), 0.2
    other = window_by_rule(*curves_of(lambda x: power * x), 0.05, default_norm=curves_of())
    assert other.x_left == pytest.approx(first.x_left**power, rel=5e-3)
    assert other.x_right == pytest.approx(0.5**power, rel=5e-3)


@pytest.mark.parametrize(
    ("tables", "below", "line"),
    [
        (curves_of(constant=np.nan), 0.05, "needed are the error of a constant answer and 3 values of P"),
        (tuple(table[table["P"] < 4000] for table in curves_of()), 0.05, "and 3 values of P"),
        (curves_of(), 0.99, "at P = 4000 the curve has not left guessing where the window ends"),
    ],
)
def test_where_there_is_no_window_it_says_so(tables, below, line):
    with pytest.raises(BadInput, match=line):
        window_by_rule(*tables, below)
