"""Jobs of a good length, whose size depends on the configuration alone."""

import copy

import numpy as np
import pytest
from harness.images import write_idx_set
from harness.paths import CONFIG

from scaling.config import read_study
from scaling.core.errors import BadInput
from scaling.networks.plan.costs import SAFETY, START_SECONDS, Plan, images_of, run_flops
from scaling.networks.plan.operations import count


def plan_of(preset="paper", **overrides):
    return Plan(read_study(CONFIG | {"preset": preset} | overrides))


@pytest.fixture(scope="module")
def paper():
    return plan_of()


def every_row(plan):
    return [(cell, variant) for cell, keys in plan.study.cells.items() for variant in ("baseline", *keys.variants)]


def test_every_run_is_in_exactly_one_job(paper):
    for cell, variant in every_row(paper):
        for P in paper.training(cell, variant).P:
            blocks = paper.blocks(cell, variant, P)
            assert [seed for block in blocks for seed in block] == paper.training(cell, variant).seeds_at(P)


def test_seeds_may_differ_from_P_to_P():
    plan = plan_of(cells={"CNN_MNIST": {"P": [375, 48000], "seeds": {375: 40, 48000: [2, 5]}, "block_size": 32}})
    sizes = [[len(block) for block in plan.blocks("CNN_MNIST", "baseline", P)] for P in (375, 48000)]
    assert sizes == [[32, 8], [2]] and plan.blocks("CNN_MNIST", "baseline", 48000) == [[2, 5]]
    row = next(row for row in plan.rows() if row["cell"] == "CNN_MNIST")
    assert row["runs"] == 42


def test_the_papers_jobs_last_20_minutes_to_8_hours_unless_a_P_needs_less_in_all(paper):
    for cell, variant in every_row(paper):
        jobs = paper.jobs(cell, variant)
        assert all(job.seconds < 8 * 3600 for _, job in jobs)
        for P in {P for P, job in jobs if job.seconds < 20 * 60}:
            assert [p for p, _ in jobs].count(P) == 1


def test_a_cell_by_hand(paper):
    training = paper.training("CNN_MNIST", "baseline")
    counts = count("CNN", training.sizes, (1, 28, 28), 10)
    points = len(set(np.geomspace(1, 500, 50).round()))  # 50 points, of which some are the same epoch
    assert points < 45
    expected = 500 * 6000 * (counts.forward + counts.backward) + points * (6000 + 10_000) * counts.forward
    assert run_flops(training, counts, 6000, 10_000) == expected
    job = paper.job("CNN_MNIST", "baseline", 6000, 31)
    assert job.flops == 31 * expected
    assert job.seconds == pytest.approx(START_SECONDS + 31 * expected / 2e13)
    assert job.runtime_minutes * 60 == pytest.approx(START_SECONDS + SAFETY * 31 * expected / 2e13, abs=60)


def test_the_rate_of_steps_bounds_small_networks():
    plan = plan_of("quick", device={"step_seconds": 0.5})
    training = plan.training("CNN_digits", "baseline")
    steps = training.epochs_at(100) * 4  # batches of 32
    assert plan.job("CNN_digits", "baseline", 100, 2).seconds == START_SECONDS + 2 * steps * 0.5


def test_a_faster_device_takes_more_runs_per_job(paper):
    fast = plan_of(device={"throughput": 2e14, "step_seconds": 0})
    assert fast.block_size("ResNet_CIFAR10", "baseline", 46000) > paper.block_size("ResNet_CIFAR10", "baseline", 46000)
    small = plan_of(device={"throughput": 2e14, "step_seconds": 0, "memory_mb": 8000})
    assert small.block_size("ResNet_CIFAR10", "baseline", 46000) < fast.block_size("ResNet_CIFAR10", "baseline", 46000)


def test_seeds_added_leave_the_other_jobs_alone(paper):
    cell, P = "ResNet_CIFAR10", 6000
    more = plan_of(cells={cell: {"seeds": 24}})
    before, after = paper.blocks(cell, "baseline", P), more.blocks(cell, "baseline", P)
    assert len(after) > len(before) > 1
    assert after[: len(before) - 1] == before[:-1]


def test_a_retry_asks_for_more(paper):
    job = paper.job("CNN_MNIST", "baseline", 6000, 31)
    first, second, third = (job.at_attempt(attempt) for attempt in (1, 2, 3))
    assert first == (job.runtime_minutes, job.host_mb)
    assert first[0] < second[0] < third[0]
    assert first[1] < second[1] < third[1]


def test_a_chosen_block_size_is_kept():
    plan = plan_of("quick", cells={"CNN_digits": {"seeds": 5, "block_size": 2}})
    assert plan.blocks("CNN_digits", "baseline", 100) == [[1, 2], [3, 4], [5]]


def test_the_total_is_the_sum(paper):
    *rows, total = paper.rows()
    assert [(row["cell"], row["variant"]) for row in rows] == every_row(paper)
    for key in ("runs", "jobs", "flops"):
        assert total[key] == pytest.approx(sum(row[key] for row in rows), rel=1e-12)


def test_the_sizes_of_the_digits_are_those_that_scikit_learn_has():
    from sklearn.datasets import load_digits

    shape, classes, train, test = images_of(read_study(CONFIG).datasets["digits"])
    assert (train + test, *shape[1:]) == load_digits().images.shape
    assert (classes, round(test / (train + test), 2)) == (10, 0.2)


def test_the_sizes_of_deformed_images_are_those_that_are_asked_for():
    assert images_of(read_study(CONFIG).datasets["noisydigits"]) == ((1, 8, 8), 10, 26_000, 2_000)


def test_a_model_that_is_made_for_images_that_are_not_there_yet_has_jobs(tmp_path):
    """It fails on images of the assumed shape, which says nothing of it."""
    (tmp_path / "net.py").write_text(
        "from torch import nn\n"
        "def build(image_shape, classes):\n"
        "    assert image_shape == (1, 20, 20)\n"
        "    return nn.Sequential(nn.Flatten(), nn.Linear(400, classes))\n"
    )
    later = {"later": {"source": "idx", "root": str(tmp_path / "later")}}
    own = {
        "family": str(tmp_path / "net.py"),
        "sizes": {},
        "dataset": "later",
        "P": [20, 40, 80],
        "epochs": 3,
        "seeds": 2,
    }
    plan = plan_of("quick", datasets=later, cells={"Net_later": own})
    plan.check()
    assert [seed for block in plan.blocks("Net_later", "baseline", 20) for seed in block] == [1, 2]
    write_idx_set(tmp_path / "later", n_train=90)
    with pytest.raises(BadInput, match=r"cells\.Net_later\.sizes of .*AssertionError"):
        plan_of("quick", datasets=later, cells={"Net_later": own}).check()


@pytest.mark.parametrize(
    "cell, sizes, said",
    [
        ("CNN_digits", {"stagess": [[8]]}, "sizes.stagess: CNN has no such size"),
        ("CNN_digits", {"stages": "8"}, "sizes.stages: must be a list"),
        ("CNN_digits", {"stages": [[4]] * 5}, "sizes.stages: 5 are too many for images of 8x8 pixels"),
        ("ViT_digits", {"patch": 5}, "sizes.patch: 5 does not divide images of 8x8 pixels"),
        ("ViT_digits", {"patch": 0}, "sizes.patch: must be whole numbers, 1 or more, got 0"),
        ("ViT_digits", {"patch": 2, "dim": 8, "heads": 3}, "sizes.heads: 3 does not divide dim = 8"),
        ("ResNet_digits", {"blocks": [], "widths": []}, "sizes.blocks: [] and sizes.widths: [] must name"),
    ],
)
def test_sizes_that_make_no_network_are_refused_with_the_name_of_their_cell(cell, sizes, said):
    quick = copy.deepcopy(CONFIG)
    quick["presets"]["quick"]["cells"][cell]["sizes"] = sizes
    with pytest.raises(BadInput) as refused:
        Plan(read_study(quick)).check()
    assert str(refused.value).startswith(f"cells.{cell}.{said}") and "\n" not in str(refused.value)
