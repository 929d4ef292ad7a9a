"""The benchmark: what it counts, that every way runs, and its table, on speeds made up for a GPU."""

import json
import os
import subprocess
import sys
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from harness.paths import ROOT, SCRIPTS

from scaling.networks.benchmark import benchmark, speed
from scaling.networks.benchmark import measure as measure_module
from scaling.networks.benchmark.benchmark import Row, cells_of, fastest, floor, heading, line, measured, summary
from scaling.networks.benchmark.measure import Speed, matrix_rates
from scaling.networks.benchmark.speed import (
    COMPILED,
    RECORDED,
    Candidate,
    CellCost,
    attempt,
    candidate_speed,
    candidates,
)
from scaling.networks.benchmark.usual import usual_speed
from scaling.networks.plan.operations import count

CPU = torch.device("cpu")
CELL = CellCost("CNN_x", {"precision": "bf16"}, (1, 8, 8), 10, 7.2e9, 3.6e9, training_flops=3e6, scoring_flops=1e6)
USUAL = Row(CELL, None, Speed(2_000, 1_000, 20, 1.5))
RATES = {"bf16": 6e14, "float32": 5e13}


def test_the_work_of_a_cell_is_counted_over_all_runs():
    cells = {cell.name: cell for cell in cells_of("paper", ROOT / "config.yaml")}
    mnist = cells["CNN_MNIST"]
    P = [89, 188, 375, 750, 1500, 3000, 6000, 12000, 24000, 30000, 36000, 42000, 48000]
    assert mnist.trained == 31 * 500 * sum(P)
    points = len(set(np.geomspace(1, 500, 50).round()))  # distinct epochs
    assert mnist.scored == 31 * points * sum(size + 10_000 for size in P)
    counts = count("CNN", mnist.spec["sizes"], mnist.image_shape, 10)
    assert mnist.training_flops == counts.forward + counts.backward and mnist.scoring_flops == counts.forward
    assert len(cells) == 9


def test_hours_are_those_of_all_operations():
    assert CELL.hours(1e6) == pytest.approx((7.2e9 + 3.6e9 / 3) / 1e6 / 3600)


def test_a_gpu_measures_every_way_and_a_cpu_both_engines():
    on_gpu = candidates(True, [1, 4, 16])
    assert {str(way) for way in on_gpu if way.runs == 1} == {f"single-{how}" for how in ("eager", *RECORDED, *COMPILED)}
    side_by_side = [
        "lanes-graph",
        "lanes-compiled-graph",
        "streams-graph",
        "processes-graph",
        "stacked-eager",
        "stacked-graph",
    ]
    for way in side_by_side:
        assert [each.runs for each in on_gpu if str(each) == way] == [4, 16]
    assert [each.runs for each in on_gpu if str(each) == "stacked-compile"] == [4]
    assert len(on_gpu) == 5 + 12 + 1
    assert candidates(False, [8]) == [Candidate("single", "eager", 1), Candidate("stacked", "eager", 8)]


@pytest.mark.parametrize("precision", ["float32", "bf16"])
def test_every_loop_runs_and_is_counted(precision):
    cell = cells_of("quick", ROOT / "config.yaml")[0]
    assert asdict(cell)["image_shape"] == (1, 8, 8)
    cell = replace(cell, spec=cell.spec | {"precision": precision})
    engines = [("single", 1), ("stacked", 2), ("streams", 2), ("lanes", 2), ("processes", 2)]
    speeds = [candidate_speed(cell, Candidate(name, "eager", runs), CPU, 0.01) for name, runs in engines]
    for found in [*speeds, usual_speed(cell, CPU, 0.01)]:
        assert found.per_second > 0 and found.per_core_second > 0


def made_up_at_the_gate(*_):
    """Instead of a measurement, a speed of its own for each of two: the gate lets none pass before both are there."""
    return [Speed(300, 100, 40, 1.5), Speed(100, 50, 60, 2)][speed._gate.wait()]


def test_processes_train_at_the_same_time_and_are_counted_together(monkeypatch):
    """They train on 400 images in a second and keep 3 + 2 cores busy."""
    monkeypatch.setattr(speed, "_together", made_up_at_the_gate)
    together = candidate_speed(CELL, Candidate("processes", "eager", 2), CPU, 0.01)
    assert together == Speed(400, 400 / 5, 50, 3.5)


def test_a_process_that_fails_ends_the_others_and_its_cause_is_told(monkeypatch):
    """The images' shape does not fit the patches: said by every process before they wait for each other."""
    cell = {cell.name: cell for cell in cells_of("quick", ROOT / "config.yaml")}["ViT_digits"]
    cell = replace(cell, spec=cell.spec | {"sizes": cell.spec["sizes"] | {"patch": 3}})
    found = attempt(lambda: candidate_speed(cell, Candidate("processes", "eager", 2), CPU, 0.1), False)
    assert "patch" in found and "BrokenBarrier" not in found


def test_the_usual_loop_has_the_cells_optimizer(monkeypatch):
    cell, made = cells_of("quick", ROOT / "config.yaml")[0], []
    for name in ("AdamW", "SGD"):
        original = getattr(torch.optim, name)
        monkeypatch.setattr(
            torch.optim, name, lambda *a, o=original, **chosen: (made.append(chosen), o(*a, **chosen))[1]
        )
        changed = {"optimizer": name, "momentum": 0.9, "weight_decay": 0.01}
        usual_speed(replace(cell, spec=cell.spec | changed), CPU, 0.01)
    shared = {"lr": cell.spec["learning_rate"], "weight_decay": 0.01}
    assert made == [shared, shared | {"momentum": 0.9}]


def test_the_floor_is_all_operations_at_the_rate_of_matrix_products():
    assert CELL.operations == 7.2e9 * 3e6 + 3.6e9 * 1e6
    lines = floor([CELL, CELL], {"float32": 5e13, "bf16": 5e14}, cuda=True)
    assert lines[0].split(": ", 1)[1] == "50 TFLOP/s, and at that rate all cells: 0.28 GPU hours"
    assert lines[1].endswith("500 TFLOP/s, and at that rate all cells: 0.028 GPU hours")


def test_rates_of_matrix_products_are_those_of_a_core(monkeypatch):
    """Of 7 products in a second that a core is busy: 1024^3 multiplications and as many additions each."""
    monkeypatch.setattr(measure_module, "measure", lambda step, *_: Speed(3, 7 * step(), 0, 0))
    assert matrix_rates(CPU, ["float32"]) == {"float32": 7 * 2 * 1024**3}


def test_a_row_tells_speed_busy_share_fraction_of_the_matrix_rate_and_memory():
    row = Row(CELL, Candidate("stacked", "graph", 16), Speed(50_000, 3, 97.2, 12.345))
    cells = line(row, USUAL, RATES, cuda=True).split()
    # 50,000 images/s of 3 MFLOP are 0.15 TFLOP/s, of 600
    assert cells == ["CNN_x", "stacked-graph", "16", "50,000", "25.0", "97", "0.0", "12.35"]
    per_core = line(row, USUAL, {"bf16": 1e9}, cuda=False).split()
    assert per_core[3:5] == ["3", "0.0"] and per_core[6] == "0.9"
    assert len(heading(True)) == len(line(row, USUAL, RATES, cuda=True))


def failing(problem):
    def fails(*_):
        raise problem

    return fails


def test_what_goes_wrong_is_said_in_its_row_and_the_rest_goes_on():
    found = [
        attempt(failing(torch.OutOfMemoryError("Tried to allocate 20.00 GiB")), False),
        attempt(failing(RuntimeError("CUDA error: operation not permitted\nwhen stream is capturing")), False),
    ]
    assert found == ["out of memory", "RuntimeError: CUDA error: operation not permitted when stream is capturing"]
    row = Row(CELL, Candidate("stacked", "eager", 32), found[0])
    assert line(row, USUAL, RATES, cuda=True).split(maxsplit=3) == ["CNN_x", "stacked-eager", "32", "out of memory"]
    assert line(row, Row(CELL, None, "out of memory"), RATES, cuda=True).endswith("out of memory")


def test_a_usual_loop_that_failed_leaves_the_rest_of_the_row():
    row = Row(CELL, Candidate("single", "eager", 1), Speed(50_000, 3, 97, 1))
    assert line(row, Row(CELL, None, "OSError: no shared memory"), RATES, cuda=True).split()[3:5] == ["50,000", "nan"]


def test_ways_that_fail_do_not_end_a_cell(monkeypatch, capsys):
    def speed(cell, way, device, seconds):
        if way.steps == "graph":
            raise torch.OutOfMemoryError
        return Speed(10.0 * way.runs, 10.0 * way.runs, 50, 1)

    monkeypatch.setattr(benchmark, "usual_speed", failing(RuntimeError("too few processes")))
    monkeypatch.setattr(benchmark, "candidate_speed", speed)
    rows = measured(CELL, candidates(True, [1, 4]), RATES, CPU, 1.0)
    assert len(rows) == 1 + len(candidates(True, [1, 4]))
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == len(rows) and sum("out of memory" in text for text in printed) == 5
    assert fastest(rows, cuda=True).candidate.runs == 4


def test_the_summary_has_the_fastest_of_each_cell_its_hours_and_the_total():
    slow, fast = Speed(1e5, 1, 30, 2), Speed(1e6, 1, 99, 8)
    rows = [
        USUAL,
        Row(CELL, Candidate("single", "eager", 1), slow),
        Row(CELL, Candidate("stacked", "graph", 16), fast),
        Row(CELL, Candidate("stacked", "graph", 32), "out of memory"),
    ]
    text = summary([rows, rows], RATES, cuda=True)
    hours = CELL.hours(1e6)
    assert text[3].split()[:4] == ["CNN_x", "stacked-graph", "16", "1,000,000"]
    assert text[3].split()[-1] == f"{hours:.3f}"
    assert text[-1] == f"all cells: {2 * hours:.3f} GPU hours"
    text = summary([rows, rows[-1:]], RATES, cuda=True)
    assert text[-2].split() == ["CNN_x", "none", "ran"]
    assert text[-1] == f"all cells: {hours:.3f} GPU hours, without 1 that did not run"


BARE = """
import runpy, sys
for name in ("pandas", "pydantic", "scipy", "pyarrow", "matplotlib", "sklearn", "torchvision", "snakemake", "yaml"):
    sys.modules[name] = None
sys.argv[0] = "run.py"
runpy.run_path(sys.argv.pop(1), run_name="__main__")
"""


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--preset", "nonsense"], "config key preset: 'nonsense' is not one of quick, "),
        (["--config", "nowhere.yaml"], "nowhere.yaml: not a configuration file"),
        (["--only", "CNN_cats"], "--only: 'CNN_cats' is not one of ViT_digits, CNN_digits, ResNet_digits"),
        (["--cells", "nowhere.json"], "nowhere.json: not a file of cells"),
        (["--cells", "list.json"], "list.json: not a file of cells"),
        (["--precision", "float32", "--cells", "spec.json"], "setting epochs: missing"),
    ],
)
def test_what_cannot_be_measured_is_one_line(tmp_path, monkeypatch, options, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.json").write_text("[1]")
    (tmp_path / "spec.json").write_text(json.dumps([asdict(replace(CELL, spec={"family": "CNN", "sizes": {}}))]))
    start = ["--config", str(ROOT / "config.yaml"), "--preset", "quick"]
    monkeypatch.setattr(sys, "argv", ["benchmark", *start, *options])
    with pytest.raises(SystemExit) as stopped:
        benchmark.main()
    assert str(stopped.value.code).startswith(f"error: {said}") and "\n" not in stopped.value.code


def test_saved_cells_are_measured_where_only_torch_is_installed(tmp_path):
    cells = [asdict(cell) for cell in cells_of("quick", ROOT / "config.yaml")]
    (tmp_path / "cells.json").write_text(json.dumps(cells))
    options = ["--cells", "cells.json", "--only", "CNN_digits", "--runs", "2", "--seconds", "0.01", "--profile"]
    options += ["--ways", "stacked-eager"]
    done = subprocess.run(
        [sys.executable, "-c", BARE, str(SCRIPTS / "run.py"), "networks/benchmark", *options],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(SCRIPTS), "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    for text in ("CPU, ", "float32 matrix products", "CNN_digits        usual loop", "stacked-eager", "all cells: "):
        assert text in done.stdout
    assert "single-eager" not in done.stdout
    assert "ten steps" in done.stdout and "convolution" in done.stdout
