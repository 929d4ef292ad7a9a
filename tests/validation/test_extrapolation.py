"""Forms of learning curves: they are what their definitions say, and are scored on what they were not fitted to."""

import numpy as np
import pandas as pd
import pytest

from scaling.core.errors import BadInput
from scaling.validation.extrapolation import extrapolation, read_benchmark, summary
from scaling.validation.forms import FORMS, M4, fit_form

X = np.geomspace(1e3, 1e7, 60)
KNOWN = {
    "M1": 3 * X**-0.3,
    "M2": 0.1 + 3 * X**-0.3,
    "M3": 3 * (1 / X + 1e-6) ** 0.3,
    # M4 with alpha = 1: eps = (eps_inf + eps_0 t)/(1 + t), t = beta x^c.
    "M4": (0.05 + 0.9 * 40 * X**-0.4) / (1 + 40 * X**-0.4),
    # s = c = 1: 1/eps = 1/L + 1/eps_0.
    "ours": 1 / (1 / (30 * X**-0.4) + 1 / 0.9),
}


@pytest.mark.parametrize("name", KNOWN)
def test_a_form_that_is_fitted_to_its_own_curve_tells_the_rest(name):
    error, begin = KNOWN[name], X < 1e5
    fit = fit_form(name, X[begin], error[begin])
    # Without noise; a third of the decades is fitted, and a floor or a limit hardly shows there.
    assert np.abs(fit.predict(np.log(X)) - np.log(error)).max() < (0.03 if name == "ours" else 1e-3)


@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0, 2.5])
def test_M4_solves_its_equation(alpha):
    t, log_y = np.log(X / X.mean()), np.log(KNOWN["M4"])
    form, parameters = M4(t, log_y), np.array([-1.0, -0.4, 0.5, 0.1, alpha])
    error = np.exp(form.at(parameters, t))
    lowest, guess = 0.5 * KNOWN["M4"].min(), KNOWN["M4"].max() * np.exp(0.1)
    if alpha:
        assert (error < guess).all()
    ratio = (error - lowest) / np.abs(guess - error) ** alpha
    # alpha = 0 is M2, which knows no guessing: its error may be anything below it.
    inside = error < 0.99 * guess
    np.testing.assert_allclose(np.log(ratio)[inside], (-1.0 - 0.4 * t)[inside], rtol=0, atol=1e-6)


def test_a_form_that_contains_another_fits_no_worse():
    rng = np.random.default_rng(0)
    error = KNOWN["M4"] * np.exp(0.02 * rng.standard_normal(X.size))
    misfit = {name: np.sum((fit_form(name, X, error).predict(np.log(X)) - np.log(error)) ** 2) for name in FORMS}
    assert misfit["M4"] <= misfit["M2"] * (1 + 1e-6) and misfit["M2"] <= misfit["M1"] * (1 + 1e-6)
    assert misfit["M3"] <= misfit["M1"] * (1 + 1e-6)


def benchmark(**changes):
    curves = [
        pd.DataFrame(
            {
                "Domain": domain,
                "Task": "t",
                "Model": name,
                "Seen Examples": X,
                "Loss": KNOWN[name],
                "Training": (X < 1e5).astype(int),
            }
        )
        for domain, name in (("one", "M1"), ("two", "M2"), ("two", "M4"))
    ]
    return pd.concat(curves).assign(**changes)


def test_the_best_form_of_a_curve_has_the_first_rank(tmp_path):
    benchmark().to_csv(tmp_path / "a.csv", index=False)
    table = extrapolation(read_benchmark(tmp_path))
    assert len(table) == 3 * len(FORMS)
    rmse, rank = (table.pivot_table(index="model", columns="form", values=name) for name in ("rmse", "rank"))
    assert all(rmse.loc[name, name] < 1e-3 for name in rmse.index)
    assert rank.loc["M2", "M2"] <= 2 and (rank.loc["M4", ["M1", "M2", "M3"]] > rank.loc["M4", "M4"]).all()
    assert (rank.sum(axis=1) == 15).all()
    medians = summary(table)
    assert list(medians["domain"].unique()) == ["all", "one", "two"]
    ours = medians[(medians["domain"] == "all") & (medians["form"] == "ours")].iloc[0]
    assert ours["curves"] == 3 and ours["median_rmse"] == table[table["form"] == "ours"]["rmse"].median()


def test_the_order_of_the_points_does_not_matter(tmp_path):
    for name, table in (("a", benchmark()), ("b", benchmark().sample(frac=1, random_state=0))):
        (tmp_path / name).mkdir()
        table.to_csv(tmp_path / name / "curves.csv", index=False)
    first, second = (extrapolation(read_benchmark(tmp_path / name)) for name in "ab")
    keys = ["model", "form"]
    pd.testing.assert_frame_equal(
        first.sort_values(keys, ignore_index=True), second.sort_values(keys, ignore_index=True)
    )


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (None, "no .csv file"),
        (benchmark().drop(columns="Loss"), "no column Loss"),
        (benchmark(Loss=0.0), "allowed in P"),
        (benchmark(Training=2), "allowed in Training"),
        (benchmark(Training=1), "one to be predicted"),
        (benchmark().iloc[25:60], "has 5 points to be fitted of 35"),
    ],
)
def test_a_folder_that_is_none_is_refused_in_one_line(table, said, tmp_path):
    if table is not None:
        table.to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(BadInput, match=said) as problem:
        read_benchmark(tmp_path)
    assert "\n" not in str(problem.value)
