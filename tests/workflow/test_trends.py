"""The page of speeds by commit is that of the kept lines, and every benchmark in it still runs beside its peer."""

import json
import re
import runpy

import pytest
from harness.paths import ROOT

TRENDS = runpy.run_path(str(ROOT / "tests/benchmarks/trends.py"))
LINES = TRENDS["read_lines"]()


def test_each_benchmark_was_measured_and_says_where():
    assert {line["benchmark"] for line in LINES} == set(TRENDS["benchmarks"]()) and len(LINES) >= 7
    for line in LINES:
        assert re.fullmatch(r"[0-9a-f]{40}\+?", line["commit"]) and line["machine"] and line["software"]["numpy"]
        assert line["ratio"] == pytest.approx(line["peer_seconds"] / line["our_seconds"], rel=0.01)


def test_the_page_is_in_step_with_the_lines():
    written = TRENDS["PAGE"].read_text()
    assert TRENDS["page"](written, LINES) == written, "run: make bench"
    assert TRENDS["PICTURE"].is_file()


def test_the_newest_stands_first_and_those_before_it_behind():
    ratios = [3.0, 1.0, 2.0]
    lines = [{"benchmark": "a", "peer": "p", "ratio": r, "commit": f"{n}" * 40} for n, r in enumerate(ratios)]
    assert TRENDS["table"](lines).splitlines()[-1] == "| a | p | 2 (2222222) | 1 (1111111), 3 (0000000) |"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["theory", "covariates", "interpolators", "shallow", "bootstrap"])
def test_a_benchmark_runs_beside_its_peer(name):
    """Those with another way to the same number refuse if it differs. How fast they are nobody asks here."""
    line = TRENDS["measure"](name)
    assert json.loads(json.dumps(line))["peer"] and line["peer_seconds"] > 0 and line["our_seconds"] > 0
