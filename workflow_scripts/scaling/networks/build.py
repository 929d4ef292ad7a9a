"""A network by the name of its family (scaling.networks.families), with its initial weights."""

import inspect
from contextlib import suppress
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import UninitializedTensorMixin
from torch.nn.utils import parametrize

from scaling.core.errors import BadInput
from scaling.networks.families import find_build
from scaling.networks.layers import weight_layers
from scaling.networks.matrices import Matrix, evaluating
from scaling.networks.own_code import blamed
from scaling.networks.shape import Shape
from scaling.networks.trial import blank


def build_model(
    family: str,
    sizes: dict[str, Any],
    shape: tuple[int, ...],
    outputs: int,
    init_scale: float = 1.0,
    *,
    seed: int,
) -> nn.Module:
    """The network with its initial weights, on the CPU, from the seed alone; the global generators stay as they were.

    Parameters
    ----------
    family : as scaling.networks.families has it: "CNN" is scaling/networks/models/cnn.py. Its function
        `build(shape, outputs, **sizes)` draws the initial weights from torch's global CPU generator.
    sizes : keyword arguments of that `build`; those left out take its defaults.
    shape : of an example (scaling.networks.shape): (channels, height, width) of an image.
    outputs : numbers of a target's scores: its classes.
    init_scale : factor on every weight matrix, once however often it is used, not on biases or norms (paper App. G).
    seed : of the initial weights.

    Raises
    ------
    BadInput for an unknown family, an unknown, missing or impossible size.
    """
    build = find_build(family)
    _check_sizes(family, build, sizes)
    with torch.random.fork_rng(devices=[]):
        torch.random.default_generator.manual_seed(seed)  # not torch.manual_seed, which reseeds the GPUs as well
        with blamed(f"sizes of {family}: {sizes} make no network"):
            model = build(Shape.of(shape), outputs, **sizes)
        if not isinstance(model, nn.Module):
            raise BadInput(f"{family}: build gave a {type(model).__name__}; allowed: a torch.nn.Module")
        _fill_in(model, shape, family)
        _check_numbers(model, family)
    if init_scale != 1:
        _scale(model, shape, init_scale, family)
    return model


def _fill_in(model: nn.Module, shape: tuple[int, ...], family: str) -> None:
    """Shapes that a lazy module takes from its first input."""
    if any(isinstance(tensor, UninitializedTensorMixin) for tensor in (*model.parameters(), *model.buffers())):
        with blamed(family), evaluating(model), torch.no_grad():
            model(blank(shape, 1))


def _check_numbers(model: nn.Module, family: str) -> None:
    for name, tensor in model.named_parameters():
        if tensor.is_floating_point() and tensor.dtype != torch.float32:
            kind = str(tensor.dtype).removeprefix("torch.")
            raise BadInput(f"{family}: the parameter {name} is {kind}; allowed: float32, as the images are")


@torch.no_grad()
def _scale(model: nn.Module, shape: tuple[int, ...], factor: float, family: str) -> None:
    """Multiply each weight matrix once, whatever its names; of those that a parametrization makes, what it makes."""
    layers, done = weight_layers(model, shape, family=family), set()
    for layer in layers:
        matrix = layer.matrix
        if matrix.parameter in done:
            continue
        done.add(matrix.parameter)
        if matrix.made is None:
            matrix.tensor.mul_(factor)
        else:
            _scale_made(matrix, factor, layer.module, model)


def _scale_made(matrix: Matrix, factor: float, module: nn.Module, model: nn.Module) -> None:
    """By the inverse that a parametrization has; BadInput if what it makes cannot be scaled."""
    wanted = matrix.tensor.detach() * factor
    name = matrix.made.tensor_name
    with evaluating(module), suppress(Exception):  # one without an inverse: what came of it is looked at below
        if parametrize.is_parametrized(module, name):
            setattr(module, name, wanted)
        else:  # of a hook: weight_norm's length, or the weights that are pruned
            getattr(module, f"{name}_g", getattr(module, f"{name}_orig", None)).mul_(factor)
    (made,) = matrix.made({key: tensor[None] for key, tensor in model.state_dict().items()}, 1)
    if made.shape != wanted.shape or not torch.allclose(made, wanted, rtol=1e-4, atol=1e-6 * float(wanted.abs().max())):
        raise BadInput(
            f"init_scale: {factor:g} cannot act on the layer {matrix.name!r}, whose weights a parametrization makes; "
            "allowed for this model: 1"
        )


def _check_sizes(family: str, build: Any, sizes: dict[str, Any]) -> None:
    known = dict(list(inspect.signature(build).parameters.items())[2:])
    if any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in known.values()):
        return  # it says itself what it knows
    for key in sizes:
        if key not in known:
            raise BadInput(f"sizes.{key}: {family} has no such size; allowed: {', '.join(known)}")
    for key, parameter in known.items():
        if parameter.default is inspect.Parameter.empty and key not in sizes:
            raise BadInput(f"sizes.{key}: {family} needs it; allowed: {', '.join(known)}")
