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
def arithmetic(spec: TrainingSpec, device: str, deterministic: bool = True) -> Iterator[None]:
    """Train on a device ("cpu" or "cuda") as `spec` says; `autocast` has the rest of it.

    On a CPU one thread for each run: the fastest use of the cores (measured), and the same bits everywhere. TF32 only
    where the spec asks for it: for convolutions on a GPU it is PyTorch's own choice. On a GPU only `deterministic`
    convolutions (others add in an order that changes from time to time): a run that is repeated or continued is to
    have the same bits. All of it is the process's own: enter it once, around all runs that are trained side by side.
    """
    with ExitStack() as meanwhile:
        if device == "cpu":
            meanwhile.enter_context(_one_thread())
            if spec.precision == "tf32":
                meanwhile.enter_context(RoundedFactors())
        else:
            meanwhile.enter_context(_tf32_allowed(spec.precision != "float32"))
            meanwhile.enter_context(_deterministic_convolutions(deterministic))
        yield


@contextmanager
def exact_products(device: torch.device) -> Iterator[None]:
    """float32 products in float32, whatever the arithmetic around it: no autocast, no TF32, no imitation of it.

    Scores are computed so: where the weights are small, what an image adds to them is lost in a rougher arithmetic.
    """
    with ExitStack() as meanwhile:
        meanwhile.enter_context(torch.autocast(device.type, enabled=False))
        meanwhile.enter_context(RoundedFactors.suspended() if device.type == "cpu" else _tf32_allowed(False))
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
    """The only place that sets these flags, and the only API that it writes is `allow_tf32`.

    PyTorch 2.9 and later have `fp32_precision` beside it, and refuse to read either where the two disagree. Writing
    `allow_tf32` sets both; the other way round does not hold (torch.compile then fails). Reading `fp32_precision` is
    never refused.
    """
    flags = torch.backends.cuda.matmul, torch.backends.cudnn
    named = []  # the newer names of what the two stand for
    if hasattr(torch.backends.cuda.matmul, "fp32_precision") and hasattr(torch.backends.cudnn, "conv"):
        named = [torch.backends.cuda.matmul, torch.backends.cudnn.conv, torch.backends.cudnn.rnn]
    precisions = [owner.fp32_precision for owner in named]
    before = [precision == "tf32" for precision in precisions[:2]] or [flag.allow_tf32 for flag in flags]
    for flag in flags:
        flag.allow_tf32 = allowed
    try:
        yield
    finally:
        for flag, value in zip(flags, before, strict=True):
            flag.allow_tf32 = value
        for owner, precision in zip(named, precisions, strict=True):
            if owner.fp32_precision != precision:
                owner.fp32_precision = precision


@contextmanager
def _deterministic_convolutions(wanted: bool) -> Iterator[None]:
    """Not by `cudnn.flags`, which sets other flags as well, to defaults of its own."""
    before = torch.backends.cudnn.deterministic
    torch.backends.cudnn.deterministic = wanted or before
    try:
        yield
    finally:
        torch.backends.cudnn.deterministic = before


class RoundedFactors(TorchDispatchMode):
    """While it is entered, the factors of all float32 products are rounded as TF32 does; not while `suspended`."""

    _resting = 0

    @classmethod
    @contextmanager
    def suspended(cls) -> Iterator[None]:
        """Nothing is rounded meanwhile."""
        cls._resting += 1
        try:
            yield
        finally:
            cls._resting -= 1

    def __torch_dispatch__(self, function, types, arguments=(), options=None):
        """Call `function` with its factors rounded."""
        places = () if self._resting else FACTORS.get(function, ())
        arguments = [
            rounded(given) if place in places and given.dtype == torch.float32 else given
            for place, given in enumerate(arguments)
        ]
        return function(*arguments, **(options or {}))


def rounded(factor: Tensor) -> Tensor:
    """float32 numbers to the nearest of 10 bits of mantissa (half of one away from zero)."""
    return ((factor.view(torch.int32) + 0x1000) & -0x2000).view(torch.float32)
