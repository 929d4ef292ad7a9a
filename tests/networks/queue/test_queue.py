"""Runs of a borrowed machine: ordered, trained in so many minutes, killed, merged, adopted; and not trained again."""

import gzip
import json
import signal
import subprocess
import sys
from collections import Counter
from math import sqrt

import pytest
from harness.paths import CONFIG, SCRIPTS
from harness.study import Study, log_of, wait_for
from harness.training import bits, images

from scaling.config import read_study
from scaling.core.errors import BadInput
from scaling.networks.data.arrays import write_arrays
from scaling.networks.data.subsets import draw_subset
from scaling.networks.queue import write
from scaling.networks.queue.adopt import adopt
from scaling.networks.queue.files import RUN, key_of, read_queue, read_records, spec_at, write_queue
from scaling.networks.queue.run import run_queue
from scaling.networks.queue.status import status
from scaling.networks.queue.write import queue_of
from scaling.networks.training import block
from scaling.networks.training.block import train_block
from scaling.networks.training.code import training_code
from scaling.networks.training.schedule import log_steps
from scaling.networks.training.spec import TrainingSpec

CELL = {
    "family": "CNN",
    "dataset": "toy",
    "sizes": {"stages": [[4]], "fully_connected": [8]},
    "P": [20, 40, 90],
    "seeds": {20: 4, 40: [1, 3], 90: 1},
    "epochs": {20: 6, 40: 4, 90: 3},
    "log_points": 5,
    "batch_size": 16,
}
NOTHING_ELSE = dict.fromkeys(("CNN_digits", "ResNet_digits", "ViT_digits", "MLP_text"))


def study(**changes):
    cells = NOTHING_ELSE | {"CNN_toy": CELL | changes}
    toy = {"toy": {"source": "folder", "root": "nowhere"}}
    return read_study(CONFIG | {"preset": "quick", "datasets": toy, "cells": cells, "fragility": []})


@pytest.fixture
def data(tmp_path):
    write_arrays(images(), tmp_path / "data/toy.npz")
    return tmp_path / "data"


def trained(queue, data, out, minutes=60.0, **options):
    """The runs that are in the file of records afterwards, by (P, seed)."""
    run_queue(queue, data, out, minutes, device="cpu", **options)
    return {(run["P"], run["seed"]): run for run in read_records(out / "records.json.gz")}


EVERY = {(20, 1), (20, 2), (20, 3), (20, 4), (40, 1), (40, 3), (90, 1)}


# --------------------------------------------------------------------------------------------- the order


def test_the_queue_holds_every_run_of_the_configuration(data):
    queue = queue_of(study(), ["CNN_toy"], data)
    assert {(run["P"], run["seed"]) for run in queue["runs"]} == EVERY
    assert [(run["P"], run["seed"]) for run in queue["runs"][:3]] == [(90, 1), (40, 1), (20, 1)]
    fewer = queue_of(study(), ["CNN_toy"], data, P=[20, 40], seeds=1)
    assert [(run["P"], run["seed"]) for run in fewer["runs"]] == [(40, 1), (20, 1)]


def test_every_beginning_of_a_queue_is_a_balanced_study():
    """Seeds in proportion to one over the root of the cost: no P is more than one run behind or ahead of that."""
    costs = {375: 1.0, 1500: 4.0, 6000: 16.0, 24000: 64.0}
    order = write._ordered([(cost, [("a", "b", P, seed) for seed in range(1000)]) for P, cost in costs.items()])
    assert order[:4] == [("a", "b", P, 0) for P in (24000, 6000, 1500, 375)]
    for length in (30, 100, 300, 999):
        found = Counter(P for _, _, P, _ in order[:length])
        share = length / sum(1 / sqrt(cost) for cost in costs.values())
        assert all(abs(found[P] - share / sqrt(cost)) <= 1.5 for P, cost in costs.items())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"names": ["CNN_cat"]}, "cell 'CNN_cat' is not one of CNN_toy"),
        ({"names": ["CNN_toy/fast"]}, "variant 'fast' is not one of baseline"),
        ({"names": ["CNN_toy"], "P": [21]}, "P: 21 is not one of 20, 40, 90"),
    ],
)
def test_what_is_not_in_the_configuration_is_one_line(data, arguments, message):
    with pytest.raises(BadInput, match=message):
        queue_of(study(), data=data, **arguments)


def test_images_that_are_not_prepared_are_one_line(tmp_path):
    with pytest.raises(BadInput, match=r"snakemake --cores 1 .*toy\.npz"):
        queue_of(study(), ["CNN_toy"], tmp_path)


# ------------------------------------------------------------------------------------- trained and adopted


def test_adopted_runs_are_those_of_the_workflow_and_are_not_trained_again(data, tmp_path, monkeypatch):
    queue = queue_of(study(), ["CNN_toy"], data)
    runs = trained(queue, data, tmp_path / "there")
    assert set(runs) == EVERY
    found = adopt(study(), [tmp_path / "there/records.json.gz"], data, tmp_path / "home")
    assert {key[2:] for key in found.adopted} == EVERY and found.there == found.unwanted == []
    chosen = TrainingSpec.of(study().cells["CNN_toy"], 20)
    subsets = {seed: draw_subset(100, 20, seed, "toy") for seed in (1, 2, 3, 4, 5)}
    expected = train_block(images(), subsets, chosen, tmp_path / "plain", device="cpu")
    begun = []
    original = block.train_runs
    monkeypatch.setattr(block, "train_runs", lambda *given: (begun.append([*given[2]]), original(*given)))
    folder = tmp_path / "home/CNN_toy/baseline/P20"
    tables = train_block(images(), subsets, chosen, folder, code=training_code(chosen), device="cpu")
    assert begun == [[5]] and bits(tables) == bits(expected)
    assert tables.origins["engine"] == ["lanes"] * 4 + ["single"]
    again = adopt(study(), [tmp_path / "there/records.json.gz"], data, tmp_path / "home")
    assert again.adopted == [] and len(again.there) == len(EVERY)


def test_half_queues_of_two_machines_add_up(data, tmp_path):
    queue = queue_of(study(), ["CNN_toy"], data)
    first = queue | {"runs": queue["runs"][:4]}
    trained(first, data, tmp_path / "one")
    rest = queue_of(study(), ["CNN_toy"], data, without=[tmp_path / "one/records.json.gz"])
    assert [*first["runs"], *rest["runs"]] == queue["runs"]
    trained(rest, data, tmp_path / "other")
    files = [tmp_path / f"{name}/records.json.gz" for name in ("one", "other")]
    assert len(adopt(study(), files, data, tmp_path / "home").adopted) == len(EVERY)
    rows = status(queue, [run for file in files for run in read_records(file)])
    assert [(row["P"], row["wanted"], row["done"]) for row in rows] == [(20, 4, 4), (40, 2, 2), (90, 1, 1)]
    assert all(row["hours_left"] == 0 for row in rows)
    halved = status(queue, read_records(files[0]))
    assert [row["done"] for row in halved] == [2, 1, 1] and halved[0]["hours_left"] > halved[1]["hours_left"] / 4 > 0
    assert status(queue, [])[0]["hours_left"] is None


def test_runs_that_the_configuration_does_not_want_are_left(data, tmp_path):
    trained(queue_of(study(), ["CNN_toy"], data), data, tmp_path / "there")
    fewer = study(seeds={20: 2, 40: 1, 90: [2]})
    found = adopt(fewer, [tmp_path / "there/records.json.gz"], data, tmp_path / "home")
    assert (len(found.adopted), len(found.unwanted)) == (3, 4)


# ------------------------------------------------------------------------------------------------- refused


@pytest.fixture
def records(data, tmp_path):
    queue = queue_of(study(), ["CNN_toy"], data, P=[20], seeds=1)
    trained(queue, data, tmp_path / "there")
    return tmp_path / "there/records.json.gz"


def rewrite(file, change):
    content = json.loads(gzip.decompress(file.read_bytes()))
    change(content["runs"][0])
    file.write_bytes(gzip.compress(json.dumps(content).encode()))


def test_records_of_other_code_are_refused_unless_asked_for(records, data, tmp_path):
    rewrite(records, lambda run: run.update(code="abc"))
    with pytest.raises(BadInput, match=r"P = 20, seed = 1: trained by other code \(abc, here") as problem:
        adopt(study(), [records], data, tmp_path / "home")
    assert "\n" not in str(problem.value) and not (tmp_path / "home").exists()
    assert len(adopt(study(), [records], data, tmp_path / "home", adopt_code=True).adopted) == 1


def test_records_of_other_images_or_settings_are_refused(records, data, tmp_path):
    with pytest.raises(BadInput, match="seed = 1: of other settings or images"):
        adopt(study(learning_rate=0.5), [records], data, tmp_path / "home")
    other = images()
    other.test_images[0] += 1
    write_arrays(other, data / "toy.npz")
    with pytest.raises(BadInput, match="seed = 1: of other settings or images"):
        adopt(study(), [records], data, tmp_path / "home")


def test_records_that_are_not_whole_or_damaged_are_refused(records, data, tmp_path):
    with pytest.raises(BadInput, match="seed = 1: not a whole run of 9 epochs"):
        adopt(study(epochs={20: 9, 40: 4, 90: 3}), [records], data, tmp_path / "home")
    rewrite(records, lambda run: run["records"].pop(1))
    with pytest.raises(BadInput, match="not a whole run"):
        adopt(study(), [records], data, tmp_path / "home")
    records.write_bytes(records.read_bytes()[:-9])
    with pytest.raises(BadInput, match=r"records.json.gz: damaged, or not JSON"):
        adopt(study(), [records], data, tmp_path / "home")


def test_other_images_or_code_on_the_borrowed_machine_are_refused(data, tmp_path):
    queue = queue_of(study(), ["CNN_toy"], data)
    other = images()
    other.test_images[0] += 1
    write_arrays(other, tmp_path / "other/toy.npz")
    with pytest.raises(BadInput, match=r"toy\.npz: not the images that the queue was written for"):
        trained(queue, tmp_path / "other", tmp_path / "there")
    queue["groups"][0]["source"] = "abc"
    with pytest.raises(BadInput, match="code: not that which the queue was written with"):
        trained(queue, data, tmp_path / "there")
    runs = trained(queue, data, tmp_path / "there", other_code=True)
    assert {run["code"].split()[0] for run in runs.values()} == {"other"}


# ---------------------------------------------------------------------------------------- time, and kills


def test_only_runs_that_end_in_time_are_begun_and_it_stops_by_itself(data, tmp_path):
    """The run at P = 90 would take days: that it ends at all shows that they were not begun, or left."""
    queue = queue_of(study(epochs={20: 6, 40: 4, 90: 100_000_000}), ["CNN_toy"], data)
    assert set(trained(queue, data, tmp_path / "there")) == EVERY - {(90, 1)}


@pytest.mark.parametrize("checkpoint_minutes", [None, 0.0])
def test_a_kill_leaves_a_readable_file_and_the_rest_is_trained_later(data, tmp_path, checkpoint_minutes):
    chosen = study(epochs={20: 6, 40: 4, 90: 3000})
    write_queue(queue_of(chosen, ["CNN_toy"], data), tmp_path / "queue.json")
    out = tmp_path / "there"
    command = [sys.executable, str(SCRIPTS / "run.py"), "networks/queue_run", str(tmp_path / "queue.json")]
    command += ["--data", str(data), "--out", str(out), "--minutes", "60", "--every", "0", "--device", "cpu"]
    command += ["--lanes", "2"] + (
        [] if checkpoint_minutes is None else ["--checkpoint-minutes", str(checkpoint_minutes)]
    )
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def three_records():
        assert process.poll() is None, "it ended by itself"
        return (out / "records.json.gz").exists() and len(read_records(out / "records.json.gz")) >= 3

    try:
        wait_for(three_records, "three records", pause=0.02)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert 3 <= len(read_records(out / "records.json.gz")) < len(EVERY)
    short = study(epochs={20: 6, 40: 4, 90: 3})  # whatever was killed need not be waited for here
    queue = queue_of(chosen, ["CNN_toy"], data) | {"groups": queue_of(short, ["CNN_toy"], data)["groups"]}
    assert set(trained(queue, data, out)) == EVERY


def test_it_needs_torch_and_numpy_only(data, tmp_path):
    write_queue(queue_of(study(), ["CNN_toy"], data, P=[20]), tmp_path / "queue.json")
    bare = f"""
import runpy, sys
for name in ("pandas", "pydantic", "scipy", "pyarrow", "PIL", "sklearn", "torchvision", "snakemake", "yaml"):
    sys.modules[name] = None
sys.argv = [{str(SCRIPTS / "run.py")!r}, *sys.argv[1:]]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
    options = ["queue.json", "--data", "data", "--out", "there", "--minutes", "10", "--device", "cpu"]
    for step in (["networks/queue_run", *options], ["networks/queue_status", "queue.json", "there/records.json.gz"]):
        done = subprocess.run([sys.executable, "-c", bare, *step], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].split() == ["CNN_toy", "baseline", "20", "4", "4", "0"]


RUNLIKE = {key: kind() for key, kind in RUN.items()}


def test_the_hours_left_count_the_test_images_that_the_queue_was_written_for(data):
    """A run that is not scored on many images has little left to do."""
    queue = queue_of(study(), ["CNN_toy"], data)
    assert queue["groups"][0]["test_images"] == len(images().test_labels)
    run = next(run for run in queue["runs"] if run["P"] == 90) | {"origin": {"seconds": 3600.0, "lanes": 1}}
    few, many = (
        status(queue | {"groups": [queue["groups"][0] | {"test_images": number}]}, [run]) for number in (0, 10**9)
    )
    points = {P: len(log_steps(TrainingSpec.of(study().cells["CNN_toy"], P), P)) for P in (20, 90)}
    assert many[0]["hours_left"] == pytest.approx(4 * points[20] / points[90])
    assert few[0]["hours_left"] < many[0]["hours_left"]


def test_what_is_no_queue_and_no_record_is_one_line(data, tmp_path):
    (tmp_path / "a").write_text('{"queue": 2}')
    with pytest.raises(BadInput, match="a: not a queue of runs"):
        read_queue(tmp_path / "a")
    with pytest.raises(BadInput, match="b: no such file"):
        read_records(tmp_path / "b")
    for runs in (
        [1],
        [{}],
        None,
        3,
        [dict.fromkeys(RUN, 1)],
        [RUNLIKE | {"records": []}],
        [RUNLIKE | {"records": [2]}],
    ):
        (tmp_path / "d").write_bytes(gzip.compress(json.dumps({"records": 1, "runs": runs}).encode()))
        with pytest.raises(BadInput, match="d: not a file of records"):
            read_records(tmp_path / "d")
    for changed in ({"runs": [1]}, {"groups": [1]}, {"groups": None}, {"runs": [{"cell": "CNN_toy"}]}):
        write_queue(queue_of(study(), ["CNN_toy"], data) | changed, tmp_path / "e")
        with pytest.raises(BadInput, match="e: not a queue of runs"):
            read_queue(tmp_path / "e")
    queue = queue_of(study(), ["CNN_toy"], data)
    write_queue(queue, tmp_path / "c")
    assert read_queue(tmp_path / "c")["runs"] == queue["runs"]
    assert spec_at(queue["groups"][0], 40) == TrainingSpec.of(study().cells["CNN_toy"], 40)
    assert key_of(queue["runs"][0]) == ("CNN_toy", "baseline", 90, 1)
    assert spec_at(queue["groups"][0], 20).epochs == 6


# --------------------------------------------------------------------------------------- through Snakemake


def test_snakemake_trains_only_the_rest(tmp_path):
    """Written at home, trained elsewhere, adopted at home, by the commands of the recipe."""
    workflow = Study(tmp_path / "study")
    workflow.run("--cores", "1", "--", "results/data/digits.npz")
    configuration = ["--configfile", "config.yaml", "study.yaml", "--preset", "tiny"]

    def step(*words):
        command = [sys.executable, "workflow_scripts/run.py", *words]
        done = subprocess.run(command, cwd=workflow.folder, capture_output=True, text=True, env=workflow.env)
        assert done.returncode == 0, done.stderr
        return done.stdout

    wanted = ["--queue", "queue.json", "--cells", "CNN_digits", "--P", "180", "--seeds", "3"]
    assert "3 runs" in step("networks/queue_write", *wanted, *configuration)
    run = ["queue.json", "--data", "results/data", "--out", "there", "--minutes", "30", "--device", "cpu"]
    assert "3 runs done, 0 left" in step("networks/queue_run", *run)
    adopting = ["networks/queue_adopt", "--records", "there/records.json.gz", *configuration]
    assert "3 runs adopted, 0 there already, 0 not wanted here" in step(*adopting)
    blocks = [f"results/runs/CNN_digits/baseline/P180/block{block}.epochs.parquet" for block in (0, 1)]
    workflow.run("--cores", "1", "--", *blocks)
    assert "seed" not in log_of(workflow), "both seeds of the first block were adopted"
    log = (workflow.folder / "logs/train_block/CNN_digits/baseline/P180/block1.log").read_text()
    assert "seed 4 " in log and "seed 3 " not in log
    assert not workflow.planned("--", *blocks)[0], "and nothing of it is wanted again"
