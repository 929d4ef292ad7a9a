"""The example of the page, run as it is written."""

import re

import numpy as np
import pandas as pd
from harness.paths import ROOT

BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "docs/own.md").read_text(encoding="utf-8"), re.DOTALL)


def test_the_example_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(BLOCKS) == 2
    names: dict = {}
    for block in BLOCKS:
        exec(block, names)
    assert (tmp_path / "laws.png").stat().st_size > 10_000
    run = pd.read_csv(tmp_path / "runs/P800_seed3.tsv", sep="\t")
    assert run["test_error"].iloc[-1] < run["test_error"].iloc[0] and np.isfinite(run["log10_norm"]).all()
    assert len(run) > 20 and run["step"].iloc[0] == 1
