"""The laws in each measure of the same runs: the table, for programs and for people."""

import numpy as np
import pandas as pd
import pytest
from harness.exponents import long_table
from harness.figures import synthetic_panel

from scaling.analysis.facts import facts, with_facts
from scaling.paper.tables.measures import markdown, measures_table

P = [1000, 2000, 4000, 8000, 16000, 32000]


def table():
    """A cell by its error and by its loss, with what the harness calls their exponents."""
    rows = []
    for variant, measure, norm in (("baseline", "error", "l2"), ("loss", "loss (nats)", "l2")):
        panel = synthetic_panel("MLP text", variant, P, 0.3, 0.8, robust=True)
        about = facts(f"test {measure}", "characters", np.nan, constant=0.8 if variant == "baseline" else 3.0)
        rows.append(
            with_facts(long_table({("MLP_text", variant, norm): panel.exponents.assign(gamma_meas=0.2)}), about)
        )
    return measures_table(pd.concat(rows))


def test_a_row_for_each_measure_with_both_procedures():
    found = table()
    assert list(found["variant"]) == ["baseline", "loss"] and list(found["constant"]) == [0.8, 3.0]
    assert list(found["measure"]) == ["test error", "test loss (nats)"]
    for row in found.to_dict("records"):
        assert row["apart_authors"] == pytest.approx(0.04 / np.hypot(0.24 / 7, 0.24 / 20))
        assert row["gamma_2_low_robust"] < row["gamma_2_robust"] < row["gamma_2_high_robust"]


def test_it_is_printed_with_errors_and_intervals():
    heads, _, *lines = (line[2:-2].split(" | ") for line in markdown(table()).splitlines())
    assert len(lines) == 2 and all(len(line) == len(heads) for line in lines)
    row = dict(zip(heads, lines[1], strict=True))
    assert row["cell"] == "MLP text loss" and row["measure"] == "loss (nats)" and row["apart"].endswith("σ")
    assert "(" in row["γ₂ authors"] and "[" in row["γ₂ robust"]
