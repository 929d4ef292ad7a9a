"""What becomes of a network's parameters in a forward pass: every operation on tensors is watched."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

_ATEN = torch.ops.aten
#: Operations whose result is the parameter itself, at another place in memory.
_COPIES = {_ATEN.clone, _ATEN._to_copy, _ATEN.contiguous, _ATEN._reshape_copy, _ATEN.view_copy, _ATEN.expand_copy}
#: Products of matrices, or of stacks of them: the place of the two factors among the arguments.
_PRODUCTS = {_ATEN.mm: 0, _ATEN.bmm: 0, _ATEN.addmm: 1, _ATEN.baddbmm: 1, _ATEN.mv: 0, _ATEN.addmv: 1}
#: Rows of a table are looked up, or sums of them.
_LOOK_UPS = {_ATEN.embedding, _ATEN._embedding_bag, _ATEN._embedding_bag_forward_only}


class Watch(TorchDispatchMode):
    """Notes in which order parameters are used, and which multiply as matrices.

    Parameters
    ----------
    parameters, buffers : name -> tensor.

    Attributes
    ----------
    order : names, in the order of their first use.
    products : of those that are a factor of a matrix product: "out, in" or "in, out" (the meaning of its dimensions),
        "blocks: out, in" or "blocks: in, out" (a stack of matrices), "convolution: 1" or "transposed convolution: 1"
        (of so many groups), "embedding".
    computed : the same of those that never multiply themselves: something computed of them alone multiplies the data.
    fixed : shapes, by name, of buffers that multiply the data.
    constant : those that are tables of which each example looks up the same rows: positions.
    complex : those whose numbers are used in pairs, as complex ones.
    strangers : shapes of parameters that are used and are none of the model's.
    """

    def __init__(self, parameters: Mapping[str, Tensor], buffers: Mapping[str, Tensor] | None = None) -> None:
        super().__init__()
        self.parameters = dict(parameters)
        self.owner = {_storage(tensor): name for name, tensor in parameters.items()}
        self.buffers = {_storage(tensor): name for name, tensor in (buffers or {}).items()}
        self.copies: list[Tensor] = []  # kept, so that no other tensor takes their place in memory
        #: What a tensor depends on: parameters alone; None where the data are among it. What is not here is a constant.
        self.origins: dict[int, frozenset[str] | None] = {}
        self.order: dict[str, None] = {}
        self.products: dict[str, str] = {}
        self.computed: dict[str, str] = {}
        self.fixed: dict[str, tuple[int, ...]] = {}
        self.constant: dict[str, None] = {}
        self.told = False
        self.complex: dict[str, None] = {}
        self.strangers: list[tuple[int, ...]] = []

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """No: what is watched is never compiled, and to import the compiler takes longer than many a small run."""
        return False

    def given(self, *data: Any) -> None:
        """What the network is given: no weights can be made of it."""
        self.told = True
        self.origins |= {_storage(tensor): None for tensor in tree_leaves(data) if isinstance(tensor, Tensor)}

    def __torch_dispatch__(self, function: Any, types: Any, arguments: tuple = (), options: Any = None) -> Any:
        result = function(*arguments, **(options or {}))
        tensors = [tensor for tensor in tree_leaves((arguments, options or {})) if isinstance(tensor, Tensor)]
        for tensor in tensors:
            if name := self._name(tensor):
                self.order.setdefault(name)
            elif isinstance(tensor, nn.Parameter):
                self.strangers.append(tuple(tensor.shape))
            if tensor.is_complex():
                self.complex |= dict.fromkeys(self._origin(tensor) or ())
        packet = function.overloadpacket
        if packet in _COPIES and isinstance(result, Tensor) and (name := self._name(arguments[0])):
            self.owner[_storage(result)] = name
            self.copies.append(result)
        elif packet in _PRODUCTS:
            first, second = arguments[_PRODUCTS[packet] :][:2]
            self._factor(first, second, contracted=first.ndim - 1, free=first.ndim - 2)
            if second.ndim > 1:
                self._factor(second, first, contracted=second.ndim - 2, free=second.ndim - 1)
        elif packet is _ATEN.convolution:
            kind = "transposed convolution" if arguments[6] else "convolution"
            self._factor(arguments[1], arguments[0], role=f"{kind}: {arguments[8]}")
        elif packet in _LOOK_UPS and self._of_data(arguments[1]):
            self._factor(arguments[0], arguments[1], role="embedding")
        elif packet in _LOOK_UPS and (name := self._name(arguments[0])):
            self.constant.setdefault(name)
        origins = [self._origin(tensor) for tensor in tensors]
        origin = None if None in origins else frozenset().union(*origins)
        self.origins |= {_storage(tensor): origin for tensor in tree_leaves(result) if isinstance(tensor, Tensor)}
        return result

    def _of_data(self, tensor: Tensor) -> bool:
        """Whether a tensor depends on the data, as far as it has been said what these are."""
        return not self.told or self._origin(tensor) is None

    def _name(self, tensor: Any) -> str | None:
        return self.owner.get(_storage(tensor)) if isinstance(tensor, Tensor) else None

    def _origin(self, tensor: Tensor) -> frozenset[str] | None:
        if name := self._name(tensor):
            return frozenset([name])
        return self.origins.get(_storage(tensor), frozenset())

    def _factor(self, factor: Tensor, other: Tensor, contracted: int = 0, free: int = 0, role: str = "") -> None:
        """A factor beside `other`: over its dimension `contracted`, `free` being the other one of each matrix."""
        if name := self._name(factor):
            self.products.setdefault(name, role or self._layout(factor, name, contracted, free))
        elif self._origin(other) is None and (names := self._origin(factor)) is not None:
            for name in names:
                if sum(size > 1 for size in self.parameters[name].shape) > 1:  # gains of a kernel are none
                    self.computed.setdefault(name, role or self._layout(factor, name, contracted, free))
            if buffer := self.buffers.get(_storage(factor)):
                self.fixed.setdefault(buffer, tuple(factor.shape))

    def _layout(self, factor: Tensor, name: str, contracted: int, free: int) -> str:
        tensor = self.parameters[name]
        sizes = matrix_sizes(tensor.shape)
        if tensor.ndim == 3 and factor.ndim == 3 and factor.shape[0] == sizes[0] > 1:
            sizes, blocks = sizes[1:], "blocks: "
        elif len(sizes) == 2:
            blocks = ""
        else:
            return "out, in"
        # Which of the parameter's two dimensions is summed over: by its step in memory, else by its length.
        if factor.stride(contracted) != factor.stride(free) and factor.shape[contracted] == factor.shape[free]:
            inner_last = factor.stride(contracted) < factor.stride(free)
        else:
            inner_last = sizes[1] == factor.shape[contracted]
        return f"{blocks}{'out, in' if inner_last else 'in, out'}"


def matrix_sizes(shape: Sequence[int]) -> list[int]:
    """A parameter's sizes without those of 1 before its last two: they are there to be spread over a batch."""
    sizes = list(shape)
    while len(sizes) > 2 and sizes[0] == 1:
        del sizes[0]
    return sizes


def _storage(tensor: Tensor) -> int:
    return tensor.untyped_storage()._cdata
