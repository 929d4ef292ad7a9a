"""A network by torch.compile, which fuses its small operations into fewer kernels.

Compiling takes 20 seconds or more for each network and size of batch. Networks of the same sizes share what was
compiled: weights are its arguments.
"""

import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.nn import Module

from scaling.core.errors import BadInput


def compiled(model: Module) -> Callable[[Tensor], Tensor]:
    """What gives the model's own output.

    Raises
    ------
    BadInput, when it is called, if the model cannot be compiled here.
    """
    import torch._dynamo
    import torch._dynamo.exc

    # Else it goes on uncompiled, in silence, after eight networks of one class.
    torch._dynamo.config.fail_on_recompile_limit_hit = True
    fused = torch.compile(model, dynamic=False)
    problems = (torch._dynamo.exc.TorchDynamoException,)

    def scores(examples: Tensor) -> Any:
        try:
            return fused(examples)
        except problems as problem:
            why = " ".join(str(problem).split())[:200]
            if " " in sys.prefix and "CppCompileError" in why:  # it does not quote what it links with
                why = f"PyTorch cannot link C++ below a path with a space, {sys.prefix}"
            raise BadInput(f"compile: this network cannot be compiled here ({why}); allowed: false") from problem

    return scores


@cache
def compiling_works(device: str) -> bool:
    """Whether a function of one line can be compiled for a device; if not, a line says why."""
    try:
        torch.compile(lambda x: (x + 1).sin())(torch.zeros(64, device=device))
    except Exception as problem:  # whatever a compiler that is missing or broken makes of it
        why = " ".join(str(problem).split())[:200]
        print(f"compile: auto: networks are not compiled, torch.compile does not work here ({why})", flush=True)
        return False
    return True
