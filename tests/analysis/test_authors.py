"""The authors' procedure on curves whose exponents are known."""

import numpy as np
import pandas as pd
import pytest

from scaling.analysis.authors import authors_exponents, default_window
from scaling.analysis.power_law import product
from scaling.analysis.settings import FitWindow

P = np.array([500, 1000, 2000, 4000, 8000])
WINDOW = FitWindow(gamma_1_min_P=1000, x_left=1e-4, x_right=0.1, gamma_2_min_P=500, gamma_meas_min_P=500)


def study(gamma_1=0.5, gamma_2=1.2, offset=0.0, width=0.0):
    """epsilon = epsilon_opt (lambda/lambda_opt)^-gamma_1 up to lambda_opt = 10^offset P^gamma_2, then rising."""
    gamma = gamma_1 * gamma_2
    curves, optima = [], []
    for k, p in enumerate(P):
        log10_opt, error_opt = offset + gamma_2 * np.log10(p), 0.5 * (p / P[0]) ** -gamma
        x = np.linspace(-5, 1, 61)
        slope = gamma_1 + width * (-1) ** k
        y = error_opt * 10 ** np.where(x < 0, -slope * x, x)
        curves.append(
            pd.DataFrame({"P": p, "log10_norm": x + log10_opt, "error_mean": y, "error_sem": np.nan, "runs": 3})
        )
        optima.append((p, log10_opt, error_opt, log10_opt, 3, 0, 0, 0))
    names = ["P", "log10_lambda_opt", "error_opt", "log10_l_0", "runs", "diverged", "censored", "turned"]
    return pd.concat(curves), pd.DataFrame(optima, columns=names)


@pytest.mark.parametrize("offset", [0, 75, 400])
def test_exact_power_laws_come_back_whatever_the_norm(offset):
    fitted, local = authors_exponents(*study(offset=offset), WINDOW)
    row = fitted.iloc[0]
    assert row["gamma_1"] == pytest.approx(0.5, abs=1e-9)
    assert row["gamma_2"] == pytest.approx(1.2, abs=1e-9)
    assert row["gamma_pred"] == pytest.approx(0.6, abs=1e-9)
    assert row["gamma_meas"] == pytest.approx(0.6, abs=1e-9)
    assert row["log10_k_1"] == pytest.approx(0, abs=1e-9)
    assert row["log10_k_2"] == pytest.approx(offset, abs=1e-8)
    assert row["log10_k_meas"] == pytest.approx(np.log10(0.5) + 0.6 * np.log10(500), abs=1e-9)
    assert local["P"].tolist() == [1000, 2000, 4000, 8000]


def test_errors_follow_numpy_polyfit():
    rng = np.random.default_rng(1)
    curves, optima = study()
    curves["error_mean"] *= 10 ** rng.normal(0, 0.02, len(curves))
    optima["log10_l_0"] += rng.normal(0, 0.1, P.size)
    optima["error_opt"] *= 10 ** rng.normal(0, 0.02, P.size)
    row = authors_exponents(curves, optima, WINDOW)[0].iloc[0]
    slopes, errors = [], []
    for (_, curve), best in zip(curves.groupby("P"), optima.itertuples(), strict=True):
        x = 10 ** (curve["log10_norm"] - best.log10_lambda_opt)
        use = (x >= 1e-4) & (x <= 0.1)
        if best.P >= 1000:
            y = curve["error_mean"] / best.error_opt
            fit, covariance = np.polyfit(np.log(x[use]), np.log(y[use]), 1, cov=True)
            slopes.append(-fit[0])
            errors.append(np.sqrt(covariance[0, 0]))
    assert row["gamma_1"] == pytest.approx(np.mean(slopes))
    assert row["sigma_1"] == pytest.approx(np.sqrt(np.mean(np.square(errors))))
    fit_2, covariance_2 = np.polyfit(np.log10(P), optima["log10_l_0"], 1, cov=True)
    fit_m, covariance_m = np.polyfit(np.log10(P), np.log10(optima["error_opt"]), 1, cov=True)
    assert (row["gamma_2"], row["sigma_2"]) == pytest.approx((fit_2[0], np.sqrt(covariance_2[0, 0])))
    assert (row["gamma_meas"], row["sigma_meas"]) == pytest.approx((-fit_m[0], np.sqrt(covariance_m[0, 0])))
    relative = np.hypot(row["sigma_1"] / row["gamma_1"], row["sigma_2"] / row["gamma_2"])
    assert row["sigma_pred"] == pytest.approx(row["gamma_pred"] * relative)
    assert row["sigma"] == pytest.approx(np.hypot(row["sigma_pred"], row["sigma_meas"]))


def test_each_minimum_P_rules_its_own_fit():
    curves, optima = study(width=0.1)
    optima.loc[0, ["log10_l_0", "error_opt"]] = [30, 1e-3]
    free = FitWindow(x_left=1e-4, x_right=0.1)
    fitted = [
        authors_exponents(curves, optima, free.model_copy(update={name: 1000}))[0].iloc[0]
        for name in ("gamma_1_min_P", "gamma_2_min_P", "gamma_meas_min_P")
    ]
    assert [row["gamma_1"] == pytest.approx(0.5) for row in fitted] == [True, False, False]
    assert [row["gamma_2"] == pytest.approx(1.2) for row in fitted] == [False, True, False]
    assert [row["gamma_meas"] == pytest.approx(0.6) for row in fitted] == [False, False, True]


def test_window_edges_count_and_no_value_is_no_bound():
    curves, optima = study()
    local = authors_exponents(curves, optima, FitWindow(gamma_1_min_P=8000, x_right=0.1))[1]
    assert local["P"].tolist() == [8000]
    bent = curves.assign(
        error_mean=curves["error_mean"].where(
            curves["log10_norm"] - curves["P"].map(optima.set_index("P")["log10_lambda_opt"]) > -4.05, 0.9
        )
    )
    assert authors_exponents(bent, optima, WINDOW)[0].loc[0, "gamma_1"] == pytest.approx(0.5)
    unbounded = FitWindow(x_right=0.1)
    assert authors_exponents(bent, optima, unbounded)[0].loc[0, "gamma_1"] != pytest.approx(0.5, abs=0.01)


def test_default_window_is_the_earlier_half():
    curves, optima = study()
    window = default_window(curves, optima, FitWindow())
    assert window.x_right == pytest.approx(10**-2.5) and window.x_left is None
    assert (window.gamma_1_min_P, window.gamma_2_min_P, window.gamma_meas_min_P) == (500, 500, 500)
    assert authors_exponents(curves, optima)[0].loc[0, "gamma_1"] == pytest.approx(0.5)
    said = FitWindow(gamma_1_min_P=1000)
    assert default_window(curves, optima, said).x_right is None


def test_too_little_to_fit_is_nan_not_an_error():
    curves, optima = study()
    narrow = FitWindow(x_left=0.5, x_right=0.6, gamma_2_min_P=5000, gamma_meas_min_P=3000)
    fitted, local = authors_exponents(curves, optima, narrow)
    row = fitted.iloc[0]
    assert local.empty and np.isnan([row["gamma_1"], row["gamma_2"], row["gamma_pred"]]).all()
    assert np.isfinite(row["gamma_meas"]) and np.isnan(row["sigma_meas"])  # two points: a line without an error


def test_an_error_of_zero_and_a_P_without_runs_are_no_points():
    curves, optima = study()
    optima.loc[4, "error_opt"] = 0.0
    optima.loc[0, ["log10_lambda_opt", "error_opt", "log10_l_0"]] = np.nan
    row = authors_exponents(curves, optima, WINDOW)[0].iloc[0]
    assert row["gamma_meas"] == pytest.approx(0.6) and row["gamma_2"] == pytest.approx(1.2)


def test_censored_P_are_counted():
    curves, optima = study()
    optima["censored"] = [3, 2, 1, 0, 0]
    assert authors_exponents(curves, optima, WINDOW)[0].loc[0, "censored_P"] == 2


def test_product():
    assert product(0.5, 0.05, 1.2, 0.24) == pytest.approx((0.6, 0.6 * np.hypot(0.1, 0.2)))
