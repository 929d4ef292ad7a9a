"""What made a result, said as it is."""

import subprocess
from pathlib import Path

from scaling.core.machine import machine
from scaling.core.provenance import commit, software


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), "-c", "user.name=me", "-c", "user.email=me@here", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_the_commit_is_that_of_the_code(tmp_path):
    assert commit(tmp_path) is None
    git(tmp_path, "init")
    assert commit(tmp_path) is None, "no commit yet"
    (tmp_path / "rules").mkdir()
    for name in ("Snakefile", "README.md", "rules/a.smk"):
        (tmp_path / name).write_text("one")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "first")
    head = git(tmp_path, "rev-parse", "HEAD")
    (tmp_path / "README.md").write_text("two")
    (tmp_path / "mine.yaml").write_text("new")
    assert commit(tmp_path) == head
    assert commit(tmp_path / "rules") is None, "a folder of files in somebody's checkout is no checkout"
    (tmp_path / "rules/a.smk").write_text("two")
    assert commit(tmp_path) == f"{head}+"


def test_machine_and_software_have_names():
    assert machine()["device"] in ("cpu", "cuda") and machine()["name"] and machine()["cores"] >= 1
    assert set(software()) >= {"Python", "torch", "torchvision", "numpy", "snakemake"}
