"""The two environment files hold the same exact pins."""

import yaml
from harness.paths import ROOT

ENVS = ROOT / "envs"


def test_pip_and_conda_pins_are_equal():
    lines = (ENVS / "requirements.txt").read_text().splitlines()
    pip = {line for line in lines if line and not line.startswith("#")}
    (conda,) = (
        item["pip"]
        for item in yaml.safe_load((ENVS / "environment.yaml").read_text())["dependencies"]
        if item != str(item)
    )
    assert pip == set(conda)
    assert all("==" in pin for pin in pip)
