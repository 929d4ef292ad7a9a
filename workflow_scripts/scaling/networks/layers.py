"""The weight matrices of a network, in forward order, whatever its family."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.conv import _ConvNd

from scaling.core.errors import BadInput
from scaling.networks.matrices import Matrix, evaluating, matrices, without_numbers
from scaling.networks.own_code import blamed
from scaling.networks.shape import Shape
from scaling.networks.trial import blank, check_scores, drawn
from scaling.networks.watch import Watch


@dataclass(frozen=True)
class WeightLayer:
    """One weight matrix.

    Attributes
    ----------
    matrix : which parameter it is, and how that is read (scaling.networks.matrices).
    module : the module that holds it.
    input_size : (height, width) of a convolution's input, or as many numbers as it has dimensions; None elsewhere.
    input_sizes : all that were seen, if the convolution is used more than once.
    batch_norm_name, batch_norm : the batch norm whose input is this layer's output; None if there is none.
    """

    matrix: Matrix
    module: nn.Module
    input_size: tuple[int, ...] | None
    input_sizes: frozenset[tuple[int, ...]] = frozenset()
    batch_norm_name: str | None = None
    batch_norm: _BatchNorm | None = None

    @property
    def name(self) -> str:
        """Of the module, or of the parameter where a module has several."""
        return self.matrix.name

    @property
    def kind(self) -> str:
        """conv, linear, embedding, attention, recurrent, bilinear; matrix and matrices: of a module of one's own."""
        return self.matrix.kind


class WeightLayers(list[WeightLayer]):
    """The layers, and what else one image has shown.

    Attributes
    ----------
    left_out : (name, shape, why) of each parameter that is in no matrix, in the model's order.
    counted, parameters : how many numbers the matrices hold, and how many all parameters.
    one_value : names of batch norms that see one value per channel of a single image: they cannot train on one.
    notes : what else is to be said, a sentence each.
    """

    def __init__(self, layers: list[WeightLayer]) -> None:
        super().__init__(layers)
        self.left_out: list[tuple[str, tuple[int, ...], str]] = []
        self.counted = self.parameters = 0
        self.one_value: list[str] = []
        self.notes: list[str] = []

    def in_words(self) -> str:
        """One line: what is in the norm and what is not."""
        share = 100 * self.counted / max(1, self.parameters)
        out: dict[str, list[str]] = {}
        for name, shape, why in self.left_out:
            out.setdefault(why, []).append(f"{name} {'x'.join(map(str, shape))}" if len(shape) > 1 else name)
        reasons = [f"{why}: {_some(names)}" for why, names in out.items()]
        said = f"norm: {len(self)} matrices, {share:.3g} % of {self.parameters:,} parameters"
        return "; ".join([said, *(["left out: " + "; ".join(reasons)] if reasons else []), *self.notes])


def weight_layers(
    model: nn.Module, shape: tuple[int, ...], outputs: int | None = None, family: str = "model"
) -> WeightLayers:
    """The weight matrices of `model` in the order in which one example meets them.

    Found by watching a forward pass of a blank example in evaluation mode, and of some random ones where it leaves
    weights unused (it may depend on the example which are): nothing in the model changes. A tensor that is used
    twice, or under two names, counts once. What no example meets does not count.

    Parameters
    ----------
    shape : of an example (scaling.networks.shape); a plain tuple is an image's.
    outputs : if given, the model must give as many scores for a target.
    family : begins the line of an error.

    Raises
    ------
    BadInput in one line for a model without a weight matrix, with complex weights, or that fails on such an image.
    """
    some = next(model.parameters(), torch.zeros(1))
    example = blank(shape, 1, dtype=some.dtype, device=some.device)

    def check(scores: object) -> None:
        if outputs is not None:
            check_scores(scores, Shape.of(shape), outputs, family)

    def more() -> object:
        return model(drawn(shape, 16, outputs or 1, dtype=some.dtype, device=some.device))

    return layers_met(model, lambda: model(example), family, check, more)


def layers_met(
    model: nn.Module,
    run: Callable[[], object],
    family: str = "model",
    check: Callable[[object], None] = lambda scores: None,
    more: Callable[[], object] = lambda: None,
) -> WeightLayers:
    """As `weight_layers`, of what meets the model in `run`, which makes one forward pass; `check` sees its output.

    more : the same of other examples, called if the first pass leaves weights unused.
    """
    if problem := without_numbers(model):
        raise BadInput(f"{family}: {problem}")
    names = {module: name for name, module in model.named_modules()}
    seen = _Seen(names)
    parameters = dict(model.named_parameters())
    watch = Watch(parameters, dict(model.named_buffers()))
    told: Any = nullcontext()
    if not isinstance(model, torch.jit.ScriptModule):  # it takes no hooks
        told = model.register_forward_pre_hook(lambda _, *given: watch.given(given), with_kwargs=True)
    with (
        told,
        seen.hooks(),
        evaluating(model),
        _plain_attention(),
        torch.random.fork_rng(devices=[]),
        torch.no_grad(),
        blamed(family),
        watch,
    ):
        scores = run()
        if any(tensor.ndim > 1 and name not in watch.order for name, tensor in parameters.items()):
            more()
    check(scores)
    _refuse(watch, family)
    found = matrices(model, watch.computed | watch.products)
    place = {name: index for index, name in enumerate(watch.order)}
    used = sorted(
        (matrix for matrix in found if matrix.parameter in place and not _is_constant(matrix, watch)),
        key=lambda matrix: place[matrix.parameter],
    )
    if not used:
        raise BadInput(f"{family}: no weight matrix in it, so that its norm is not defined")
    layers = WeightLayers([seen.layer(matrix, model) for matrix in used])
    _account(layers, parameters, watch)
    layers.one_value = seen.one_value
    layers.notes += [*seen.notes, *_said(watch, layers)]
    return layers


class _Seen:
    """What hooks on modules show of a forward pass: sizes of inputs, and which batch norm follows which layer."""

    def __init__(self, names: dict[nn.Module, str]) -> None:
        self.names = names
        self.sizes: dict[nn.Module, list[tuple[int, ...]]] = {}
        self.outputs: dict[nn.Module, Tensor] = {}
        self.batch_norms: dict[nn.Module, _BatchNorm] = {}
        self.one_value: list[str] = []
        self.notes: list[str] = []

    @contextmanager
    def hooks(self) -> Iterator[None]:
        watched = (_ConvNd, nn.Linear, _BatchNorm)
        handles = [
            module.register_forward_hook(self._watch, with_kwargs=True)
            for module in self.names
            if isinstance(module, watched)
        ]
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _watch(self, module: nn.Module, arguments: tuple, named: dict, output: Tensor) -> None:
        given = next((value for value in (*arguments, *named.values()) if isinstance(value, Tensor)), None)
        if given is None:
            return
        if isinstance(module, _BatchNorm):
            self.batch_norms.update({layer: module for layer, made in self.outputs.items() if made is given})
            if given.ndim > 1 and given.numel() == given.shape[1] and self.names[module] not in self.one_value:
                self.one_value.append(self.names[module])
            return
        if isinstance(module, _ConvNd):
            self.sizes.setdefault(module, []).append(tuple(given.shape[-len(module.kernel_size) :]))
        self.outputs.setdefault(module, output)

    def layer(self, matrix: Matrix, model: nn.Module) -> WeightLayer:
        """A matrix with what was seen of its module."""
        module = _module_of(matrix, model)
        sizes = self.sizes.get(module, [])
        batch_norm = self.batch_norms.get(module)
        if batch_norm is not None and batch_norm.running_var is None:
            self.notes.append(f"{self.names[batch_norm]} keeps no statistics and is not folded in")
            batch_norm = None
        return WeightLayer(
            matrix, module, sizes[0] if sizes else None, frozenset(sizes), self.names.get(batch_norm), batch_norm
        )


def _is_constant(matrix: Matrix, watch: Watch) -> bool:
    """Whether it is only a table of positions."""
    return matrix.kind == "embedding" and matrix.parameter in watch.constant and matrix.parameter not in watch.products


def _refuse(watch: Watch, family: str) -> None:
    """Raise BadInput for weights that the norm would leave out, or take for others, without a word."""
    if watch.strangers:
        shape = "x".join(map(str, watch.strangers[0]))
        raise BadInput(
            f"{family}: a parameter {shape} is used that is none of the model's: nothing would train it, and no norm "
            "count it; layers in a list or dict belong into nn.ModuleList or nn.ModuleDict"
        )
    if watch.complex:
        name = next(iter(watch.complex))
        raise BadInput(f"{family}: the parameter {name} is used as complex numbers; only real ones are allowed")


def _said(watch: Watch, layers: WeightLayers) -> list[str]:
    """What else there is to say of how weights multiply."""
    made = {name for layer in layers if layer.matrix.made for name in layer.matrix.parameters}
    counted = {layer.matrix.parameter for layer in layers}
    computed = [name for name in watch.computed if name in counted - made and name not in watch.products]
    fixed = [f"{name} {'x'.join(map(str, shape))}" for name, shape in watch.fixed.items()]
    return [
        *([f"counted as it is, though something computed of it multiplies: {_some(computed)}"] if computed else []),
        *([f"fixed and not counted, since they are no parameters: {_some(fixed)}"] if fixed else []),
    ]


def _some(names: list[str]) -> str:
    return ", ".join(names[:6]) + " ..." * (len(names) > 6)


def _module_of(matrix: Matrix, model: nn.Module) -> nn.Module:
    """The module that a matrix is named after, or that its parameter is in."""
    modules = dict(model.named_modules())
    path = matrix.name
    while path and path not in modules:
        path = path.rpartition(".")[0]
    return modules[path]


def _account(layers: WeightLayers, parameters: dict[str, Tensor], watch: Watch) -> None:
    """How much is counted, and why the rest is not."""
    counted = {layer.matrix.parameter for layer in layers}
    made = {name for layer in layers if layer.matrix.made for name in layer.matrix.made.names.values()}
    layers.parameters = sum(tensor.numel() for tensor in parameters.values())
    layers.counted = sum(tensor.numel() for name, tensor in parameters.items() if name in counted | made)
    for name, tensor in parameters.items():
        if name in counted | made:
            continue
        if name not in watch.order:
            why = "never used by an image"
        elif name in watch.constant:
            why = "the same rows for every example (positions)"
        elif sum(size > 1 for size in tensor.shape) < 2:
            why = "biases and gains"
        else:
            why = "no factor of a matrix product (positions, tokens, gains)"
        layers.left_out.append((name, tuple(tensor.shape), why))


@contextmanager
def _plain_attention() -> Iterator[None]:
    """Without the shortcut that runs a transformer's layer in one piece, past its modules."""
    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(before)


@cache
def say_once(line: str) -> None:
    """Print a line, the first time in this process."""
    print(line, flush=True)


def draws_masks(model: nn.Module) -> bool:
    """Whether the network has dropout."""
    return any(isinstance(module, nn.modules.dropout._DropoutNd) and module.p > 0 for module in model.modules())
