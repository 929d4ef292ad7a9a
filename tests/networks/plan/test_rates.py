"""Hours from measured rates: of networks that were measured, and of no others."""

import csv
from math import isnan
from pathlib import Path

import pytest
from harness.paths import CONFIG

from scaling.config import read_study
from scaling.networks.plan import rates
from scaling.networks.plan.costs import Plan, images_of
from scaling.networks.plan.counts import Counts
from scaling.networks.plan.operations import count


@pytest.fixture(scope="module")
def paper():
    return Plan(read_study(CONFIG | {"preset": "paper"}))


def test_every_network_of_the_paper_has_measured_rates(paper):
    for cell in paper.study.cells.values():
        shape, classes, *_ = images_of(paper.study.datasets[cell.dataset])
        counts = count(cell.family, cell.sizes, shape, classes)
        known = [rates.rate(cell.family, counts, cell.batch_size, name) for name in rates.PRECISIONS]
        assert {kind for _, kind in known} == {"measured"} and known[0][0] < known[1][0] < known[2][0]


def test_the_hours_are_the_images_over_the_rate():
    """CNN MNIST: 81,421 images a second in float32, 206,933 in TF32; a third of a step's operations scores an image."""
    counts = count("CNN", {"stages": [[32, 64], [128]], "fully_connected": [512]}, (1, 28, 28), 10)
    row = rates.hours("CNN", counts, 128, trained=206_933 * 3600.0, scored=0)
    assert row["hours_tf32"] == pytest.approx(1) and row["hours_float32"] == pytest.approx(206_933 / 81_421)
    assert row["rates"] == "measured: float32, tf32, bf16"
    scored = rates.hours("CNN", counts, 128, trained=0, scored=81_421 * 3600.0)
    share = counts.forward / (counts.forward + counts.backward)
    assert [scored[f"hours_{name}"] for name in rates.PRECISIONS] == [pytest.approx(share)] * 3 and 0.33 < share < 0.34
    assert row["floor_tf32"] < row["hours_tf32"]


def test_a_network_that_was_not_measured_has_no_hours():
    row = rates.hours("CNN", Counts(forward=1, backward=2, parameters=3), 128, 1e6, 1e6)
    assert all(isnan(row[f"hours_{name}"]) for name in rates.PRECISIONS) and row["rates"] == "none known"
    assert row["floor_bf16"] > 0


def test_the_plan_has_them(paper):
    rows = {(row["cell"], row["variant"]): row for row in paper.rows()}
    assert {rows[cell, "baseline"]["rates"] for cell in paper.study.cells} == {"measured: float32, tf32, bf16"}
    assert rows["CNN_CIFAR10", "batch_32"]["rates"] == "none known"
    total = [sum(rows[cell, "baseline"][f"hours_{name}"] for cell in paper.study.cells) for name in rates.PRECISIONS]
    assert total == [pytest.approx(532, abs=1), pytest.approx(159, abs=1), pytest.approx(98, abs=1)]


def test_a_predicted_rate_is_called_so(monkeypatch):
    counts = Counts(forward=1, backward=2, parameters=3)
    monkeypatch.setattr(rates, "_table", lambda: {("cnn", 3, 1, 128, "tf32"): (10.0, False)})
    row = rates.hours("CNN", counts, 128, 36000.0, 0.0)
    assert row["rates"] == "predicted: tf32"


def test_the_file_says_of_every_rate_whether_it_was_measured():
    with (Path(rates.__file__).parent / "rates.tsv").open(newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    assert {row["measured"] for row in rows} == {"yes"} and len(rows) == 27
