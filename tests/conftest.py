"""What tests share: a report printed at the end (and kept in logs/test_report.txt), and a tiny study to disturb."""

import os
import signal
from contextlib import suppress
from pathlib import Path

import pytest
from harness.figures import assert_legible, paper_grid, quick_row, single  # noqa: F401 (fixtures)
from harness.study import BLOCK, BOTH, Study

REPORT = pytest.StashKey[dict]()


def pytest_configure(config):
    config.stash[REPORT] = {}


@pytest.fixture(scope="session")
def report(request):
    """report(heading, line): a line under a heading of the report."""

    def add(heading: str, line: str) -> None:
        request.config.stash[REPORT].setdefault(heading, []).append(line)

    return add


def pytest_terminal_summary(terminalreporter, config):
    text = ""
    for heading, lines in config.stash[REPORT].items():
        terminalreporter.section(heading)
        for line in lines:
            terminalreporter.write_line(line)
        text += "\n".join([heading, *lines, "", ""])
    if text:
        path = Path(config.rootpath) / "logs/test_report.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """The tiny study with its images and subsets, before any training."""
    study = Study(tmp_path_factory.mktemp("prepared") / "study")
    study.run("--cores", "2", "--until", "draw_subset", "--", *BOTH)
    return study


@pytest.fixture(scope="session")
def undisturbed(prepared, tmp_path_factory):
    """The bytes of two jobs of an undisturbed study."""
    study = prepared.copy(tmp_path_factory.mktemp("undisturbed") / "study")
    study.run("--cores", "2", "--", *BOTH)
    return study.bytes_of()


@pytest.fixture
def study(prepared, tmp_path):
    """A tiny study of one's own, to disturb."""
    study = prepared.copy(tmp_path / "study")
    yield study
    for process in study.trainers():
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


@pytest.fixture
def told(report, undisturbed):
    """told(what was done, what Snakemake said, study, targets): checks the bytes, and adds the line to the report."""

    def tell(done, said, study, targets=(BLOCK,)):
        made = study.bytes_of()
        parts = [path for target in targets for path in (target, target.replace(".epochs.", ".layers."))]
        assert {path: made[path] for path in parts} == {path: undisturbed[path] for path in parts}
        report("Faults", f"{done} | {' '.join(said.split())} | bytes equal")

    return tell
