"""Which sizes make a network of this folder's families, in plain Python: a plan asks without torch.

The functions take a family's sizes by the names that its `build` has. Without a shape (the images have not been
seen) they say nothing of what depends on it.
"""

from collections.abc import Sequence
from typing import Any

from scaling.core.errors import BadInput
from scaling.networks.shape import KINDS, Shape

Example = tuple[int, ...] | None  # its shape (scaling.networks.shape)


def check_cnn(
    image_shape: Example, stages: Sequence[Sequence[int]], fully_connected: Sequence[int], dropout: float
) -> None:
    """Raise BadInput if pooling leaves no pixel, or for widths that are none, or a dropout that is no probability."""
    _takes("CNN", image_shape, "images")
    for stage in _lists("stages", stages):
        _whole_numbers("stages", stage)
    _whole_numbers("fully_connected", fully_connected)
    if isinstance(dropout, bool) or not isinstance(dropout, int | float) or not 0 <= dropout < 1:
        raise BadInput(f"sizes.dropout: must be at least 0 and less than 1, got {dropout!r}")
    if image_shape and min(image_shape[1:]) >> max(0, len(stages) - 1) == 0:
        _, height, width = image_shape
        raise BadInput(f"sizes.stages: {len(stages)} are too many for images of {height}x{width} pixels")


def check_resnet(image_shape: Example, blocks: Sequence[int], widths: Sequence[int]) -> None:
    """Raise BadInput unless `blocks` and `widths` are whole numbers of the same stages, one or more."""
    _takes("ResNet", image_shape, "images")
    _whole_numbers("blocks", blocks)
    _whole_numbers("widths", widths)
    if len(blocks) != len(widths) or not blocks:
        raise BadInput(
            f"sizes.blocks: {list(blocks)} and sizes.widths: {list(widths)} must name the same stages, one or more"
        )


def check_vit(image_shape: Example, patch: int, dim: int, depth: int, heads: int, mlp_ratio: int) -> None:
    """Raise BadInput if the patch does not divide the image, the heads do not divide dim, or a number is none."""
    _takes("ViT", image_shape, "images")
    for key, value in {"patch": patch, "dim": dim, "heads": heads, "mlp_ratio": mlp_ratio}.items():
        _whole_numbers(key, [value])
    _whole_numbers("depth", [depth], least=0)
    if dim % heads:
        raise BadInput(f"sizes.heads: {heads} does not divide dim = {dim}")
    if image_shape and (image_shape[1] % patch or image_shape[2] % patch):
        _, height, width = image_shape
        raise BadInput(f"sizes.patch: {patch} does not divide images of {height}x{width} pixels")


def check_mlp(shape: Example, hidden: Sequence[int], embedding: int) -> None:
    """Raise BadInput for widths that are none, and for a text with a target after every character."""
    _one_target("mlp", shape)
    _whole_numbers("hidden", hidden)
    _whole_numbers("embedding", [embedding])


def check_linear(shape: Example) -> None:
    """Raise BadInput for a text with a target after every character."""
    _one_target("linear", shape)


def check_gpt(shape: Example, dim: int, depth: int, heads: int, mlp_ratio: int) -> None:
    """Raise BadInput unless it is a text, if the heads do not divide dim, or a number is none."""
    _takes("gpt", shape, "tokens")
    for key, value in {"dim": dim, "heads": heads, "mlp_ratio": mlp_ratio}.items():
        _whole_numbers(key, [value])
    _whole_numbers("depth", [depth], least=0)
    if dim % heads:
        raise BadInput(f"sizes.heads: {heads} does not divide dim = {dim}")


#: By the name of the family's file.
CHECKS = {
    "cnn": check_cnn,
    "resnet": check_resnet,
    "vit": check_vit,
    "mlp": check_mlp,
    "linear": check_linear,
    "gpt": check_gpt,
}


def _takes(family: str, shape: Example, kind: str) -> None:
    given = Shape.of(shape or ()).kind
    if shape and given != kind:
        raise BadInput(f"family: {family} takes {KINDS[kind]}, and the data set has {KINDS[given]}")


def _one_target(family: str, shape: Example) -> None:
    if shape and Shape.of(shape).targets > 1:
        raise BadInput(f"family: {family} predicts the last character alone; the data set's `predict` must be last")


def _lists(key: str, value: Any) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise BadInput(f"sizes.{key}: must be a list, got {value!r}")
    return value


def _whole_numbers(key: str, values: Any, least: int = 1) -> None:
    for value in _lists(key, values):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise BadInput(f"sizes.{key}: must be whole numbers, {least} or more, got {value!r}")
