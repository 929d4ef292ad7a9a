"""The tutorial, run as it is written: from a loop of one's own to exponents and a prediction."""

import json
import re

import matplotlib
import pytest
from harness.paths import ROOT

pytestmark = pytest.mark.slow

NOTEBOOK = json.loads((ROOT / "examples/tutorial.ipynb").read_text(encoding="utf-8"))
CODE = ["".join(cell["source"]) for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]


def test_the_tutorial_runs(monkeypatch, capsys):
    matplotlib.use("agg")
    names: dict = {}
    for source in CODE:
        exec(source, names)
    found, said = names["found"], capsys.readouterr().out
    assert 0 < found.gamma_1.low < found.gamma_1.high and 0 < found.gamma_2.low < found.gamma_2.high
    assert found.facts["measure"] == "test loss"
    low, high = map(float, re.search(r"predicted: [\d.]+, from ([\d.]+) to ([\d.]+)", said).groups())
    # 4,000 test characters leave a standard error of 0.03 nats, which all P share in part
    assert low - 0.03 < names["best"][16000] < high + 0.03
    assert said.count("gamma_1") == 5


def test_what_is_shown_is_what_it_says():
    """The outputs in the file are those of its own cells: the same lines, with numbers in them."""
    shown = "".join("".join(output.get("text", "")) for cell in NOTEBOOK["cells"] for output in cell.get("outputs", []))
    assert shown.count("gamma_1") == 5 and "predicted: " in shown
    assert len(CODE) == 6
