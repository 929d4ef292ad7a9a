"""A target of a cell or a variant that the study does not have: the error names it, and says what there is."""

import pytest


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (
            "exponents/CNN_other/baseline/l2.tsv",
            "no cell 'CNN_other' in this study; there are: CNN_digits, ResNet_digits",
        ),
        ("runs/CNN_other/baseline/P90/block0.epochs.parquet", "no cell 'CNN_other' in this study"),
        ("trajectories/CNN_digits/odd/l2.parquet", "no variant 'odd' in this study; there are: baseline"),
    ],
)
def test_what_the_study_does_not_have_is_named(study, target, said):
    with study.start("--cores", "1", "--dry-run", "--", f"results/{target}") as run:
        assert run.wait() == 1
    assert said in run.said()
