"""Gradient descent with momentum, by torch's own fused kernel: the bits of torch.optim.SGD with fused=True."""

from collections.abc import Sequence

import torch
from torch import Tensor

from scaling.networks.training.spec import TrainingSpec

MOMENTS = 1
#: torch.optim's defaults of what a spec does not choose.
CONSTANTS = {"dampening": 0.0, "nesterov": False, "maximize": False, "is_first_step": False}


def step(
    spec: TrainingSpec,
    parameters: Sequence[Tensor],
    gradients: Sequence[Tensor],
    moments: Sequence[Sequence[Tensor]],
    steps: Tensor,
) -> None:
    """One step, in place."""
    buffers = moments[0] if spec.momentum else []
    chosen = {"lr": spec.learning_rate, "weight_decay": spec.weight_decay, "momentum": spec.momentum}
    torch._fused_sgd_(parameters, gradients, buffers, **CONSTANTS, **chosen)
