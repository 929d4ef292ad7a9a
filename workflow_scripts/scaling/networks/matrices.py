"""Which parameters of a network are weight matrices, and how each is read: by its module's kind, whatever the network.

Every parameter of two or more dimensions of a module of torch is the matrix (out x in) by which that module multiplies.
A parameter of a module of one's own is one if it is a factor of a matrix product. Not counted: biases, gains, whatever
belongs to a normalisation, and what is only added (positions, class tokens) or only looked up.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.conv import _ConvNd, _ConvTransposeNd
from torch.nn.utils import parametrize

from scaling.networks.watch import matrix_sizes

NORMS = (_NormBase, nn.LayerNorm, nn.GroupNorm, nn.RMSNorm, nn.LocalResponseNorm)
GATES = {
    nn.LSTM: ("input", "forget", "cell", "output"),
    nn.LSTMCell: ("input", "forget", "cell", "output"),
    nn.GRU: ("reset", "update", "new"),
    nn.GRUCell: ("reset", "update", "new"),
    nn.RNN: (),
    nn.RNNCell: (),
}
#: Modules whose matrices are those that are called `weight...`; others are a subclass's own.
TORCHS = (_ConvNd, nn.Linear, nn.Embedding, nn.EmbeddingBag, nn.Bilinear, nn.RNNBase, nn.RNNCellBase)
PACKED = ("query", "key", "value")


@dataclass(frozen=True)
class Matrix:
    """How a parameter, or a part of one, is read as a matrix A, out x in.

    Attributes
    ----------
    name, kind : what the tables call it.
    parameter : its first name in the model: the key of its tensor in a state; of several, the first.
    tensor : it, or what a parametrization makes of it, in the model at hand.
    layout : "out, in" (a kernel is flattened), "in, out", "transposed convolution" ([in, out/groups, ...]).
    groups : of how many blocks A consists, one for each group of a convolution.
    part : (index, number) of the equal parts of the first dimension, where several matrices share a parameter.
    made : the tensor from a state, where a parametrization makes it; None where the parameter is it.
    """

    name: str
    kind: str
    parameter: str
    tensor: Tensor = field(compare=False)
    layout: str = "out, in"
    groups: int = 1
    part: tuple[int, int] = (0, 1)
    made: "Made | None" = field(default=None, compare=False)

    @property
    def parameters(self) -> tuple[str, ...]:
        """All parameters that it is made of: several where a parametrization has several."""
        return (self.parameter,) if self.made is None else self.made.parameters

    def weight(self, state: Mapping[str, Tensor], runs: int) -> Tensor:
        """The tensor that multiplies, of R networks: [R, ...]."""
        weight = (state[self.parameter] if self.made is None else self.made(state, runs)).detach()
        return weight if self.part[1] == 1 else weight.chunk(self.part[1], dim=1)[self.part[0]]

    def blocks(self, weight: Tensor) -> Tensor:
        """The blocks of A, [R, groups, out/groups, in/groups], in the dtype of `weight` [R, ...]."""
        runs = len(weight)
        if self.layout == "transposed convolution":
            grouped = weight.flatten(3) if weight.ndim > 3 else weight[..., None]
            grouped = grouped.view(runs, self.groups, -1, *grouped.shape[2:])  # [R, g, in/g, out/g, k]
            return grouped.transpose(2, 3).flatten(3)
        if weight.ndim == 4 and self.kind == "matrices":
            return weight.mT if self.layout == "in, out" else weight
        if self.kind == "matrix":
            weight = weight.view(runs, *matrix_sizes(weight.shape[1:]))
        matrix = weight.flatten(2)
        matrix = matrix.mT if self.layout == "in, out" else matrix
        return matrix.unflatten(1, (self.groups, -1))

    @property
    def shape(self) -> tuple[int, int]:
        """(out, in) of A."""
        tensor = self.tensor if self.part[1] == 1 else self.tensor.chunk(self.part[1])[self.part[0]]
        _, groups, rows, columns = self.blocks(tensor.detach()[None]).shape
        return groups * rows, groups * columns


def matrices(model: nn.Module, products: Mapping[str, str] | None = None) -> list[Matrix]:
    """The weight matrices of a model, each tensor once, in the order of its modules.

    Parameters
    ----------
    products : what scaling.networks.watch saw of its parameters, for those of modules that are not torch's; without it
        these are left out.
    """
    first = {id(tensor): name for name, tensor in model.named_parameters()}
    found: dict[tuple[tuple[str, ...], tuple[int, int]], Matrix] = {}
    with evaluating(model), torch.no_grad():
        for module_name, module in model.named_modules():
            for matrix in _of_module(module_name, module, first, products or {}):
                known = found.get((matrix.parameters, matrix.part))
                # Tied weights count as the layer that multiplies by them, before one that only looks rows up.
                if known is None or (known.kind == "embedding" and matrix.kind != "embedding"):
                    found[matrix.parameters, matrix.part] = matrix
    # A parameter that one module takes whole and another in parts counts once.
    whole = {parameters for parameters, part in found if part == (0, 1)}
    return [matrix for (parameters, part), matrix in found.items() if part == (0, 1) or parameters not in whole]


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Every module in evaluation mode; afterwards each in its own again."""
    training = {module: module.training for module in model.modules()}
    model.eval()
    try:
        yield
    finally:
        for module, was in training.items():
            module.training = was


def without_numbers(model: nn.Module) -> str | None:
    """What is wrong with the first parameter that has no real numbers; None if all have."""
    for name, tensor in model.named_parameters():
        if tensor.is_complex():
            return f"the parameter {name} is complex; only real ones are allowed"
        if tensor.is_meta:
            return f"the parameter {name} has no numbers (it is on the device meta); allowed: on cpu"
        if not isinstance(tensor, nn.UninitializedParameter) and tensor.numel() == 0:
            return f"the parameter {name} is {'x'.join(map(str, tensor.shape))}: there are no numbers in it"
    return None


def _of_module(
    module_name: str, module: nn.Module, first: Mapping[int, str], products: Mapping[str, str]
) -> Iterator[Matrix]:
    if isinstance(module, NORMS) or "parametrizations" in module_name.split("."):  # these are read by what they make
        return
    for name, tensor, parameter, made in _tensors(module_name, module, first):
        if tensor.ndim < 2 or (isinstance(tensor, nn.UninitializedParameter)):
            continue
        label = module_name if name == "weight" else f"{module_name}.{name}".strip(".")
        label = label or parameter
        matrix = Matrix(label, "linear", parameter, tensor, made=made)
        yield from _read(matrix, module, module_name, name, products)


def _read(matrix: Matrix, module: nn.Module, module_name: str, name: str, products: Mapping[str, str]) -> Any:
    """The matrices that a tensor of a module is."""
    kind, last = type(module), module_name.rpartition(".")[2]
    if isinstance(module, TORCHS) and not name.startswith("weight"):  # a subclass's own
        if role := products.get(matrix.parameter):
            yield _by_use(matrix, role, module)
    elif isinstance(module, _ConvTransposeNd):
        yield replace(matrix, kind="conv", layout="transposed convolution", groups=module.groups)
    elif isinstance(module, _ConvNd):
        yield replace(matrix, kind="conv", groups=module.groups)
    elif isinstance(module, nn.Linear):
        packed = last in ("qkv", "to_qkv") and module.out_features == 3 * module.in_features
        yield from _parts(matrix, PACKED if packed else ())
    elif isinstance(module, nn.Embedding | nn.EmbeddingBag):
        yield replace(matrix, kind="embedding", layout="in, out")
    elif isinstance(module, nn.Bilinear):
        yield replace(matrix, kind="bilinear")
    elif isinstance(module, nn.MultiheadAttention):
        if name.endswith("proj_weight"):
            base = replace(matrix, kind="attention", name=module_name or "attention")
            if name == "in_proj_weight":
                yield from _parts(base, PACKED)
            else:
                yield replace(base, name=f"{base.name}.{dict(zip('qkv', PACKED, strict=True))[name[0]]}")
    elif isinstance(module, nn.RNNBase | nn.RNNCellBase):
        gates = next((gates for known, gates in GATES.items() if isinstance(module, known)), ())
        yield from _parts(replace(matrix, kind="recurrent"), () if "_hr" in name else gates)
    elif kind.__name__ == "Conv1D" and hasattr(module, "nf"):  # of the library transformers: [in, out]
        yield replace(matrix, layout="in, out")
    elif name in getattr(module, "weight_matrices", ()):
        yield replace(matrix, kind="matrix")
    elif role := products.get(matrix.parameter):
        yield _by_use(matrix, role, module)


def _by_use(matrix: Matrix, role: str, module: nn.Module) -> Matrix:
    """A parameter of a module of one's own, read as the product in which it was seen reads it."""
    if role.startswith("blocks: "):
        return replace(matrix, kind="matrices", layout=role.removeprefix("blocks: "), groups=matrix.tensor.shape[0])
    kind, _, groups = role.partition(": ")
    if kind in ("convolution", "transposed convolution"):
        if matrix.tensor.ndim < 3 or matrix.tensor.shape[0] % int(groups):  # the kernel is computed of it
            return replace(matrix, kind="conv")
        return replace(matrix, kind="conv", layout=kind if kind != "convolution" else "out, in", groups=int(groups))
    return replace(matrix, kind="matrix", layout="in, out" if role == "embedding" else role)


def _parts(matrix: Matrix, names: tuple[str, ...]) -> Iterator[Matrix]:
    if not names:
        yield matrix
    for index, name in enumerate(names):
        yield replace(matrix, name=f"{matrix.name}.{name}", part=(index, len(names)))


# ------------------------------------------------------------------------------- parametrizations


def _tensors(module_name: str, module: nn.Module, first: Mapping[int, str]) -> Iterator[tuple]:
    """(name, tensor, parameter, what makes it) of each tensor by which a module may multiply."""
    prefix = f"{module_name}." if module_name else ""
    made_by_hooks: set[str] = set()
    for name, inner in _makers(module):
        own = f"owner.{name}_" if isinstance(inner, _ByHook) else ""  # a hook's module has other tensors beside them
        given = {key: tensor for key, tensor in inner.named_parameters() if key.startswith(own)}
        of_model = {key: first[id(tensor)] for key, tensor in given.items()}
        parameters = tuple(of_model.values())
        of_model |= {key: prefix + _in_module(module, t) for key, t in inner.named_buffers() if key.startswith(own)}
        if given:
            yield name, getattr(module, name), parameters[0], Made(name, inner, of_model, parameters)
        made_by_hooks |= {id(tensor) for tensor in given.values()}
    for name, tensor in module._parameters.items():
        if tensor is not None and id(tensor) not in made_by_hooks:
            yield name, tensor, first[id(tensor)], None


def _makers(module: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """(name, a module without arguments that gives the tensor of that name) of each that is made when it is used."""
    if parametrize.is_parametrized(module):
        yield from module.parametrizations.items()
    for hook in module._forward_pre_hooks.values():  # the older weight_norm, spectral_norm and pruning
        name = getattr(hook, "name", None) or getattr(hook, "_tensor_name", None)
        if not isinstance(name, str) or name in module._parameters:
            continue
        if hasattr(hook, "apply_mask"):
            yield name, _ByHook(module, hook.apply_mask)
        elif hasattr(hook, "n_power_iterations"):
            yield name, _ByHook(module, lambda m, hook=hook: hook.compute_weight(m, do_power_iteration=False))
        elif hasattr(hook, "compute_weight"):
            yield name, _ByHook(module, hook.compute_weight)


class _ByHook(nn.Module):
    """What a hook makes of its module's parameters."""

    def __init__(self, owner: nn.Module, compute: Callable[[nn.Module], Tensor]) -> None:
        super().__init__()
        self.owner, self.compute = owner, compute

    def forward(self) -> Tensor:
        return self.compute(self.owner)


class Made:
    """The tensor that a parametrization makes, of R networks from their state.

    Attributes
    ----------
    names : of the tensors that it is made of, in `inner`: what they are called in a state.
    parameters : those that are parameters; the others are statistics and masks.
    """

    def __init__(
        self, tensor_name: str, inner: nn.Module, names: Mapping[str, str], parameters: tuple[str, ...]
    ) -> None:
        self.tensor_name, self.inner, self.names, self.parameters = tensor_name, inner, names, parameters

    def __call__(self, state: Mapping[str, Tensor], runs: int) -> Tensor:
        """[R, ...]; statistics that a parametrization keeps (of power iterations) stay as they are."""
        with evaluating(self.inner), torch.no_grad():
            return torch.stack([self._of_run(state, run) for run in range(runs)])

    def _of_run(self, state: Mapping[str, Tensor], run: int) -> Tensor:
        given = {key: state[name][run] for key, name in self.names.items() if name in state}
        return functional_call(self.inner, given, ()).detach().clone()


def _in_module(module: nn.Module, tensor: Tensor) -> str:
    return next((name for name, buffer in module.named_buffers() if buffer is tensor), "?")
