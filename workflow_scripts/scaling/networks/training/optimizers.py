"""Adam, AdamW and SGD of torch.optim, by torch's own fused kernels: one kernel for all tensors.

The same numbers as torch.optim with fused=True, bit for bit. Not torch.optim itself, because its first step imports the
compiler (2 seconds in every job), and its bookkeeping is an eighth of a small network's step (both measured).
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from scaling.networks.training.spec import TrainingSpec

#: How many moments each optimizer keeps of every parameter, and torch.optim's defaults of what a spec does not choose.
MOMENTS = {"Adam": 2, "AdamW": 2, "SGD": 1}
ADAM = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "amsgrad": False, "maximize": False}
SGD = {"dampening": 0.0, "nesterov": False, "maximize": False, "is_first_step": False}


class FusedOptimizer:
    """Changes `parameters` in place, step by step.

    Attributes
    ----------
    parameters : the tensors, as given.
    moments : for each moment a tensor like each parameter.
    steps : how many have been made, float32 [] on the parameters' device.
    """

    def __init__(self, spec: TrainingSpec, parameters: Sequence[Tensor]) -> None:
        self.spec, self.parameters = spec, list(parameters)
        self.moments = [[torch.zeros_like(p) for p in self.parameters] for _ in range(MOMENTS[spec.optimizer])]
        self.steps = torch.zeros((), device=self.parameters[0].device)

    @torch.no_grad()
    def step(self, loss: Tensor) -> None:
        """One step down the gradient of `loss`."""
        spec = self.spec
        with torch.enable_grad():
            gradients = torch.autograd.grad(loss, self.parameters, allow_unused=True, materialize_grads=True)
        # The kernels take the parameters' strides for the gradients' own.
        gradients = [gradient.contiguous() for gradient in gradients]
        chosen = {"lr": spec.learning_rate, "weight_decay": spec.weight_decay}
        self.steps += 1
        if spec.optimizer == "SGD":
            buffers = self.moments[0] if spec.momentum else []
            torch._fused_sgd_(self.parameters, gradients, buffers, momentum=spec.momentum, **SGD, **chosen)
            return
        kernel = {"Adam": torch._fused_adam_, "AdamW": torch._fused_adamw_}[spec.optimizer]
        kernel(self.parameters, gradients, *self.moments, [], [self.steps] * len(gradients), **ADAM, **chosen)
