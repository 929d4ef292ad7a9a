"""In which arithmetic a run is trained: threads of a CPU, and the precision of products.

TF32 multiplies float32 numbers of which 10 bits of the mantissa are kept, and adds the products in float32. It is a
GPU's; on a CPU its rounding is imitated, to see what it does to training without having a GPU.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from scaling.networks.training.spec import TrainingSpec

#: The products that a GPU may do in TF32, of the forward and the backward pass, and the places of their factors.
FACTORS = {
    torch.ops.aten.mm.default: (0, 1),
    torch.ops.aten.bmm.default: (0, 1),
    torch.ops.aten.addmm.default: (1, 2),
    torch.ops.aten.baddbmm.default: (1, 2),
    torch.ops.aten.convolution.default: (0, 1),
    torch.ops.aten.convolution_backward.default: (0, 1, 2),
}


@contextmanager
def arithmetic(spec: TrainingSpec, device: str) -> Iterator[None]:
    """Train on a device ("cpu" or "cuda") as `spec` says; `autocast` has the rest of it.

    On a CPU one thread for each run: the fastest use of the cores (measured), and the same bits everywhere. TF32 only
    where the spec asks for it: for convolutions on a GPU it is PyTorch's own choice.
    """
    with ExitStack() as meanwhile:
        if device == "cpu":
            meanwhile.enter_context(_one_thread())
            if spec.precision == "tf32":
                meanwhile.enter_context(RoundedFactors())
        else:
            meanwhile.enter_context(_tf32_allowed(spec.precision != "float32"))
        yield


def autocast(spec: TrainingSpec, device: torch.device) -> torch.autocast:
    """bfloat16 in the forward pass, and so in the gradient's, where the spec says so: on a GPU and on a CPU."""
    return torch.autocast(device.type, torch.bfloat16, enabled=spec.precision == "bf16")


@contextmanager
def _one_thread() -> Iterator[None]:
    """Numbers below the smallest normal one count as zero meanwhile.

    The moments of Adam for units that no longer learn decay through that range, and are many times slower there.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)
        torch.set_num_threads(before)


@contextmanager
def _tf32_allowed(allowed: bool) -> Iterator[None]:
    flags = torch.backends.cuda.matmul, torch.backends.cudnn
    before = [flag.allow_tf32 for flag in flags]
    for flag in flags:
        flag.allow_tf32 = allowed
    try:
        yield
    finally:
        for flag, value in zip(flags, before, strict=True):
            flag.allow_tf32 = value


class RoundedFactors(TorchDispatchMode):
    """While it is entered, the factors of all float32 products are rounded as TF32 does."""

    def __torch_dispatch__(self, function, types, arguments=(), options=None):
        """Call `function` with its factors rounded."""
        places = FACTORS.get(function, ())
        arguments = [
            rounded(given) if place in places and given.dtype == torch.float32 else given
            for place, given in enumerate(arguments)
        ]
        return function(*arguments, **(options or {}))


def rounded(factor: Tensor) -> Tensor:
    """float32 numbers to the nearest of 10 bits of mantissa (half of one away from zero)."""
    return ((factor.view(torch.int32) + 0x1000) & -0x2000).view(torch.float32)
