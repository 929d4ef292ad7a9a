"""A study made larger: what is trained is used again where that gives the same result. Real runs, of a few epochs."""

import pandas as pd
import pytest
from harness.study import CHECKPOINTS

pytestmark = pytest.mark.faults

CNN = "results/runs/CNN_digits/baseline/P90/block{}.{}.parquet"
RESNET = CNN.replace("CNN", "ResNet")
TABLES = ("epochs", "layers")


def with_cells(prepared, folder, cells):
    """The tiny study with other settings of its cells."""
    study = prepared.copy(folder)
    set_cells(study, cells)
    return study


def set_cells(study, cells):
    """Set the overrides of the configuration file's last line."""
    file = study.folder / "study.yaml"
    file.write_text(file.read_text().split("\ncells: ")[0] + f"\ncells: {cells}\n")


def log(study, cell, block):
    return (study.folder / f"logs/train_block/{cell}/baseline/P90/block{block}.log").read_text()


def test_a_seed_added_to_a_block_that_has_room(prepared, tmp_path, report):
    study = with_cells(prepared, tmp_path / "study", "{CNN_digits: {epochs: 5, seeds: 3}}")  # in blocks of 2
    files = [CNN.format(block, table) for block in (0, 1) for table in TABLES]
    targets = ("--cores", "2", "--", *files)
    study.run(*targets)
    finished = [study.folder / CHECKPOINTS / f"P90/seed{seed}.pt" for seed in (1, 2, 3)]
    untouched = [*finished, *(study.folder / file for file in files[:2])]
    times = [file.stat().st_mtime_ns for file in untouched]
    before = [pd.read_parquet(study.folder / file) for file in files[2:]]

    set_cells(study, "{CNN_digits: {epochs: 5, seeds: 4}}")
    study.run(*targets)
    assert [file.stat().st_mtime_ns for file in untouched] == times, "what was finished was written again"
    assert "seed 3" not in log(study, "CNN_digits", 1), "the finished run was trained again"
    for file, old in zip(files[2:], before, strict=True):
        new = pd.read_parquet(study.folder / file)
        assert list(new["seed"].unique()) == [3, 4]
        pd.testing.assert_frame_equal(new[new["seed"] == 3].reset_index(drop=True), old, check_exact=True)
    report("Reruns", "a 4th seed beside the 3rd in a job of 2 | trained: seed 4 alone | rows of the others equal")


def test_more_epochs(prepared, tmp_path, report):
    """With keep_weights a run goes on from its end if every point until there is at hand, else afresh, and says so."""
    kept = (
        "{{CNN_digits: {{keep_weights: true, epochs: {}, log_points: 99}},"
        " ResNet_digits: {{keep_weights: true, epochs: {}, log_points: 3}}}}"
    )
    files = [each.format(0, table) for each in (CNN, RESNET) for table in TABLES]
    targets = ("--cores", "2", "--", *files)
    study = with_cells(prepared, tmp_path / "study", kept.format(4, 4))
    fresh = with_cells(prepared, tmp_path / "fresh", kept.format(9, 9))
    for each in (study, fresh):
        each.run(*targets)
    set_cells(study, kept.format(9, 9))
    study.run(*targets)
    for cell, says in (("CNN_digits", "continuing at step 12 of 27"), ("ResNet_digits", "starting afresh")):
        assert log(study, cell, 0).count(says) == 2, "one line for each run"
    assert "was logged at other points" in log(study, "ResNet_digits", 0)
    assert study.bytes_of() == fresh.bytes_of()
    report("Reruns", "4 epochs raised to 9 | continued where every epoch was logged, else started afresh | bytes equal")
