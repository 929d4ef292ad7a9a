"""What becomes of a network's parameters in one forward pass: every operation on tensors is watched."""

from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

_ATEN = torch.ops.aten
#: Operations whose result is the parameter itself, at another place in memory.
_COPIES = {_ATEN.clone, _ATEN._to_copy, _ATEN.contiguous, _ATEN._reshape_copy, _ATEN.view_copy, _ATEN.expand_copy}
#: Products of matrices, or of stacks of them: the place of the two factors among the arguments.
_PRODUCTS = {_ATEN.mm: 0, _ATEN.bmm: 0, _ATEN.addmm: 1, _ATEN.baddbmm: 1, _ATEN.mv: 0, _ATEN.addmv: 1}


class Watch(TorchDispatchMode):
    """Notes in which order parameters are used, and which multiply as matrices.

    Parameters
    ----------
    parameters : name -> tensor.

    Attributes
    ----------
    order : names, in the order of their first use.
    products : of those that are a factor of a matrix product: "out, in" or "in, out" (the meaning of its dimensions),
        "blocks: out, in" or "blocks: in, out" (a stack of matrices), "convolution", "embedding".
    groups : of those that are the kernel of a convolution.
    """

    def __init__(self, parameters: dict[str, Tensor]) -> None:
        super().__init__()
        self.parameters = parameters
        self.owner = {_storage(tensor): name for name, tensor in parameters.items()}
        self.copies: list[Tensor] = []  # kept, so that no other tensor takes their place in memory
        self.order: dict[str, None] = {}
        self.products: dict[str, str] = {}
        self.groups: dict[str, int] = {}

    def __torch_dispatch__(self, function: Any, types: Any, arguments: tuple = (), options: Any = None) -> Any:
        result = function(*arguments, **(options or {}))
        for tensor in tree_leaves((arguments, options or {})):
            if isinstance(tensor, Tensor) and (name := self._name(tensor)):
                self.order.setdefault(name)
        packet = function.overloadpacket
        if packet in _COPIES and isinstance(result, Tensor) and (name := self._name(arguments[0])):
            self.owner[_storage(result)] = name
            self.copies.append(result)
        elif packet in _PRODUCTS:
            first, second = arguments[_PRODUCTS[packet] :][:2]
            self._factor(first, contracted=first.ndim - 1, free=first.ndim - 2)
            if second.ndim > 1:
                self._factor(second, contracted=second.ndim - 2, free=second.ndim - 1)
        elif packet is _ATEN.convolution and (name := self._name(arguments[1])):
            self.products.setdefault(name, "transposed convolution" if arguments[6] else "convolution")
            self.groups[name] = arguments[8]
        elif packet is _ATEN.embedding and (name := self._name(arguments[0])):
            self.products.setdefault(name, "embedding")
        return result

    def _name(self, tensor: Any) -> str | None:
        return self.owner.get(_storage(tensor)) if isinstance(tensor, Tensor) else None

    def _factor(self, factor: Tensor, contracted: int, free: int) -> None:
        """A factor of a product over its dimension `contracted`; `free` is the other one of each matrix."""
        name = self._name(factor)
        if name is None:
            return
        tensor = self.parameters[name]
        sizes, strides = list(tensor.shape), list(tensor.stride())
        if tensor.ndim == 3 and factor.ndim == 3 and factor.shape[0] == sizes[0] > 1:
            sizes, strides, blocks = sizes[1:], strides[1:], "blocks: "
        elif tensor.ndim == 2:
            blocks = ""
        else:
            self.products.setdefault(name, "out, in")
            return
        # Which of the parameter's two dimensions is summed over: by its step in memory, else by its length.
        if factor.stride(contracted) != factor.stride(free) and factor.shape[contracted] == factor.shape[free]:
            inner_last = factor.stride(contracted) < factor.stride(free)
        else:
            inner_last = sizes[1] == factor.shape[contracted]
        self.products.setdefault(name, f"{blocks}{'out, in' if inner_last else 'in, out'}")


def _storage(tensor: Tensor) -> int:
    return tensor.untyped_storage()._cdata
