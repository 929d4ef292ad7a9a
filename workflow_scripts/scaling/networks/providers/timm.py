"""Models of the package timm (not among the requirements), with fresh weights: `family: timm:vit_tiny_patch16_224`."""

from importlib import import_module
from typing import Any

import torch
from torch import nn

from scaling.core.errors import BadInput


def build(name: str, image_shape: tuple[int, int, int], classes: int, **sizes: Any) -> nn.Module:
    """The model `name` for these images, with `sizes` as timm's own keyword arguments.

    Raises
    ------
    BadInput for a name that timm does not have, and for weights or a number of classes among the sizes.
    """
    import_module("scaling.networks.data.torchvision_import")  # timm's import of torchvision may fail without it
    timm = import_module("timm")
    if not timm.is_model(name):
        close = ", ".join(timm.list_models(f"*{name.split('_')[0]}*")[:8]) or "see timm.list_models()"
        raise BadInput(f"family: timm has no model {name!r}; near it: {close}")
    for key in ("pretrained", "num_classes", "in_chans", "checkpoint_path"):
        if key in sizes:
            raise BadInput(f"sizes.{key}: not a size; weights are drawn afresh, and the data set has the rest")
    channels, height, width = image_shape
    common = {"pretrained": False, "num_classes": classes, "in_chans": channels, **sizes}
    state = torch.random.get_rng_state()
    try:  # not every model is made for images of one size
        return timm.create_model(name, **{"img_size": (height, width), **common})
    except TypeError as problem:
        if "img_size" not in str(problem):
            raise
    torch.random.set_rng_state(state)
    return timm.create_model(name, **common)
