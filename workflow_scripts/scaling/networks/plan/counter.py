"""What any network costs, counted by passing an image through it: exact, but it takes torch and its seconds."""

from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from scaling.core.errors import BadInput
from scaling.networks.build import build_model
from scaling.networks.layers import weight_layers
from scaling.networks.own_code import blamed
from scaling.networks.plan.counts import Counts
from scaling.networks.trial import blank, one_tensor

#: Modules whose outputs count as activations (element-wise functions may work in place and are left out).
COUNTED = (nn.Conv2d, nn.Linear, nn.Embedding, nn.modules.batchnorm._BatchNorm, nn.LayerNorm, nn.MaxPool2d)


def count_by_building(family: str, sizes: dict[str, Any], shape: tuple[int, ...], outputs: int) -> Counts:
    """As plan.operations.count, for any family; the activations inside functions (attention) are not seen."""
    model = build_model(family, sizes, shape, outputs, 1.0, seed=0)
    weight_layers(model, shape, outputs, family)  # refuses what could not be trained
    if not any(parameter.requires_grad for parameter in model.parameters()):
        raise BadInput(f"{family}: no parameter is trained, all are frozen (requires_grad=False)")
    model.train()
    activations = 0

    def watch(module: nn.Module, arguments: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        nonlocal activations
        activations += output.numel() if isinstance(output, torch.Tensor) else 0

    for module in model.modules():
        if isinstance(module, COUNTED):
            module.register_forward_hook(watch)
    batch = blank(shape, 2)  # two examples: batch norm cannot train on a single one
    with blamed(family), FlopCounterMode(display=False) as forward:
        scores = one_tensor(model(batch), family)
    with blamed(family), FlopCounterMode(display=False) as backward:
        scores.sum().backward()
    return Counts(
        forward=forward.get_total_flops() // 2,
        backward=backward.get_total_flops() // 2,
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        activations=activations // 2,
    )
