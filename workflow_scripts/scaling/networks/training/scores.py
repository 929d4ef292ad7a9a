"""The error and the loss of a network on many examples."""

import math
from collections.abc import Callable
from types import ModuleType

import torch
from torch import Tensor

from scaling.networks.shape import Shape
from scaling.networks.training.examples import DeviceExamples
from scaling.networks.training.images import DeviceImages

#: Examples that fill a GPU.
ON_A_GPU = 4096
#: Numbers at a network's input up to which what lies between its layers stays in a CPU's cache.
NUMBERS = 2**17
FEWEST, MOST = 64, 2048
#: Numbers that become of a token.
EMBEDDING = 32


def at_once(shape: Shape, device: torch.device) -> int:
    """How many examples a network is given together.

    On a CPU a power of two, at most 13 % slower than the best one for small networks of each family on images of 8x8
    (2048) to 3x32x32 (64) and on texts.
    """
    if device.type != "cpu":
        return ON_A_GPU
    numbers = math.prod(shape) * (EMBEDDING if shape.kind == "tokens" else 1)
    return min(max(2 ** ((NUMBERS // numbers).bit_length() - 1), FEWEST), MOST) if numbers <= NUMBERS else FEWEST


def mean_scores(
    network: Callable[[Tensor], Tensor], task: ModuleType, data: DeviceExamples | DeviceImages, index: Tensor | None
) -> Tensor:
    """Mean error and loss, float64 [2], over the training examples `index` [n], or over all test examples (None).

    Does not wait for the device.
    """
    examples, targets = (
        (data.test_examples, data.test_targets) if index is None else (data.train_examples, data.train_targets)
    )
    size = at_once(data.shape, data.device)
    total = torch.zeros(2, dtype=torch.float64, device=data.device)
    count = len(targets) if index is None else len(index)
    for start in range(0, count, size):
        chosen = slice(start, start + size) if index is None else index[start : start + size]
        scores = network(data.seen(examples[chosen]))
        total[0] += task.error(scores, targets[chosen]).sum(dtype=torch.float64)
        total[1] += task.loss(scores, targets[chosen], "sum")
    return total / (count * data.shape.targets)
