"""The workflow runs from any folder, under any path, in a larger workflow, and writes nothing where its code is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from harness.paths import CONFIG
from harness.study import Study

#: Seconds of work: the theory at fixed norm, and a figure of it.
SETTINGS = {"perceptron_theory": {"alphas": [0.5, 1, 5], "lambda_points": 20}}
TARGETS = ["results/perceptron/theory.tsv", "results/figures/fig6.pdf"]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """The code, under a path with a space and brackets."""
    return Study(tmp_path_factory.mktemp("code") / "a checkout [v2]").folder


@pytest.fixture
def elsewhere(tmp_path) -> Path:
    """An empty folder to work in, under such a path too."""
    folder = tmp_path / "my work [new]"
    folder.mkdir()
    return folder


def snakemake(folder: Path, *arguments: object) -> subprocess.CompletedProcess:
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "snakemake", "--nocolor", "--cores", "1", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def succeeds(done: subprocess.CompletedProcess) -> str:
    assert done.returncode == 0, done.stderr[-5000:]
    return done.stdout + done.stderr


def files_of(folder: Path) -> dict[str, int]:
    """Every file below a folder, and when it was written."""
    return {str(file.relative_to(folder)): file.stat().st_mtime_ns for file in folder.rglob("*") if file.is_file()}


def settings_in(folder: Path, name: str = "small.yaml", settings: dict = SETTINGS) -> Path:
    (folder / name).write_text(yaml.safe_dump(settings))
    return folder / name


def test_snakefile_and_directory_apart(checkout, elsewhere):
    """Config and results are the working folder's; where it has no config.yaml the checkout's serves."""
    before = files_of(checkout)
    small = settings_in(elsewhere)
    succeeds(
        snakemake(
            Path("/"), "-s", checkout / "Snakefile", "--directory", elsewhere, "--configfile", small, "--", *TARGETS
        )
    )
    assert all((elsewhere / target).is_file() for target in TARGETS)
    (elsewhere / "results/report.rst").write_text("What this folder's study is.\n")
    report = ("--report", "report.html", "--", *TARGETS)
    succeeds(snakemake(elsewhere, "-s", checkout / "Snakefile", "--configfile", small, *report))
    assert "What this folder&#x27;s study is" in (elsewhere / "report.html").read_text().replace("'", "&#x27;")
    assert files_of(checkout) == before, "something was written where the code is"


def test_the_working_folders_own_config_is_taken(checkout, elsewhere):
    settings_in(elsewhere, "config.yaml", CONFIG | {"preset": "laptop"})
    said = succeeds(snakemake(elsewhere, "-s", checkout / "Snakefile", "--dry-run", "--", "results/table1.tsv"))
    assert "results/trajectories/CNN_FashionMNIST14/baseline/spectral_complexity.parquet" in said


def test_a_config_of_another_encoding_is_one_line(checkout, elsewhere):
    (elsewhere / "config.yaml").write_bytes("# größer\npreset: quick\n".encode("latin-1"))
    done = snakemake(elsewhere, "--snakefile", checkout / "Snakefile", "-n")
    said = done.stdout + done.stderr
    assert done.returncode != 0 and "Traceback" not in said
    assert "config.yaml, line 1: not UTF-8 (byte 0xf6); save the file in that encoding" in said


def test_as_a_module_of_another_workflow(checkout, elsewhere):
    (elsewhere / "Snakefile").write_text(
        f"""
module laws:
    snakefile: "{checkout}/Snakefile"

use rule * from laws as laws_*

rule count:
    input: "results/perceptron/theory.tsv"
    output: "lines.txt"
    shell: "wc -l < {{input}} > {{output}}"
"""
    )
    small = settings_in(elsewhere)
    succeeds(snakemake(elsewhere, "--configfile", small, "--", "lines.txt"))
    assert int((elsewhere / "lines.txt").read_text()) == 3 * 20 + 1


def test_results_on_another_disk(checkout, elsewhere, tmp_path):
    """results/ may be a link, to scratch for instance."""
    (tmp_path / "scratch").mkdir()
    (elsewhere / "results").symlink_to(tmp_path / "scratch")
    small = settings_in(elsewhere)
    succeeds(snakemake(elsewhere, "-s", checkout / "Snakefile", "--configfile", small, "--", TARGETS[0]))
    assert (tmp_path / "scratch/perceptron/theory.tsv").is_file()


def test_a_whole_configuration_of_ones_own(checkout, elsewhere):
    whole = {
        "preset": "mine",
        "presets": {
            "mine": {
                "norms": ["l2"],
                "datasets": {"digits": {"source": "digits"}},
                "cells": {},
                "device": {"throughput": 1e12},
                "perceptron_theory": {"alphas": [1, 5]},
                "perceptron_dynamics": {"N": 20, "alphas": [2], "samples": 1, "mse_alphas": [2]},
            }
        },
    }
    arguments = ("-s", checkout / "Snakefile", "--replace-workflow-config", "--dry-run", "--configfile")
    said = succeeds(snakemake(elsewhere, *arguments, settings_in(elsewhere, "whole.yaml", whole), "--", "all"))
    assert "perceptron_theory" in said and "train_block" not in said
    done = snakemake(elsewhere, *arguments, settings_in(elsewhere, "part.yaml", {"preset": "mine"}), "--", "all")
    assert done.returncode != 0
    assert "config key presets: missing; a whole configuration of your own needs it" in done.stdout + done.stderr


def test_the_unit_tests_that_snakemake_generates_pass(tmp_path):
    folder = Study(tmp_path / "checkout").folder
    small = settings_in(folder).name
    succeeds(snakemake(folder, "--configfile", small, "--", *TARGETS))
    succeeds(snakemake(folder, "--configfile", small, "--generate-unit-tests", "--forceall", "--", *TARGETS))
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", ".tests/unit"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    assert "2 passed" in done.stdout


def test_steps_run_from_any_folder(checkout, elsewhere):
    run = [sys.executable, str(checkout / "workflow_scripts/run.py")]
    help_ = subprocess.run([*run, "perceptron/theory", "--help"], cwd=elsewhere, capture_output=True, text=True)
    assert help_.returncode == 0 and "--alphas" in help_.stdout
    wrong = subprocess.run([*run, "perceptron/teory"], cwd=elsewhere, capture_output=True, text=True)
    assert wrong.returncode != 0 and "'perceptron/teory' is not a step" in wrong.stderr


def test_a_command_line_stays_short_at_many_blocks(tmp_path):
    """The kernel takes 128 KiB in one argument: what joins all blocks of a cell must not come near it."""
    study = Study(tmp_path / "study")
    study.write("study.yaml", "presets:\n", "cells: {ResNet_digits: {seeds: 1100, block_size: 1, P: [90]}}\npresets:\n")
    said = study.run(
        "--dry-run", "--printshellcmds", "--quiet", "reason", "--",
        "results/trajectories/ResNet_digits/baseline/l2.parquet",
    )  # fmt: skip
    commands = [line for line in said.splitlines() if "$SCALING_RUN" in line]
    assert any("networks/trajectories" in line for line in commands)
    assert max(map(len, commands)) < 100 * 1024
