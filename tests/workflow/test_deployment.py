"""Where jobs run: what goes into a queue, what asks for the GPU, and in which environment a rule's command runs.

Neither conda nor apptainer is needed: programs that stand for them note what they are asked, and run the command.
"""

import os
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest
import yaml
from harness.paths import ROOT
from harness.study import BOTH, Study

SAID = """
for each in workflow.rules:
    if each.shellcmd:
        print("RULE", each.name, "local" if each.name in workflow._localrules else "queued", bool(each.benchmark))
"""
MODULE = """
configfile: "config.yaml"
module laws:
    snakefile: "laws/Snakefile"
    config: config
use rule * from laws as laws_*
"""
THEORY = "results/perceptron/theory.tsv"

CONDA = """#!/bin/sh
echo "conda $*" >> {said}
case "$1 $2" in
    "info --json") echo '{{"conda_prefix": "{base}", "platform": "linux-64"}}' ;;
    "--version ") echo conda 24.7.1 ;;
    "config --get") echo '{{"get": {{"channel_priority": "strict"}}}}' ;;
    "env create") for word; do last=$word; done; mkdir -p "$last/bin"; ln -s {python} "$last/bin/python" ;;
esac
"""
APPTAINER = """#!/bin/sh
if [ "$1" = --version ]; then echo apptainer version 1.3.4; exit; fi
echo "apptainer $*" >> {said}
for word; do last=$word; done
PATH={inside}:/usr/bin:/bin exec bash -c "$last"
"""


def rules_of(study: Study) -> dict[str, tuple[str, str]]:
    """Each rule with a command: whether it is queued, and whether its time and memory are kept."""
    with (study.folder / "Snakefile").open("a") as file:
        file.write(SAID)
    said = study.run("--dry-run", "--quiet", "--", "results/plan.tsv")
    return {name: (where, kept) for name, where, kept in re.findall(r"^RULE (\w+) (\w+) (\w+)$", said, re.MULTILINE)}


def test_what_is_queued_is_measured_and_the_rest_stays_here(study):
    rules = rules_of(study)
    assert len(rules) > 60
    assert {name: facts for name, facts in rules.items() if facts not in (("queued", "True"), ("local", "False"))} == {}
    assert rules["train_block"][0] == rules["robust_exponents"][0] == "queued"
    every_source = {
        "prepare_dataset",
        "draw_subset",
        "mean_curves",
        "authors_exponents",
        "exponents",
        "table",
        "figure",
    }
    sources = {"published_curves", "fetch_published_curves", "recorded_trajectories", "external_curves", "record_study"}
    assert {name for name in every_source | sources if rules[name][0] != "local"} == set()


def test_local_rules_stay_local_in_a_larger_workflow(tmp_path):
    alone, larger = Study(tmp_path / "alone"), Study(tmp_path / "larger")
    code = larger.folder / "laws"
    code.mkdir()
    for name in ("Snakefile", "rules", "workflow_scripts", "recorded"):
        (larger.folder / name).rename(code / name)
    shutil.copy(larger.folder / "config.yaml", code)
    (larger.folder / "Snakefile").write_text(MODULE)
    expected = {f"laws_{name}": facts for name, facts in rules_of(alone).items()}
    assert rules_of(larger) == expected


def asked_for(said: str) -> dict[str, set[str]]:
    """What the jobs of each rule ask for, as a dry run prints it."""
    found: dict[str, set[str]] = {}
    for rule, resources in re.findall(r"^\w*rule (\w+):\n(?:    .*\n)*?    resources: (.*)$", said, re.MULTILINE):
        found.setdefault(rule, set()).update(resources.split(", "))
    return found


@pytest.mark.parametrize("profile", ["slurm", "workstation"])
def test_a_block_asks_for_a_gpu_and_nothing_else_does(study, profile):
    asked = asked_for(study.run("--profile", profile, "--dry-run", "--", "all"))
    assert {rule for rule, words in asked.items() if any(word.startswith("gpu=") for word in words)} == {"train_block"}
    assert "gpu=1" in asked["train_block"]
    if profile == "slurm":  # whatever has no needs of its own has the profile's
        assert {"mem_mb=4000", "runtime=120"} <= asked["robust_exponents"]


def test_a_site_that_knows_only_gres(study):
    """As the lines of the profile say."""
    profile = study.folder / "slurm/config.yaml"
    text = profile.read_text().replace("gpu: 1  ", "gpu: 0  ").replace('# gres: "gpu:1"', 'gres: "gpu:1"')
    assert yaml.safe_load(text)["set-resources"]["train_block"] == {"gpu": 0, "gres": "gpu:1"}
    profile.write_text(text)
    asked = asked_for(study.run("--profile", "slurm", "--dry-run", "--", BOTH[0]))["train_block"]
    assert {"gpu=0", "gres=gpu:1"} <= asked


def test_one_gpu_trains_one_block_at_a_time(study):
    """With two cores and the workstation's profile the second block waits for the first."""
    profile = study.folder / "workstation/config.yaml"
    profile.write_text(profile.read_text().replace("cores: all", "cores: 2"))
    said = study.run("--profile", "workstation", "--", *BOTH)
    jobs = re.findall(r"^(?:local)?rule train_block:\n(?:    .*\n)*?    jobid: (\d+)$", said, re.MULTILINE)
    first, second = (said.index(f"    jobid: {job}\n") for job in jobs)
    assert first < said.index(f"Finished jobid: {jobs[0]} ") < second


def stand_in(study: Study, name: str, text: str, **words: object) -> Path:
    """A program on the PATH; where it notes its calls."""
    programs, said = study.folder / "programs", study.folder / f"{name}.calls"
    programs.mkdir()
    (programs / name).write_text(text.format(said=said, **words))
    (programs / name).chmod(0o755)
    study.env |= {"PATH": f"{programs}{os.pathsep}{study.env['PATH']}"}
    return said


def noting_python(folder: Path, said: Path) -> Path:
    """A `python` that says it was the one."""
    folder.mkdir(parents=True)
    python = folder / "python"
    note, own = shlex.quote(str(said)), shlex.quote(sys.executable)
    python.write_text(f'#!/bin/sh\necho "python $2" >> {note}\nexec {own} "$@"\n')
    python.chmod(0o755)
    return python


def test_conda_runs_a_rule_in_the_environment_of_envs(study):
    base = study.folder / "base"
    python = noting_python(base / "hidden", study.folder / "conda.calls")
    (base / "bin").mkdir()
    (base / "bin/activate").write_text('export PATH="$1/bin:$PATH"\n')
    said = stand_in(study, "conda", CONDA, base=base, python=python)
    study.run("--sdm", "conda", "--cores", "1", "--", THEORY)
    calls = said.read_text()
    assert calls.count("conda env create") == 1, "one environment serves all rules"
    assert "python perceptron/theory" in calls
    (made,) = (study.folder / ".snakemake/conda").glob("*_.yaml")
    assert made.read_text() == (study.folder / "envs/environment.yaml").read_text()


def test_apptainer_runs_a_rule_in_the_image(study):
    said = study.folder / "apptainer.calls"
    inside = noting_python(study.folder / "inside", said).parent
    stand_in(study, "apptainer", APPTAINER, inside=inside)
    with study.start("--sdm", "apptainer", "--cores", "1", "--", THEORY) as run:
        assert run.wait() == 1
    assert run.line("--sdm apptainer: no image").endswith("docs/cluster.md says how it is built")
    (study.folder / "envs/image.sif").touch()
    study.run("--sdm", "apptainer", "--cores", "1", "--", THEORY)
    calls = said.read_text()
    assert f" {study.folder}/envs/image.sif " in calls and "python perceptron/theory" in calls


def test_the_image_holds_the_locked_packages():
    dockerfile = (ROOT / "envs/Dockerfile").read_text()
    assert "--require-hashes --requirement /requirements.lock" in dockerfile
    (base,) = re.findall(r"^FROM (\S+)$", dockerfile, re.MULTILINE)
    environment = yaml.safe_load((ROOT / "envs/environment.yaml").read_text())
    (python,) = (item for item in environment["dependencies"] if str(item).startswith("python="))
    assert base.startswith(f"python:{python.removeprefix('python=')}-"), "one version of Python everywhere"
