"""The room leaves with its folders: what is left still plans all."""

import shutil

import pytest
from harness.study import Study

PLACES = "rules/interpolators", "workflow_scripts/interpolators", "workflow_scripts/scaling/interpolators"


@pytest.mark.parametrize("preset", ["quick", "paper"])
def test_without_its_folders_all_is_planned(tmp_path, preset):
    study = Study(tmp_path / "study", preset=preset)
    with_it, _ = study.planned("all")
    assert with_it["interpolators_solve"] > 5
    for place in PLACES:
        shutil.rmtree(study.folder / place)
    without, _ = study.planned("all")
    assert not [rule for rule in without if "interpolators" in rule]
    assert without == {rule: jobs for rule, jobs in with_it.items() if "interpolators" not in rule}
