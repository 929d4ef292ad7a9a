"""Lines that tests report, printed at the end of the session and kept in logs/test_report.txt."""

from pathlib import Path

import pytest

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
