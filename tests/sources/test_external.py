"""A user's own curves: read as they are, or refused with one line."""

import numpy as np
import pandas as pd
import pytest
from harness.paths import EXAMPLE_CURVES

from scaling.core.errors import BadInput
from scaling.core.tidy import write_table
from scaling.sources.external import read_external_curves


def own_curves(P=(500, 1000, 2000, 4000, 8000), seeds=5, gamma_1=0.4, gamma_2=1.1, noise=0.03, points=20):
    """The example file's contents: epsilon/epsilon_opt = Phi(lambda/lambda_opt), noise correlated along each run.

    lambda_opt = 20 (P/500)^gamma_2, epsilon_opt = 0.13 (P/500)^(-gamma_1 gamma_2), and Phi falls as a power law of
    exponent -gamma_1, turns at 1 and then rises slowly; lambda grows as a power of the epoch.
    """
    random = np.random.default_rng(20250519)
    rows = []
    for p in P:
        lambda_opt = 20 * (p / 500) ** gamma_2
        error_opt = 0.13 * (p / 500) ** (-gamma_1 * gamma_2)
        for seed in range(1, seeds + 1):
            epoch = np.unique(np.round(np.geomspace(1, 300, points)).astype(int))
            norm = (
                lambda_opt * 10 ** np.interp(np.log10(epoch), [0, np.log10(300)], [-2, 0.5]) * random.lognormal(0, 0.05)
            )
            x = norm / lambda_opt
            shape = ((x**-gamma_1) ** 8 + 1) ** (1 / 8) * (1 + 0.1 * np.log1p(x) ** 2)
            walk = noise * (random.normal() + 0.3 * np.cumsum(random.normal(size=epoch.size)) / np.sqrt(epoch.size))
            error = np.minimum(error_opt * shape / (1 + 0.1 * np.log(2) ** 2) * np.exp(walk), 0.9)
            rows.append(pd.DataFrame({"P": p, "seed": seed, "epoch": epoch, "norm": norm, "test_error": error}))
    return pd.concat(rows, ignore_index=True).round({"norm": 4, "test_error": 5})


def test_the_example_is_what_the_generator_makes():
    assert EXAMPLE_CURVES.stat().st_size < 100_000
    pd.testing.assert_frame_equal(pd.read_csv(EXAMPLE_CURVES, sep="\t"), own_curves())


def test_both_formats_and_both_norms(tmp_path):
    table = own_curves()
    table["log10_norm"] = np.log10(table["norm"])
    write_table(table.drop(columns="norm"), tmp_path / "logs.parquet")
    write_table(table.drop(columns="log10_norm").assign(comment="x"), tmp_path / "plain.tsv")
    one, other = (read_external_curves(tmp_path / name) for name in ("logs.parquet", "plain.tsv"))
    pd.testing.assert_frame_equal(one, other, check_dtype=False)
    np.testing.assert_allclose(one["log10_norm"], np.log10(table["norm"]))
    assert set(one["norm"]) == {"own"} and not one["diverged"].any()


def test_mean_curves_need_no_seed(tmp_path):
    table = own_curves(seeds=1).drop(columns="seed")
    write_table(table, tmp_path / "means.tsv")
    assert read_external_curves(tmp_path / "means.tsv")["seed"].isna().all()


def change(column, row, value):
    def changed(table):
        table = table.astype({column: object})
        table.loc[row, column] = value
        return table

    return changed


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (lambda t: t.drop(columns="test_error"), "no column test_error"),
        (lambda t: t.drop(columns="P"), "no column P"),
        (lambda t: t.drop(columns="norm"), "no columns norm and log10_norm"),
        (change("norm", 3, -1.5), "row 4 below the header: norm is -1.5; allowed: more than 0"),
        (change("norm", 0, 0), "row 1 below the header: norm is 0; allowed: more than 0"),
        (change("test_error", 7, 1.2), "row 8 below the header: test_error is 1.2; allowed: a fraction, 0 to 1"),
        (change("test_error", 7, -0.1), "row 8 .* test_error is -0.1"),
        (change("epoch", 2, "late"), "row 3 below the header: epoch is late; allowed: a finite number"),
        (change("norm", 2, None), "row 3 below the header: norm is missing"),
        (change("P", 2, 10.5), "row 3 below the header: P is 10.5; allowed: a whole number"),
        (lambda t: t[t["P"] <= 1000], "column P has 2 different values; 3 or more"),
        (lambda t: t[(t["P"] > 500) | (t["seed"] > 1) | (t["epoch"] == 1)], "run of P = 500, seed = 1 has one point"),
        (lambda t: t.drop(columns="seed"), "a second row for P = 500, epoch = 1 .does a column seed lack"),
        (lambda t: pd.concat([t, t.iloc[[5]]]), "a second row for P = 500, seed = 1, epoch ="),
        (lambda t: t.iloc[:0], "column P has 0 different values"),
    ],
)
def test_bad_files_get_one_clear_line(tmp_path, break_it, message):
    write_table(break_it(own_curves()), tmp_path / "mine.tsv")
    with pytest.raises(BadInput, match=rf"mine\.tsv: .*{message}") as refusal:
        read_external_curves(tmp_path / "mine.tsv")
    assert "\n" not in str(refusal.value)


def test_files_that_are_no_tables(tmp_path):
    (tmp_path / "a.parquet").write_text("no")
    (tmp_path / "a.tsv").write_text("")
    for name, message in [
        ("a.parquet", "no column P; it has one column only, no"),
        ("a.tsv", "cannot be read"),
        ("a.csv", "no such"),
        ("b.tsv", "no such"),
    ]:
        with pytest.raises(BadInput, match=message):
            read_external_curves(tmp_path / name)
