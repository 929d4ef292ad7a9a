"""What a network costs, counted from its sizes alone: no torch, so that a plan takes milliseconds.

One function for each family of scaling.networks.models that is counted so, with the sizes of its `build`. Any other is
counted by building it (scaling.networks.plan.counter). tests/networks/plan/test_flops.py holds the two ways equal.
"""

from collections.abc import Sequence
from math import prod

from scaling.networks.plan.counts import Counts
from scaling.networks.shape import Shape


def cnn(
    image_shape: tuple[int, int, int],
    classes: int,
    stages: Sequence[Sequence[int]] = ((32, 64), (128,)),
    fully_connected: Sequence[int] = (512,),
    dropout: float = 0.0,
) -> Counts:
    """Counts of scaling.networks.models.cnn."""
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
    """Counts of scaling.networks.models.resnet."""
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
    """Counts of scaling.networks.models.vit."""
    counts = Counts()
    channels, height, width = image_shape
    rows, columns = height // patch, width // patch
    tokens = rows * columns + 1
    counts.convolution(channels, dim, patch, rows, columns)
    counts.parameters += (tokens + 1) * dim  # positions and class token
    _transformer(counts, tokens, dim, depth, heads, mlp_ratio, read=1)
    counts.linear(dim, classes)
    return counts


def mlp(shape: tuple[int, ...], outputs: int, hidden: Sequence[int] = (128, 128), embedding: int = 16) -> Counts:
    """Counts of scaling.networks.models.mlp."""
    counts = Counts()
    features = prod(shape)
    if Shape.of(shape).kind == "tokens":
        counts.embedding(outputs, embedding, features)
        features *= embedding
    for width in (*hidden, outputs):
        counts.linear(features, width)
        features = width
    return counts


def linear(shape: tuple[int, ...], outputs: int) -> Counts:
    """Counts of scaling.networks.models.linear."""
    counts = Counts()
    if Shape.of(shape).kind == "tokens":
        counts.embedding(shape[0] * outputs, outputs, shape[0])
        counts.parameters += outputs
    else:
        counts.linear(prod(shape), outputs)
    return counts


def gpt(
    shape: tuple[int, ...], outputs: int, dim: int = 64, depth: int = 1, heads: int = 4, mlp_ratio: int = 4
) -> Counts:
    """Counts of scaling.networks.models.gpt."""
    counts = Counts()
    (length,) = shape
    counts.embedding(outputs, dim, length)
    counts.parameters += length * dim  # positions
    _transformer(counts, length, dim, depth, heads, mlp_ratio, read=length)
    counts.linear(dim, outputs, Shape.of(shape).targets, bias=False)
    return counts


FAMILIES = {"cnn": cnn, "resnet": resnet, "vit": vit, "mlp": mlp, "linear": linear, "gpt": gpt}


def _transformer(counts: Counts, tokens: int, dim: int, depth: int, heads: int, mlp_ratio: int, read: int) -> None:
    """Blocks of attention and a two-layer network, a norm before each, and a last norm; `read` tokens are used."""
    for block in range(depth):
        out = read if block == depth - 1 else tokens
        counts.norm(dim, tokens)
        for _, many in ("query", out), ("key", tokens), ("value", tokens), ("out", out):
            counts.linear(dim, dim, many)
        counts.attention(out, dim, heads, tokens)
        counts.norm(dim, out)
        counts.linear(dim, mlp_ratio * dim, out)
        counts.linear(mlp_ratio * dim, dim, out)
    counts.norm(dim, read)
