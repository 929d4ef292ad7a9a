"""Which rows stand in which table, what is in their columns, and how they are written."""

import numpy as np
import pandas as pd
import pytest
from harness.exponents import long_table
from harness.paths import CONFIG

from scaling.analysis.exponents import COLUMNS
from scaling.config import read_study
from scaling.core.notation import with_interval
from scaling.paper.contents import TABLES
from scaling.paper.tables.ours import external_table, paper_table
from scaling.paper.tables.render import latex, markdown, printed, web_page


def exponents(*procedures, **changes):
    names = [f"{kind}_{part}" for kind in ("gamma", "sigma") for part in ("1", "2", "pred", "meas")] + ["sigma"]
    rows = []
    for procedure in procedures:
        row = {"procedure": procedure} | {name: 0.1 + 0.01 * k for k, name in enumerate(names)} | {"censored_P": 1}
        if procedure == "robust":
            for name in ("gamma_1", "gamma_2", "gamma_pred", "gamma_meas", "difference"):
                row |= {name: 0.5, f"{name}_low": 0.44, f"{name}_high": 0.56}
        rows.append(row | changes)
    return pd.DataFrame(rows)


def test_rows_of_the_papers_study():
    study = read_study(CONFIG | {"preset": "paper"})
    rows = [study.rows(TABLES[number].rows) for number in range(1, 6)]
    assert rows[0] == rows[1] and len(rows[0]) == 9
    assert {variant for _, variant, _ in rows[2]} >= {f"weight_decay_1e-{k}" for k in range(3, 9)}
    assert {(f"CNN_{data}", "sgd", "spectral_complexity") for data in ("CIFAR10", "CIFAR100")} <= set(rows[3])
    assert {cell for cell, *_ in rows[4]} == {"CNN_CIFAR10", "ResNet_CIFAR10", "ViT_CIFAR10"}
    assert {norm for *_, norm in rows[4]} >= {"l1", "l2", "g21", "spectral"}
    assert all(norm != "spectral_complexity" and variant == "baseline" for _, variant, norm in rows[4])


def test_a_study_without_variants_has_norms_of_every_cell():
    study = read_study(CONFIG | {"preset": "paper"})
    plain = study.model_copy(
        update={"cells": {name: cell.model_copy(update={"variants": []}) for name, cell in study.cells.items()}}
    )
    assert plain.rows("weight_decay") == [] == plain.rows("sgd")
    assert len({cell for cell, *_ in plain.rows("norms")}) == 9


def test_published_values_stand_beside_ours_where_the_row_is_a_published_one():
    keys = [("CNN_MNIST", "baseline", "lam"), ("CNN_digits", "baseline", "lam")]
    table = paper_table(1, long_table({key: exponents("authors", "robust") for key in keys}), "lam")
    assert table["gamma_pred_published"].tolist()[0] == "0.60" and pd.isna(table["gamma_pred_published"][1])
    assert table["sigma_published"][0] == "0.09"
    assert table["gamma_pred_authors"][0] == pytest.approx(0.12)
    assert table["sigma_pred_authors"][0] == pytest.approx(0.16)
    robust = ["difference_robust", "difference_low_robust", "gamma_meas_high_robust"]
    assert table.loc[0, robust].tolist() == [0.5, 0.44, 0.56]
    assert table["censored_P_authors"].tolist() == [1, 1]
    two = paper_table(2, long_table({keys[0]: exponents("authors")}), "lam")
    assert two[["gamma_1_published", "sigma_1_published", "gamma_2_published"]].iloc[0].tolist() == [
        "0.59",
        "0.06",
        "1.01",
    ]
    assert not [name for name in two if "robust" in name]
    five = paper_table(5, long_table({("ViT_CIFAR10", "baseline", "g21"): exponents("authors")}), "lam")
    assert five.loc[0, "gamma_2_published"] == "0.6075"


def test_no_rows_is_a_table_without_rows():
    table = paper_table(3, pd.DataFrame(columns=COLUMNS), "lam")
    assert len(table) == 0 and "gamma_pred_published" in table
    assert "no such rows" in markdown(3, table) and r"\bottomrule" in latex(3, table)


@pytest.mark.parametrize("number", range(1, 6))
@pytest.mark.parametrize("procedures", [("authors",), ("authors", "robust")])
def test_markdown_and_latex_have_as_many_columns_as_heads(number, procedures):
    keys = [("CNN_CIFAR10", v, n) for v in ("baseline", "sgd") for n in ("lam", "l1")]
    table = paper_table(number, long_table({key: exponents(*procedures) for key in keys}), "lam")
    lines = [line for line in markdown(number, table).splitlines() if line.startswith("|")]
    assert len(lines) == 2 + len(keys) and len({line.count("|") for line in lines}) == 1
    body = [line for line in latex(number, table).splitlines() if "&" in line][1:]
    assert len(body) == 1 + len(keys) and len({line.count("&") for line in body}) == 1
    assert "_" not in "".join(body).replace(r"\_", "")


def test_markdown_says_it_all():
    fits = long_table({("CNN_MNIST", "baseline", "lam"): exponents("authors", "robust")})
    text = markdown(2, paper_table(2, fits, "lam"))
    row = text.splitlines()[-1]
    assert (
        row == "| CNN MNIST | 0.59(6) | 0.10(14) | 0.500 [0.440, 0.560] | 1.01(11) | 0.11(15) | 0.500 [0.440, 0.560] |"
    )


def test_nan_is_a_dash():
    table = exponents("authors", "robust", gamma_1=np.nan, sigma_1=np.nan, gamma_1_low=np.nan, gamma_1_high=np.nan)
    fits = long_table({("CNN_digits", "baseline", "lam"): table})
    row = markdown(2, paper_table(2, fits, "lam")).splitlines()[-1]
    assert row.startswith("| CNN digits | – | – | – | – |")


@pytest.mark.parametrize(
    ("value", "sigma", "text"),
    [
        ("0.59", "0.06", "0.59(6)"),
        ("18.4", "2.1", "18.4(21)"),
        ("21", "6", "21(6)"),
        ("0.112", "0.003", "0.112(3)"),
        ("0.60", None, "0.60"),
        ("0.5", "0.0", "0.5(0)"),
        (np.nan, "0.1", "–"),
        ("", "", "–"),
    ],
)
def test_printed(value, sigma, text):
    assert printed(value, sigma) == text


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((0.583, 0.5213, 0.6602), "0.583 [0.521, 0.660]"),
        ((18.39, 12.0, 25.0), "18.4 [12.0, 25.0]"),
        ((0.01244, 0.0122, 0.0126), "0.01244 [0.01220, 0.01260]"),
        ((180.0, 100.0, 300.0), "180 [100, 300]"),
        ((np.nan, 0.1, 0.2), "–"),
        ((0.5, np.nan, np.nan), "0.500"),
        ((0.5, 0.5, 0.5), "0.500"),
    ],
)
def test_with_interval(numbers, text):
    assert with_interval(*numbers) == text


def test_with_interval_for_narrow_places():
    assert with_interval(0.583, 0.5213, 0.6602, digits=1) == "0.58 [0.52, 0.66]"


def test_external_row():
    row = external_table(long_table({("mine", "baseline", "own"): exponents("authors")}, "external/mine"))
    assert row["study"].tolist() == ["mine"] and row.loc[0, "gamma_1_authors"] == pytest.approx(0.1)
    assert not [name for name in row if name.endswith("published")]


def test_what_the_robust_procedure_could_not_say_stands_below_the_table():
    quiet, noted = (exponents("authors", "robust", note=note) for note in (np.nan, "no early power law"))
    table = paper_table(1, long_table({("A_x", "baseline", "l2"): quiet, ("B_x", "baseline", "l2"): noted}), "l2")
    assert table["note_robust"].tolist()[1] == "no early power law"
    assert markdown(1, table).endswith("|\n\n- B x, robust: no early power law.\n")
    assert "% B x, robust: no early power law.\n" in latex(1, table)
    assert web_page(1, table).count("<p>B x, robust: no early power law.</p>") == 1
