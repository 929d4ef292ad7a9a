"""AdamW (Loshchilov and Hutter 2019), by torch's own fused kernel: the bits of torch.optim.AdamW with fused=True."""

from collections.abc import Sequence

import torch
from torch import Tensor

from scaling.networks.training.spec import TrainingSpec

MOMENTS = 2
#: torch.optim's defaults of what a spec does not choose.
CONSTANTS = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "amsgrad": False, "maximize": False}


def step(
    spec: TrainingSpec,
    parameters: Sequence[Tensor],
    gradients: Sequence[Tensor],
    moments: Sequence[Sequence[Tensor]],
    steps: Tensor,
) -> None:
    """One step, in place."""
    chosen = {"lr": spec.learning_rate, "weight_decay": spec.weight_decay}
    torch._fused_adamw_(parameters, gradients, *moments, [], [steps] * len(gradients), **CONSTANTS, **chosen)
