"""Torchvision, beside any build of torch: `from scaling.networks.data.torchvision_import import torchvision`.

torchvision's wheel on the package index is compiled against the CUDA build of torch. Beside a CPU-only build its
compiled operators cannot be loaded, and `import torchvision` stops with "operator torchvision::nms does not exist",
although its data sets, transforms and models need none of them. Its import only looks two operators up by name:
declaring them, when they are missing, is enough.
"""

import importlib.util
from pathlib import Path

import torch

_LOOKED_UP = {
    "nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}
# A declaration lives as long as its library object.
_library = torch.library.Library("torchvision", "FRAGMENT")


def _declare_missing_operators() -> list[str]:
    """Load torchvision's compiled operators as its import will, then declare those of `_LOOKED_UP` still missing."""
    spec = importlib.util.find_spec("torchvision")
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    for file in folder.glob("_C*.so"):
        try:
            torch.ops.load_library(str(file))
        except OSError:  # compiled against another build of torch
            continue
    missing = [name for name in _LOOKED_UP if not hasattr(torch.ops.torchvision, name)]
    for name in missing:
        _library.define(name + _LOOKED_UP[name])
    return missing


declared = _declare_missing_operators()

import torchvision  # noqa: E402

__all__ = ["declared", "torchvision"]
