"""The environment files hold the same exact pins, and the lock holds them with what they bring."""

import re

import yaml
from harness.paths import ROOT

ENVS = ROOT / "envs"


def pins() -> set[str]:
    lines = (ENVS / "requirements.txt").read_text().splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def test_pip_and_conda_pins_are_equal():
    (conda,) = (
        item["pip"]
        for item in yaml.safe_load((ENVS / "environment.yaml").read_text())["dependencies"]
        if item != str(item)
    )
    assert pins() == set(conda)
    assert all("==" in pin for pin in pins())


def locked() -> dict[str, str]:
    """The lock's lines with the hashes under each, by `name==version`."""
    text = (ENVS / "requirements.lock").read_text()
    return dict(re.findall(r"^([a-z\d.-]+==[^\s;]+)(.*(?:\n    .*)*)", text, re.MULTILINE))


def test_the_lock_holds_the_pins():
    names = {re.sub(r"[_.]", "-", pin.partition("==")[0].lower()) + "==" + pin.partition("==")[2] for pin in pins()}
    assert names - set(locked()) == set(), "run: make lock"


def test_every_file_in_the_lock_has_its_hash():
    assert len(locked()) > 100
    assert [pin for pin, rest in locked().items() if not re.search(r"--hash=sha256:[0-9a-f]{64}", rest)] == []
    assert "://" not in "".join(locked().values()), "from the package index alone"


def test_the_lock_serves_both_processors():
    """Nothing that trains is left to one of them by a marker."""
    for name in ("torch", "torchvision", "numpy", "scipy", "nvidia-cublas"):
        (rest,) = (rest for pin, rest in locked().items() if pin.startswith(f"{name}=="))
        assert "platform_machine" not in rest.partition("\\")[0], name
