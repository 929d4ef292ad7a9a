"""The optimizers of torch.optim by torch's own fused kernels: one kernel for all tensors.

The same numbers as torch.optim with fused=True, bit for bit. Not torch.optim itself, because its first step imports the
compiler (2 seconds in every job), and its bookkeeping is an eighth of a small network's step (both measured).
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from scaling.core.errors import BadInput
from scaling.networks.training.optimizers import OPTIMIZERS
from scaling.networks.training.spec import TrainingSpec


class FusedOptimizer:
    """Changes `parameters` in place, step by step.

    Attributes
    ----------
    parameters : the tensors, as given, without those that are frozen (requires_grad=False).
    moments : for each moment a tensor like each parameter.
    steps : how many have been made, float32 [] on the parameters' device.
    """

    def __init__(self, spec: TrainingSpec, parameters: Sequence[Tensor]) -> None:
        self.spec, self.parameters = spec, [tensor for tensor in parameters if tensor.requires_grad]
        if not self.parameters:
            raise BadInput(f"{spec.family}: no parameter is trained, all are frozen (requires_grad=False)")
        self.optimizer = OPTIMIZERS.load(spec.optimizer)
        self.moments = [[torch.zeros_like(p) for p in self.parameters] for _ in range(self.optimizer.MOMENTS)]
        self.steps = torch.zeros((), device=self.parameters[0].device)

    @torch.no_grad()
    def step(self, loss: Tensor) -> None:
        """One step down the gradient of `loss`."""
        with torch.enable_grad():
            gradients = torch.autograd.grad(loss, self.parameters, allow_unused=True, materialize_grads=True)
        # The kernels take the parameters' strides for the gradients' own.
        gradients = [gradient.contiguous() for gradient in gradients]
        self.steps += 1
        self.optimizer.step(self.spec, self.parameters, gradients, self.moments, self.steps)
