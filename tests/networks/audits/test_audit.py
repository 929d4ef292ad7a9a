"""The two audits, on small tables whose answers are known."""

import numpy as np
import pandas as pd
import pytest

from scaling.analysis.authors import authors_exponents
from scaling.analysis.mean_curves import mean_curves
from scaling.analysis.robust.procedure import robust_exponents
from scaling.analysis.settings import Exponents
from scaling.networks.audits.sensitivity import fragility_audit, norm_audit
from scaling.validation.synthetic import Noise, Truth, synthetic_study


def runs(P_to_last, turn_back=False, slope=1.0):
    rows = []
    for P, last in P_to_last.items():
        for seed in (1, 2):
            path = last * slope * np.array([0.25, 0.5, 1.2 if turn_back and seed == 1 else 0.75, 1.0])
            rows += [
                {"P": P, "seed": seed, "epoch": float(e), "log10_norm": v, "diverged": False}
                for e, v in zip([1, 2, 4, 8], path, strict=True)
            ]
    return pd.DataFrame(rows)


def exponents(gamma_1=0.5, gamma_2=1.0, gamma_meas=0.5, low=-0.1, high=0.1):
    return pd.DataFrame(
        [
            {
                "procedure": "robust", "gamma_1": gamma_1, "sigma_1": 0.03, "gamma_2": gamma_2, "sigma_2": 0.04,
                "gamma_pred": gamma_1 * gamma_2, "sigma_pred": 0.03, "gamma_meas": gamma_meas, "sigma_meas": 0.01,
                "sigma": 0.04, "difference": gamma_1 * gamma_2 - gamma_meas, "difference_low": low,
                "difference_high": high,
                "collapse_p": 0.3,
            }
        ]
    )  # fmt: skip


def test_norm_audit_counts_what_turns_back_and_judges_by_the_interval():
    table = norm_audit(
        {("A_x", "l2"): exponents(), ("B_x", "l2"): exponents(gamma_meas=0.9, low=-0.6, high=-0.2)},
        {("A_x", "l2"): runs({10: 1.0, 20: 2.0}), ("B_x", "l2"): runs({10: 1.0, 20: 2.0}, turn_back=True)},
    ).set_index("cell")
    assert bool(table.agrees["A_x"]) and not table.agrees["B_x"]
    assert table.monotone_runs["A_x"] == 1 and table.monotone_runs["B_x"] == 0.5
    assert table.decades["A_x"] == pytest.approx(2.0 - 0.25)


def test_without_an_interval_two_sigma_judge():
    row = exponents(gamma_meas=0.57, low=np.nan, high=np.nan)
    table = norm_audit({("A_x", "l2"): row}, {("A_x", "l2"): runs({10: 1.0})})
    assert bool(table.agrees[0])
    table = norm_audit({("A_x", "l2"): row.assign(sigma=0.03)}, {("A_x", "l2"): runs({10: 1.0})})
    assert not table.agrees[0]


def test_fragility_measures_shifts_trend_and_order():
    trajectories = {
        ("A_x", "baseline"): runs({10: 1.0, 20: 2.0, 40: 3.0}),
        ("B_x", "baseline"): runs({10: 1.5, 20: 2.5, 40: 3.5}),
        ("A_x", "fast"): runs({10: 3.0, 20: 2.0, 40: 1.0}),
        ("B_x", "fast"): runs({10: 2.0, 20: 1.0, 40: 0.5}),
    }
    table = fragility_audit(
        {key: exponents(gamma_1=0.5 if key[1] == "baseline" else 0.53) for key in trajectories},
        trajectories,
        Exponents(),
    ).set_index(["cell", "variant"])
    assert table.gamma_1_shift["A_x", "baseline"] == 0
    assert table.gamma_1_shift["A_x", "fast"] == pytest.approx(0.03 / np.hypot(0.03, 0.03))
    assert table.trend["A_x", "baseline"] == pytest.approx(1) and table.trend["A_x", "fast"] == pytest.approx(-1)
    assert table.order_kept["A_x", "baseline"] == 1 and table.order_kept["A_x", "fast"] == 0


def test_fragility_compares_with_the_baselines_runs_of_the_same_P_and_seeds():
    P = np.array([200, 400, 800, 1600, 3200, 6400])
    everything = synthetic_study(Truth(), Noise(), P, 6, np.random.default_rng(3)).assign(diverged=False)
    few = everything[(everything.P < 3000) & (everything.seed < 4)]  # the very runs of the baseline
    settings = Exponents(bootstrap_resamples=20)

    def fitted(runs):
        authors, _ = authors_exponents(*mean_curves(runs, settings.grid_points))
        return pd.concat([authors, robust_exponents(runs, 20, settings.confidence, settings.seed).exponents])

    tables = {("A_x", "baseline"): fitted(everything), ("A_x", "nothing_changed"): fitted(few)}
    trajectories = {("A_x", "baseline"): everything, ("A_x", "nothing_changed"): few}
    table = fragility_audit(tables, trajectories, settings).set_index(["variant", "procedure"])
    for procedure in ("authors", "robust"):
        row = table.loc["nothing_changed", procedure]
        assert row.gamma_2 != table.loc["baseline", procedure].gamma_2
        assert row.gamma_1_shift == row.gamma_2_shift == row.gamma_pred_shift == 0
        assert row.gamma_2_baseline == row.gamma_2
