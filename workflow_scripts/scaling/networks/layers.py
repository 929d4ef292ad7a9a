"""The weight matrices of a network, in forward order, whatever its family."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn


@dataclass(frozen=True)
class WeightLayer:
    """One convolution or linear layer.

    Attributes
    ----------
    name : of the module in the model: its weight is the parameter `name + ".weight"`.
    kind : "conv" or "linear".
    module : the layer itself (kernel size, stride, padding and weight are there).
    input_size : (height, width) of a convolution's input; None for a linear layer.
    batch_norm_name, batch_norm : the batch norm whose input is this layer's output; None if there is none.
    """

    name: str
    kind: Literal["conv", "linear"]
    module: nn.Conv2d | nn.Linear
    input_size: tuple[int, int] | None
    batch_norm_name: str | None = None
    batch_norm: nn.modules.batchnorm._BatchNorm | None = None


def weight_layers(model: nn.Module, image_shape: tuple[int, int, int]) -> list[WeightLayer]:
    """The convolutions and linear layers of `model` in the order in which one image [channels, h, w] passes them.

    Found by watching a forward pass of a blank image in evaluation mode: nothing in the model changes. A layer that is
    used twice counts once, at its first use.
    """
    names = {module: name for name, module in model.named_modules()}
    inputs: dict[nn.Module, tuple[int, ...]] = {}
    outputs: dict[nn.Module, torch.Tensor] = {}
    batch_norms: dict[nn.Module, nn.Module] = {}

    def watch(module: nn.Module, arguments: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            batch_norms.update({layer: module for layer, made in outputs.items() if made is arguments[0]})
        elif module not in inputs:
            inputs[module], outputs[module] = tuple(arguments[0].shape), output

    watched = (nn.Conv2d, nn.Linear, nn.modules.batchnorm._BatchNorm)
    hooks = [module.register_forward_hook(watch) for module in names if isinstance(module, watched)]
    training, parameter = model.training, next(model.parameters())
    try:
        with torch.no_grad():
            model.eval()(torch.zeros(1, *image_shape, dtype=parameter.dtype, device=parameter.device))
    finally:
        model.train(training)
        for hook in hooks:
            hook.remove()
    return [
        WeightLayer(
            name=names[layer],
            kind="conv" if isinstance(layer, nn.Conv2d) else "linear",
            module=layer,
            input_size=shape[-2:] if isinstance(layer, nn.Conv2d) else None,
            batch_norm_name=names.get(batch_norms.get(layer)),
            batch_norm=batch_norms.get(layer),
        )
        for layer, shape in inputs.items()
    ]


def draws_masks(model: nn.Module) -> bool:
    """Whether the network has dropout."""
    return any(isinstance(module, nn.modules.dropout._DropoutNd) and module.p > 0 for module in model.modules())
