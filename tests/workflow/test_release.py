"""All that says which version this is, who made it, and what is in it, agrees.

The quick part runs with the other tests; `make release-check` runs what asks the package index as well.
"""

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from datetime import date

import pandas as pd
import pytest
import yaml
from harness.paths import ROOT

RECORDED = ROOT / "recorded"
STUDIES = sorted(RECORDED.glob("*.json"))
TOOLS = ROOT / ".venv-release/bin"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text())
DATA = yaml.safe_load((RECORDED / "CITATION.cff").read_text())
ZENODO = json.loads((ROOT / ".zenodo.json").read_text())


def newest() -> tuple[str, str]:
    """Version and date of the first entry of the changelog."""
    return re.findall(r"^## (\d+\.\d+\.\d+) \((.+)\)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)[0]


def test_the_version_is_that_of_pyproject():
    """It is stated there; what must repeat it says the same."""
    assert newest()[0] == CITATION["version"] == DATA["version"] == PROJECT["version"]
    assert "version" not in ZENODO, "Zenodo takes that of the tag"


def test_the_date_is_that_of_the_changelog():
    assert newest()[1] == str(CITATION["date-released"]) == str(DATA["date-released"])
    assert date.fromisoformat(newest()[1]) >= date(2026, 11, 27)


def test_the_license_is_one():
    assert CITATION["license"] == DATA["license"] == ZENODO["license"] == PROJECT["license"]
    assert (ROOT / "LICENSE").read_text().startswith(f"{PROJECT['license']} License")
    assert f"License: {DATA['license']}" in (RECORDED / "README.md").read_text()


def test_the_citation_is_complete():
    for citation, kind in ((CITATION, "software"), (DATA, "dataset")):
        assert citation["cff-version"] == "1.2.0" and citation["type"] == kind
        assert citation["authors"] and citation["abstract"] and citation["keywords"] and citation["message"]
    (paper,) = CITATION["references"]
    assert paper["identifiers"][0]["value"] == "arXiv:2505.13230"


def test_zenodo_is_told_what_the_citation_says():
    assert ZENODO["title"] == CITATION["title"] and ZENODO["description"] == CITATION["abstract"]
    assert ZENODO["keywords"] == CITATION["keywords"]
    assert ZENODO["creators"] == [{"name": author["name"]} for author in CITATION["authors"]]
    identifiers = [each["identifier"] for each in ZENODO["related_identifiers"]]
    assert identifiers == [paper["identifiers"][0]["value"] for paper in CITATION["references"]]


@pytest.mark.parametrize("file", STUDIES, ids=lambda file: file.stem)
def test_recorded_data_are_those_that_were_recorded(file):
    described = json.loads(file.read_text())
    assert hashlib.sha256(file.with_suffix(".parquet").read_bytes()).hexdigest() == described["sha256"]


def line_of_the_card(file) -> str:
    """What the data card says of a study, from its files."""
    described, runs = json.loads(file.read_text()), pd.read_parquet(file.with_suffix(".parquet"))
    cells = described["cells"]
    devices = {origin["device"] for cell in cells.values() for origin in cell.get("origins") or []}
    words = [
        file.stem,
        ", ".join(sorted(cells)),
        ", ".join(sorted({variant for cell in cells.values() for variant in cell.get("variants") or []})) or "none",
        sum(cell["runs"] for cell in cells.values()),
        len(runs),
        runs["norm"].nunique(),
        ", ".join(sorted(devices)) or described["machine"]["name"],
        described["date"],
    ]
    return f"| {' | '.join(map(str, words))} |"


def test_the_data_card_tells_every_study():
    card = (RECORDED / "README.md").read_text()
    table = [line for line in card.splitlines() if line.startswith("| ") and re.search(r"\d{4}-\d\d-\d\d \|$", line)]
    expected = [line_of_the_card(file) for file in STUDIES]
    assert table == expected, "the table of recorded/README.md should be:\n" + "\n".join(expected)


def test_the_catalog_is_told_what_there_is():
    usage = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text())["usage"]
    assert usage["software-stack-deployment"] == {"conda": True, "apptainer": True, "apptainer+conda": False}
    assert (ROOT / "workflow/Snakefile").read_text().endswith('include: "../Snakefile"\n')
    assert (ROOT / "config/README.md").is_file()


def tool(name: str, *arguments: object) -> str:
    if not (TOOLS / name).is_file():
        pytest.skip("`make release-check` installs it into .venv-release")
    done = subprocess.run([TOOLS / name, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.release
def test_the_lock_is_in_step_with_the_requirements(tmp_path):
    """Locked again, with what is locked kept where it may stay, it is the same."""
    written = (ROOT / "envs/requirements.lock").read_text()
    again = tmp_path / "requirements.lock"
    again.write_text(written)
    (command,) = re.findall(r"/bin/uv (pip compile .*\n.*)--output-file", (ROOT / "Makefile").read_text())
    words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', command.replace("\\\n", " "))]
    tool("uv", *words, "--output-file", again)
    assert again.read_text() == written, "run: make lock"


@pytest.mark.release
@pytest.mark.parametrize("python", ["3.11", "3.13"])
@pytest.mark.parametrize("processor", ["x86_64", "aarch64"])
def test_the_lock_has_a_wheel_of_every_package(processor, python):
    """But of connection-pool, which is Python alone and comes as its source."""
    wheels = ("--only-binary", ":all:", "--no-binary", "connection-pool", "--default-index", "https://pypi.org/simple")
    platform = ("--python-platform", f"{processor}-manylinux_2_28", "--python-version", python)
    said = tool("uv", "pip", "compile", "envs/requirements.lock", "--no-deps", "--no-config", *wheels, *platform)
    assert len(re.findall(r"^[a-z].*==", said, re.MULTILINE)) > 100


@pytest.mark.release
def test_the_bill_of_materials_has_every_locked_package(tmp_path):
    bill = tmp_path / "sbom.json"
    tool("cyclonedx-py", "requirements", "envs/requirements.lock", "--pyproject", "pyproject.toml", "-o", bill)
    described = json.loads(bill.read_text())
    assert described["metadata"]["component"]["version"] == PROJECT["version"]
    locked = re.findall(r"^([a-z\d.-]+)==([^\s;]+)", (ROOT / "envs/requirements.lock").read_text(), re.MULTILINE)
    assert sorted((each["name"], each["version"]) for each in described["components"]) == sorted(locked)


@pytest.mark.release
def test_the_package_has_the_version(tmp_path):
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, ROOT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.startswith(f"{PROJECT['name'].replace('-', '_')}-{PROJECT['version']}-")
