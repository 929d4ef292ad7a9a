import subprocess
import sys
from pathlib import Path

WORKFLOW_SCRIPTS = Path(__file__).parents[2] / "workflow_scripts"
PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
{before}
from scaling.data.torchvision_import import declared, torchvision
assert torchvision.datasets.MNIST and torchvision.models.resnet18 and torchvision.transforms.RandomCrop
print("declared", *declared)
"""


def run(before=""):
    program = PROGRAM.format(before=before)
    result = subprocess.run(
        [sys.executable, "-c", program, str(WORKFLOW_SCRIPTS)], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.split()


def test_torchvision_imports_in_a_fresh_process():
    """Beside a CPU-only torch, where torchvision's own import fails, as beside the torch that it was compiled for."""
    assert run() in (["declared", "nms", "qnms"], ["declared"])


def test_operators_that_exist_are_left_alone():
    """A torch that has the operators (here: declared beforehand) gets no second declaration, an error."""
    before = """
import torch
library = torch.library.Library("torchvision", "FRAGMENT")
for name in ("nms", "qnms"):
    if not hasattr(torch.ops.torchvision, name):
        library.define(name + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
"""
    assert run(before) == ["declared"]
