"""Targets: an unknown one is named, `study` leaves out what the paper has not, and what tells the laws comes first."""

import re

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


def jobs_of(study, target):
    """What a dry run would do: (rule, wildcards as printed, priority) of each job."""
    with study.start("--cores", "1", "--dry-run", "--", target) as run:
        assert run.wait() == 0
    found = []
    for rule, about in re.findall(r"^(?:local)?rule (\w+):\n((?: .*\n)*)", run.said(), re.MULTILINE):
        wildcards = re.search(r"^    wildcards: (.*)$", about, re.MULTILINE)
        priority = re.search(r"^    priority: (\d+)$", about, re.MULTILINE)
        found.append((rule, wildcards[1] if wildcards else "", int(priority[1]) if priority else 0))
    return found


def test_study_is_all_but_the_models_beside_the_paper(study):
    whole, paper = ({rule for rule, _, _ in jobs_of(study, target)} for target in ("all", "study"))
    left_out = whole - paper - {"all"}
    rooms = ("covariates", "interpolators", "laws", "network_laws", "perceptron", "shallow")
    assert left_out and all(rule.startswith(rooms) for rule in left_out)
    assert {"table", "figure", "figure1", "figure9", "picture", "prediction_table", "norm_audit"} <= paper
    assert not any(rule.startswith(("covariates", "interpolators", "shallow", "laws")) for rule in paper)


def test_what_tells_the_laws_comes_first(study):
    """The first cell's baseline before the others', these before variants and other norms; data before all."""
    jobs = jobs_of(study, "study")

    def of(rule, *words):
        return [each for name, wildcards, each in jobs if name == rule and all(word in wildcards for word in words)]

    trained = of("train_block", "CNN_digits", "baseline"), of("train_block", "ResNet_digits", "baseline")
    others = [each for name, text, each in jobs if name == "train_block" and "variant=baseline" not in text]
    assert min(trained[0]) > max(trained[1]) and min(trained[1]) > max(others, default=0)
    assert min(of("draw_subset")) > max(max(trained[0]), max(trained[1]))
    assert max(of("mean_curves", "CNN_digits", "baseline", "norm=spectral_complexity")) > max(trained[0])
    assert set(of("mean_curves", "norm=l2")) == {0}
