"""The choices: every combination is there, the procedures' own are marked, and a true law agrees with itself."""

import numpy as np
import pandas as pd
import pytest

from scaling.analysis.authors import authors_exponents
from scaling.analysis.choices import choices, published_choices
from scaling.analysis.figures.choices import draw_choices
from scaling.analysis.mean_curves import mean_curves
from scaling.analysis.robust.procedure import robust_exponents
from scaling.validation.synthetic import Noise, Truth, synthetic_study

P = np.array([500, 1000, 2000, 4000, 8000, 16000])


@pytest.fixture(scope="module")
def study() -> pd.DataFrame:
    return synthetic_study(Truth(), Noise(), P, 4, np.random.default_rng(1))


@pytest.fixture(scope="module")
def table(study):
    return choices(study, *mean_curves(study), resamples=100)


def test_every_combination_is_there(table):
    # 6, 5 and 4 values of P; 9 windows; 4 estimators; an offset needs 6 values of P; the procedure's own law.
    ours = table[table.estimator != "authors"]
    assert len(ours) == 9 * 4 * (2 + 1 + 1) + 9 * 3
    assert not ours.duplicated(["estimator", "min_P", "straight", "kept", "law"]).any()
    assert list(table[table.estimator == "authors"].min_P.fillna(0)) == [0, 500, 1000, 2000]


def test_the_procedures_own_choices_are_among_them(study, table):
    robust = robust_exponents(study, resamples=100).exponents.iloc[0]
    (own,) = table[table.of_procedure == "robust"].to_dict("records")
    for name in ("gamma_1", "gamma_2", "gamma_meas", "min_P"):
        assert own[name] == pytest.approx(robust[name], rel=1e-9)
    authors = authors_exponents(*mean_curves(study))[0].iloc[0]
    (own,) = table[table.of_procedure == "authors"].to_dict("records")
    for name in ("gamma_1", "gamma_2", "gamma_meas", "gamma_pred", "sigma"):
        assert own[name] == pytest.approx(authors[name], rel=1e-9)


def test_a_true_law_holds_for_most_choices_without_offset(table):
    part = table[table.law == "power"]
    assert part[part.estimator == "collapse"].gamma_2.median() == pytest.approx(0.7, abs=0.03)
    assert part.gamma_meas.median() == pytest.approx(0.28, abs=0.02)
    assert part.agrees.mean() > 0.6


def test_the_published_reading_names_what_one_range_does(table):
    readings = published_choices({"a/b/c": table}).set_index("reading")
    assert readings.loc["one range, all P", "min_P"] == 500
    assert readings.loc["published", "gamma_1"] == readings.loc["one range, all P", "gamma_1"]
    assert readings.loc["all", "agrees"] == pytest.approx(table["agrees"].mean())


def test_mean_curves_serve_and_two_P_give_the_authors_rows_alone(study):
    curves, optima = mean_curves(study)
    mean = curves.rename(columns={"error_mean": "test_error"})
    assert "collapse" in set(choices(mean, curves, optima).estimator)
    few = study[study.P <= 1000]
    assert set(choices(few, *mean_curves(few)).estimator) == {"authors"}


def test_the_figure_draws_with_and_without_verdicts(table):
    figure = draw_choices({"a/b/c": table, "d/e/f": table.assign(gamma_pred=np.nan)})
    assert "agree" in figure.axes[0].texts[0].get_text()
    assert figure.axes[1].texts[0].get_text() == "no choice bears both exponents"
