"""Models of torchvision, with fresh weights: `family: torchvision:resnet18`."""

import difflib
from typing import Any

from torch import Tensor, nn

from scaling.core.errors import BadInput

#: Models with a second output while they train: without it.
_WITHOUT = {"googlenet": {"aux_logits": False, "init_weights": True}, "inception_v3": {"aux_logits": False}}
_WITHOUT["inception_v3"]["init_weights"] = True


def build(name: str, image_shape: tuple[int, int, int], classes: int, **sizes: Any) -> nn.Module:
    """The model `name` with `sizes` as torchvision's own keyword arguments; grey images are shown to it as three.

    Raises
    ------
    BadInput for a name that torchvision does not have, images that are not square for a model that needs that, and
    weights or a number of classes among the sizes.
    """
    from scaling.networks.data.torchvision_import import torchvision

    known = torchvision.models.list_models(module=torchvision.models)
    if name.lower() not in known:
        near = ", ".join(difflib.get_close_matches(name.lower(), known, n=6, cutoff=0.4)) or ", ".join(known)
        raise BadInput(f"family: torchvision has no model {name!r} for classes of images; near it: {near}")
    for key in ("weights", "num_classes", "progress"):
        if key in sizes:
            raise BadInput(f"sizes.{key}: not a size; weights are drawn afresh, and the data set has the classes")
    channels, height, width = image_shape
    chosen: dict[str, Any] = {**_WITHOUT.get(name.lower(), {}), **sizes}
    if name.lower().startswith("vit_"):
        if height != width:
            raise BadInput(f"family: torchvision:{name} needs square images, and these have {height}x{width} pixels")
        chosen.setdefault("image_size", height)
    model = torchvision.models.get_model(name.lower(), weights=None, num_classes=classes, **chosen)
    return model if channels == 3 else GreyAsColour(model)


class GreyAsColour(nn.Module):
    """A model for three channels, on images of one, repeated."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: Tensor) -> Tensor:
        """Images [n, 1, h, w] to the model's scores."""
        return self.model(images.expand(-1, 3, -1, -1))
