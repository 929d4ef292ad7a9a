"""What a network costs, counted from its sizes alone: no torch, so that a plan takes milliseconds.

One function for each family of scaling.models, with the sizes of its `build`. A family without one here is counted by
building it (scaling.plan.counter, which imports torch). tests/plan/test_flops.py holds the two ways equal.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any


@dataclass
class Counts:
    """Per image; a multiplication and an addition count as two operations, element-wise operations are left out.

    Attributes
    ----------
    forward : floating point operations of the convolutions, linear layers and matrix products.
    backward : the same of the gradients, of weights and of inputs; the images themselves need none.
    parameters : numbers that are trained.
    activations : numbers that the layers put out, most of which the backward pass needs again.
    """

    forward: int = 0
    backward: int = 0
    parameters: int = 0
    activations: int = 0

    def convolution(self, inputs: int, outputs: int, kernel: int, height: int, width: int, bias: bool = True) -> None:
        """Add a convolution whose output has height x width pixels."""
        self._product(2 * inputs * kernel**2 * outputs * height * width)
        self.parameters += inputs * outputs * kernel**2 + bias * outputs
        self.activations += outputs * height * width

    def linear(self, inputs: int, outputs: int, tokens: int = 1) -> None:
        """Add a linear layer with bias, applied to each of the tokens."""
        self._product(2 * inputs * outputs * tokens)
        self.parameters += (inputs + 1) * outputs
        self.activations += outputs * tokens

    def attention(self, tokens: int, dim: int, heads: int) -> None:
        """Add the two matrix products of self-attention (its four linear layers not included)."""
        self._product(2 * tokens**2 * dim)
        self._product(2 * tokens**2 * dim)
        self.activations += 2 * heads * tokens**2 + tokens * dim

    def norm(self, channels: int, positions: int) -> None:
        """Add a batch or layer norm."""
        self.parameters += 2 * channels
        self.activations += channels * positions

    def _product(self, operations: int) -> None:
        first = self.forward == 0
        self.forward += operations
        self.backward += operations * (1 if first else 2)


def count(family: str, sizes: dict[str, Any], image_shape: tuple[int, int, int], classes: int) -> Counts:
    """The counts of one network for one image of `image_shape` (channels, height, width).

    Raises
    ------
    BadInput as scaling.models.build does, for sizes that the family does not know or that make no network.
    """
    with suppress(KeyError, TypeError, ValueError):
        return FAMILIES[family.lower()](image_shape, classes, **sizes)
    # A family that is not counted here, or sizes that make no network: building it says what is wrong with them.
    from scaling.plan.counter import count_by_building

    return count_by_building(family, sizes, image_shape, classes)


def cnn(
    image_shape: tuple[int, int, int],
    classes: int,
    stages: Sequence[Sequence[int]] = ((32, 64), (128,)),
    fully_connected: Sequence[int] = (512,),
    dropout: float = 0.0,
) -> Counts:
    """Counts of scaling.models.cnn."""
    counts = Counts()
    channels, height, width = image_shape
    for stage, convolutions in enumerate(stages):
        if stage > 0:
            height, width = height // 2, width // 2
            counts.activations += channels * height * width
        for outputs in convolutions:
            counts.convolution(channels, outputs, 3, height, width)
            channels = outputs
    features = channels * height * width
    for outputs in (*fully_connected, classes):
        counts.linear(features, outputs)
        features = outputs
    return counts


def resnet(
    image_shape: tuple[int, int, int],
    classes: int,
    blocks: Sequence[int] = (2, 2, 2, 2),
    widths: Sequence[int] = (64, 128, 256, 512),
) -> Counts:
    """Counts of scaling.models.resnet."""
    counts = Counts()
    channels, height, width = image_shape

    def convolution(inputs: int, outputs: int, kernel: int) -> None:
        counts.convolution(inputs, outputs, kernel, height, width, bias=False)
        counts.norm(outputs, height * width)

    convolution(channels, widths[0], 3)
    channels = widths[0]
    for stage, (depth, outputs) in enumerate(zip(blocks, widths, strict=True)):
        for block in range(depth):
            halved = stage > 0 and block == 0
            if halved:
                height, width = -(-height // 2), -(-width // 2)
            convolution(channels, outputs, 3)
            convolution(outputs, outputs, 3)
            if halved or channels != outputs:
                convolution(channels, outputs, 1)
            channels = outputs
    counts.linear(channels, classes)
    return counts


def vit(
    image_shape: tuple[int, int, int],
    classes: int,
    patch: int = 4,
    dim: int = 192,
    depth: int = 6,
    heads: int = 3,
    mlp_ratio: int = 4,
) -> Counts:
    """Counts of scaling.models.vit."""
    counts = Counts()
    channels, height, width = image_shape
    rows, columns = height // patch, width // patch
    tokens = rows * columns + 1
    counts.convolution(channels, dim, patch, rows, columns)
    counts.parameters += (tokens + 1) * dim  # positions and class token
    for _ in range(depth):
        counts.norm(dim, tokens)
        for _ in ("query", "key", "value", "out"):
            counts.linear(dim, dim, tokens)
        counts.attention(tokens, dim, heads)
        counts.norm(dim, tokens)
        counts.linear(dim, mlp_ratio * dim, tokens)
        counts.linear(mlp_ratio * dim, dim, tokens)
    counts.norm(dim, tokens)
    counts.linear(dim, classes)
    return counts


FAMILIES = {"cnn": cnn, "resnet": resnet, "vit": vit}
