import subprocess
import sys

from harness.paths import SCRIPTS

PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
from scaling.networks.data.torchvision_import import declared, torchvision
assert torchvision.datasets.MNIST and torchvision.models.resnet18 and torchvision.transforms.RandomCrop
print("declared", *declared)
"""


def test_torchvision_imports_in_a_fresh_process():
    """Beside a CPU-only torch, where torchvision's own import fails, as beside the torch that it was compiled for."""
    result = subprocess.run([sys.executable, "-c", PROGRAM, str(SCRIPTS)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() in (["declared", "nms", "qnms"], ["declared"])


def test_operators_that_exist_are_left_alone():
    """As beside a torch that has them: a second declaration would be an error."""
    from scaling.networks.data import torchvision_import

    assert torchvision_import._declare_missing_operators() == []
