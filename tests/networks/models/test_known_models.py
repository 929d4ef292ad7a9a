"""The page's table of known models is what the rule finds."""

import re
from importlib.util import find_spec

import pytest
from harness.paths import ROOT

from scaling.networks.build import build_model
from scaling.networks.layers import weight_layers

PAGE = (ROOT / "docs/your-model.md").read_text(encoding="utf-8")
ROW = r"\| `(\w+:\w+)` \| (\d+)x(\d+)x(\d+) \| (\d+) \| ([\d,]+) \| ([\d,]+) \| ([\d.]+) % \|"
ROWS = {name: [int(number.replace(",", "")) for number in row[:-1]] for name, *row in re.findall(ROW, PAGE)}
SMALL = [name for name, row in ROWS.items() if row[4] < 5_000_000]


def test_there_are_twenty_models():
    assert len(ROWS) >= 20 and {name.partition(":")[0] for name in ROWS} == {"torchvision", "timm"}


@pytest.mark.parametrize("name", SMALL)
def test_what_counts_of_a_known_model(name):
    if name.startswith("timm") and find_spec("timm") is None:
        pytest.skip("timm is not installed")
    height, width, channels, number, counted, left = ROWS[name]
    shape = (channels, height, width)
    layers = weight_layers(build_model(name, {}, shape, 10, seed=0), shape, 10)
    assert (len(layers), layers.counted, layers.parameters - layers.counted) == (number, counted, left)
