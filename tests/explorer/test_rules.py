"""Whose curves a page holds, and that nothing is trained for it."""

from collections import Counter

import pandas as pd
import pytest
from harness.study import Study


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return Study(tmp_path_factory.mktemp("explorer") / "study")


def test_the_page_of_the_study_needs_what_other_targets_need(study):
    everything, page = (sum(study.planned(target), Counter()) for target in ("all", "results/explorer.html"))
    assert page["explorer_page"] == 1
    assert page["trajectories"] == everything["trajectories"] and not page - everything


def test_recorded_studies_are_not_trained_and_show_every_norm(study):
    named, following = study.planned("results/recorded/laptop/explorer.html")
    jobs = named + following
    runs = pd.read_parquet(study.folder / "recorded/laptop.parquet", columns=["cell", "variant", "norm"])
    assert jobs["explorer_page"] == 1 and jobs["recorded_trajectories"] == len(runs.drop_duplicates())
    assert set(jobs) <= {
        *(
            "explorer_page",
            "recorded_trajectories",
            "mean_curves",
            "authors_exponents",
            "robust_exponents",
            "exponents",
        ),
    }
    assert jobs["robust_exponents"] < jobs["authors_exponents"], "of those norms alone that tables show"


def test_your_own_curves_are_on_both_pages(study):
    mine = "external={mine: {file: examples/own_curves.tsv}}"
    for target in ("results/external/mine/explorer.html", "results/explorer.html"):
        named, following = study.planned("--config", mine, "preset=tiny", "--", target)
        assert (named + following)["external_curves"] == 1


def test_a_study_that_is_not_there_is_an_error_in_one_line(study):
    with pytest.raises(AssertionError, match=r"no recorded study 'nothing'; there are: .*laptop"):
        study.planned("results/recorded/nothing/explorer.html")
