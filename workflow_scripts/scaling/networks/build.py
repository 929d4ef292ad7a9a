"""A network by the name of its family. A new family is one new module in this folder with a function `build`."""

import inspect
from typing import Any

import torch
from torch import nn

from scaling.core.errors import BadInput
from scaling.networks.models import FAMILIES


def build_model(
    family: str,
    sizes: dict[str, Any],
    image_shape: tuple[int, int, int],
    classes: int,
    init_scale: float = 1.0,
    *,
    seed: int,
) -> nn.Module:
    """The network with its initial weights, on the CPU, from the seed alone; the global generators stay as they were.

    Parameters
    ----------
    family : module of scaling.networks.models, in any case: "CNN" is scaling/networks/models/cnn.py. Its function
        `build(image_shape, classes, **sizes)` draws the initial weights from torch's global CPU generator.
    sizes : keyword arguments of that `build`; those left out take its defaults.
    image_shape : (channels, height, width).
    classes : number of outputs.
    init_scale : factor on the weight of every Conv2d and Linear, not on biases or norms (paper App. G).
    seed : of the initial weights.

    Raises
    ------
    BadInput for an unknown family, an unknown, missing or impossible size.
    """
    build = FAMILIES.load(family).build
    _check_sizes(family, build, sizes)
    with torch.random.fork_rng(devices=[]):
        torch.random.default_generator.manual_seed(seed)  # not torch.manual_seed, which reseeds the GPUs as well
        try:
            model = build(image_shape, classes, **sizes)
        except BadInput:
            raise
        except (TypeError, ValueError, RuntimeError, ZeroDivisionError) as problem:
            raise BadInput(f"sizes of {family}: {sizes} make no network: {' '.join(str(problem).split())}") from problem
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                module.weight.mul_(init_scale)
    return model


def _check_sizes(family: str, build: Any, sizes: dict[str, Any]) -> None:
    known = dict(list(inspect.signature(build).parameters.items())[2:])
    for key in sizes:
        if key not in known:
            raise BadInput(f"sizes.{key}: {family} has no such size; allowed: {', '.join(known)}")
    for key, parameter in known.items():
        if parameter.default is inspect.Parameter.empty and key not in sizes:
            raise BadInput(f"sizes.{key}: {family} needs it; allowed: {', '.join(known)}")
