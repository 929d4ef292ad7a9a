"""What linters and formatters find: in the rules nothing but the exceptions named here, in the code nothing."""

import subprocess
import sys

import pytest
from harness.paths import ROOT

EXCEPTIONS = {
    # A function that gives a rule its inputs or parameters stands beside that rule; what rules share is in common.smk.
    "Mixed rules and functions in same snakefile.",
}


def test_the_linter_finds_nothing_else():
    done = subprocess.run([sys.executable, "-m", "snakemake", "--lint"], cwd=ROOT, capture_output=True, text=True)
    lines = (done.stdout + done.stderr).splitlines()
    found = {line.strip("* :") for line in lines if line.startswith("    * ")}
    assert found == EXCEPTIONS, "another one, or one that need not be excepted any more"


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=["lint", "format"])
def test_ruff_finds_nothing_in_the_code(command):
    done = subprocess.run([sys.executable, "-m", "ruff", *command, "."], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_rules_are_formatted():
    command = [sys.executable, "-m", "snakefmt", "--check", "Snakefile", "rules"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
