"""The page: everything in one file, small, and nothing in a name can become a part of it."""

import base64
import gzip
import hashlib
import json
import re

import numpy as np
import pytest
from harness.explored import recorded, runs_of, tables_of
from harness.paths import LIBRARY

from scaling.analysis.settings import FitWindow
from scaling.explorer.contents import FEWEST, MOST, POINTS, contents
from scaling.explorer.page import page

#: SHA-256 of the files of uPlot 1.6.32 as they are published.
UPLOT = {
    "uPlot.iife.min.js": "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f",
    "uPlot.min.css": "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04",
}


def data_of(text: str) -> dict:
    packed = re.search(r'<script type="text/plain" id="data">([A-Za-z0-9+/=]*)</script>', text)[1]
    return json.loads(gzip.decompress(base64.b64decode(packed)))


@pytest.fixture(scope="module")
def tables():
    return tables_of(runs_of())


def test_the_page_holds_the_data(tables):
    held = contents([tables])
    assert data_of(page(held)) == held
    assert page(contents([tables])) == page(held), "the same tables give the same bytes"


def test_the_page_asks_for_nothing(tables):
    text = page(contents([tables]))
    assert re.search(r"Content-Security-Policy\" content=\"default-src 'none'; script-src 'unsafe-inline'", text)
    assert set(re.findall(r'(?:src|href)="([^"]*)"', text)) == {"data:,"}
    assert not re.search(r"@import|url\(|{{|}}\s*</style>|fetch\(|XMLHttpRequest|WebSocket|import\(", text)


def test_no_name_becomes_a_part_of_the_page(tables):
    name = "</script><img src=x onerror=alert(1)>"
    text = page(contents([tables_of(runs_of(), study=name)]))
    assert name not in text and "onerror" not in text
    assert data_of(text)["rows"][0]["study"] == name


def test_numbers_survive(tables):
    (row,) = contents([tables])["rows"]
    for curve, (P, table) in zip(row["curves"], tables.curves.groupby("P"), strict=True):
        assert curve["P"] == P
        np.testing.assert_allclose(curve["x"], table["log10_norm"], rtol=1e-7)
        np.testing.assert_allclose(curve["y"], table["error_mean"], rtol=1e-7)
        np.testing.assert_array_equal(curve["n"], table["runs"])
    np.testing.assert_allclose(row["optima"]["log10_l_0"], tables.optima["log10_l_0"], rtol=1e-7)
    found = tables.exponents.set_index("quantity")["value"]
    assert row["exponents"]["authors"]["gamma_1"]["value"] == pytest.approx(found["gamma_1"], rel=1e-7)
    assert row["window"]["gamma_1_min_P"] == found["gamma_1_min_P"]
    assert [row["window"][f"log10_{end}"] for end in ("left", "right")] == [
        np.log10(found["x_left"]), np.log10(found["x_right"])
    ]  # fmt: skip
    assert row["optima"]["log10_lambda_opt"] == tables.optima["log10_lambda_opt"].tolist(), "to the last digit"


def test_an_open_window_and_a_missing_error_are_null():
    (row,) = contents([tables_of(runs_of(seeds=1), window=FitWindow(gamma_1_min_P=500))])["rows"]
    assert row["window"]["log10_left"] is None and set(row["curves"][0]["sem"]) == {None}


def runs_in(held: dict) -> list[tuple]:
    def sums(place):
        return np.cumsum(held["pool"][place]) / held["steps"]

    (row,) = held["rows"]
    return [(run["P"], run["seed"], held["pool"][run["epoch"]], sums(run["x"]), sums(run["y"])) for run in row["runs"]]


def test_runs_are_thinned_and_keep_their_ends():
    trajectories = runs_of(points=500)
    held = contents([tables_of(trajectories)])
    for P, seed, epoch, x, y in runs_in(held):
        run = trajectories[(trajectories["P"] == P) & (trajectories["seed"] == seed)]
        assert len(epoch) == len(x) == len(y) == MOST
        assert (epoch[0], epoch[-1]) == (run["epoch"].iloc[0], run["epoch"].iloc[-1])
        at = run.set_index("epoch").loc[epoch]
        np.testing.assert_allclose(x, at["log10_norm"], atol=0.51 / held["steps"])
        np.testing.assert_allclose(y, np.log10(at["test_error"]), atol=0.51 / held["steps"])


def test_many_runs_are_thinned_more(tables, monkeypatch):
    monkeypatch.setattr("scaling.explorer.contents.POINTS", 12 * 20)
    assert {len(epoch) for _, _, epoch, *_ in runs_in(contents([tables]))} == {20}
    monkeypatch.setattr("scaling.explorer.contents.POINTS", 12)
    assert {len(epoch) for _, _, epoch, *_ in runs_in(contents([tables]))} == {FEWEST}
    assert POINTS * 4 < 2e6, "four letters a point: the page stays a small file"


def test_norms_share_the_epochs_and_errors_of_their_runs(tables):
    other = tables_of(runs_of().assign(log10_norm=lambda table: 2 * table["log10_norm"]), norm="l1")
    held = contents([tables, other])
    assert len(held["pool"]) == 1 + 12 + 2 * 12, "one list of epochs, twelve of errors, twelve of each norm"


def test_diverged_runs_and_rows_without_curves_are_left_out(tables):
    lost = runs_of().assign(diverged=lambda table: (table["P"] == 500) & (table["seed"] == 2))
    assert (500, 2) not in {run[:2] for run in runs_in(contents([tables_of(lost)]))}
    none = tables_of(runs_of().assign(log10_norm=np.nan), norm="spectral")
    assert [row["norm"] for row in contents([none, tables])["rows"]] == ["l2"]
    assert contents([none])["rows"] == [] and page(contents([none]))


def test_the_recorded_laptop_study_is_a_small_page(report):
    """All its norms."""
    rows = recorded("laptop")
    size = len(page(contents(rows)))
    report("Explorer", f"the page of recorded/laptop, {len(rows)} rows: {size / 1e6:.2f} MB")
    assert len(rows) >= 16 and size < 3e6


@pytest.mark.parametrize("name", UPLOT)
def test_the_plotting_library_is_what_its_authors_publish(name):
    assert hashlib.sha256((LIBRARY / "explorer/uplot" / name).read_bytes()).hexdigest() == UPLOT[name]
