"""The fit windows that stand beside the recorded texts are those of the rule."""

import pytest
from harness.paths import CONFIG, ROOT

from scaling.analysis.facts import with_facts
from scaling.analysis.mean_curves import mean_curves
from scaling.analysis.window_rule import window_by_rule
from scaling.config import read_study
from scaling.networks.facts import facts_of_runs
from scaling.sources.recorded import read_description, read_runs


@pytest.mark.parametrize("name", ["laptop_text", "laptop_kjv"])
def test_the_windows_of_the_recorded_texts_are_those_of_the_rule(name):
    """And those of the laptop preset, whose runs they are."""
    study = read_description(ROOT / f"recorded/{name}.json")
    preset = read_study(CONFIG | {"preset": "laptop"}).cells
    runs = read_runs(ROOT / f"recorded/{name}.parquet", study)
    runs = dict(list(runs[runs["norm"].isin((study.norms[0], "l2"))].groupby(["cell", "variant", "norm"])))
    for cell, its in study.cells.items():
        known = {}
        for variant in ("baseline", *its.variants):
            told = its.of(variant).training
            about = facts_of_runs(told.task, told.measure, told.floor, its.data)
            first = None
            for norm in (study.norms[0], "l2"):
                tables = [with_facts(table, about) for table in mean_curves(runs[cell, variant, norm])]
                known[f"{variant}/{norm}"] = window_by_rule(*tables, 0.05, first)
                first = tables
        for key, window in known.items():
            stored = its.training.fit_window(*key.split("/"), study.norms[0])
            assert stored.model_dump(exclude_none=True) == pytest.approx(window.model_dump(exclude_none=True), rel=0.01)
            if cell in preset:
                assert preset[cell].fit_window(*key.split("/"), study.norms[0]) == stored
