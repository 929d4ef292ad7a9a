"""Norms and errors along the training of any torch model, noted from inside a loop of one's own."""

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from torch import Tensor, nn

from scaling.core.errors import BadInput
from scaling.core.files import atomic
from scaling.networks.layers import WeightLayers, layers_met
from scaling.networks.norms.definitions import NORMS
from scaling.networks.norms.layers import STATISTICS, network_statistics
from scaling.networks.norms.statistics import LayerStatistics

MEASURES = ("test_error", "test_loss", "train_error", "train_loss")
SUFFIXES = {".tsv": "\t", ".csv": ","}
#: Those that need no more than the weights. The first is the paper's.
USUAL_NORMS = ("spectral_complexity", "spectral_complexity_bn_folded", "l1", "l2", "g21", "spectral")


class Recorder:
    """Notes the norm of a network, and how wrong it is, at points of its training.

    Parameters
    ----------
    model : any torch module. It is not changed, and its random numbers are not touched.
    P : number of training examples of this run.
    seed : number of the run, among those of the same P.
    example : inputs of one forward pass, which shows in what order the weights are used: a tensor, a tuple of
        positional or a mapping of named arguments. Without it, the first forward pass of the model is watched.
    norms : files of scaling.networks.norms.definitions; the first is the one that is plotted and fitted.

    Attributes
    ----------
    rows : what was logged, a dictionary for each point.

    Examples
    --------
    >>> model = nn.Linear(8, 2)
    >>> recorder = Recorder(model, P=1000, seed=1, example=torch.zeros(1, 8))
    >>> row = recorder.log(step=1, test_error=0.5)
    >>> sorted(row)[:4]
    ['P', 'epoch', 'log10_g21', 'log10_l1']

    Raises
    ------
    BadInput in one line for a P or a norm that cannot be, and, when it is seen, for a model without a weight matrix.
    """

    def __init__(
        self,
        model: nn.Module,
        P: int,
        seed: int = 1,
        example: Tensor | Sequence[Any] | Mapping[str, Any] | None = None,
        norms: Sequence[str] = USUAL_NORMS,
    ) -> None:
        if isinstance(P, bool) or not isinstance(P, int | np.integer) or P < 1:
            raise BadInput(f"P: {P!r}; a whole number, 1 or more, is allowed")
        if not norms:
            raise BadInput(f"norms: none; one or more of {', '.join(NORMS.names())} are needed")
        self.model, self.P, self.seed = _bare(model), int(P), int(seed)
        self.norms = [NORMS.check(name) for name in norms]
        self.rows: list[dict[str, Any]] = []
        self._layers: WeightLayers | None = None
        self._last = 0.0  # the step of the last point that was due
        self._told: tuple[str, ...] = ()  # which of step and epoch the points have
        self._hook: Any = None
        if example is None:
            self._hook = self.model.register_forward_pre_hook(self._first_forward, with_kwargs=True)
        else:
            self._layers = layers_met(self.model, _forward(self.model, example))

    @property
    def layers(self) -> WeightLayers:
        """The weight matrices that the norms are of; print `layers.in_words()` to see what is counted.

        Raises
        ------
        BadInput before the model's first forward pass, if no example was given.
        """
        if self._layers is None:
            raise BadInput("Recorder: no forward pass has been seen yet; give `example` or log after one")
        return self._layers

    def _first_forward(self, module: nn.Module, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
        self._hook.remove()
        self._layers = layers_met(self.model, lambda: self.model(*arguments, **named))

    def due(self, step: int, per_decade: int = 12) -> bool:
        """Whether a point is to be logged at this step: about `per_decade` of them in a factor of 10 of steps.

        Each step is asked for once, in order. Learning curves want points at equal distances on a log scale.
        """
        if step < self._last * 10 ** (1 / per_decade) or step <= self._last:
            return False
        self._last = float(step)
        return True

    def log(
        self,
        *,
        step: int | None = None,
        epoch: float | None = None,
        test_error: float | Tensor | None = None,
        test_loss: float | Tensor | None = None,
        train_error: float | Tensor | None = None,
        train_loss: float | Tensor | None = None,
    ) -> dict[str, Any]:
        """Note the norms now, and the errors and losses that were measured; what is not given is left empty.

        Parameters
        ----------
        step, epoch : when; the same of them at every point of a run, and growing. What is measured at the step of the
            last point is noted in that point.
        test_error, train_error : fractions. test_loss, train_loss : in any unit.

        Returns
        -------
        The row: P, seed, step, epoch, log10_norm (of the first norm), the measures, and log10_NAME of each norm.
        """
        if step is None and epoch is None:
            raise BadInput("Recorder.log: step or epoch is needed")
        given = dict(zip(MEASURES, (test_error, test_loss, train_error, train_loss), strict=True))
        if given["test_error"] is None and given["test_loss"] is None:
            raise BadInput("Recorder.log: test_error or test_loss is needed")
        values = {name: None if value is None else _number(value) for name, value in given.items()}
        when = {"step": step, "epoch": step if epoch is None else epoch}
        again = self._is_again(step, epoch)
        norms = self.log10_norms()
        row = {"P": self.P, "seed": self.seed} | when | {"log10_norm": norms[self.norms[0]]} | values
        row |= {f"log10_{name}": value for name, value in norms.items()}
        if again:
            before = self.rows.pop()
            row |= {"epoch": before["epoch"]} | {name: before[name] for name, value in given.items() if value is None}
        self.rows.append(row)
        return row

    def _is_again(self, step: int | None, epoch: float | None) -> bool:
        """Whether it is the time of the last point; BadInput where it is before it, or told by other numbers."""
        given = tuple(name for name, of_it in (("step", step), ("epoch", epoch)) if of_it is not None)
        self._told = self._told or given
        if given != self._told:
            here, before = " and ".join(given), " and ".join(self._told)
            raise BadInput(f"Recorder.log: {here} here, and {before} at the points before; give the same at each point")
        if not self.rows:
            return False
        now, last = (epoch if step is None else step), self.rows[-1][given[0]]
        if now < last:
            raise BadInput(f"Recorder.log: {given[0]} {now:g} after {last:g}; another run needs a recorder of its own")
        return now == last

    def log10_norms(self) -> dict[str, float]:
        """log10 of each norm of the model as it is now."""
        state = {name: tensor.detach()[None] for name, tensor in self.model.state_dict().items()}
        found = network_statistics(self.layers, state)
        arrays = {name: np.array([[float(layer[name]) for layer in found]]) for name in STATISTICS}
        shapes = [layer.matrix.shape for layer in self.layers]
        per_layer = {
            "name": np.array([layer.name for layer in self.layers]),
            "kind": np.array([layer.kind for layer in self.layers]),
            "rows": np.array([rows for rows, _ in shapes]),
            "columns": np.array([columns for _, columns in shapes]),
        }
        statistics = LayerStatistics(family="own", **per_layer, **arrays)
        return {name: float(NORMS.load(name).log10_norm(statistics)[0]) for name in self.norms}

    def save(self, file: str | Path) -> Path:
        """Write all that was logged as a table: .tsv, or .csv; whole or not at all.

        `read_curves` reads it, and so does the workflow, as an external study.
        """
        path = Path(file)
        if path.suffix not in SUFFIXES:
            raise BadInput(f"{path}: a run is saved as .tsv or .csv")
        if not self.rows:
            raise BadInput(f"{path}: nothing has been logged yet")
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream, delimiter=SUFFIXES[path.suffix], lineterminator="\n")
            writer.writerow(self.rows[0])
            writer.writerows([_text(value) for value in row.values()] for row in self.rows)
        return path

    def resume(self, file: str | Path, step: int | None = None) -> Self:
        """Take over the points of a file of `save`: for a run that goes on from a checkpoint.

        Parameters
        ----------
        step : of the checkpoint; later points are left out, since they will be logged again. Without it, all are taken.

        Raises
        ------
        BadInput in one line for a file of another run, or of other norms.
        """
        path = Path(file)
        if not path.is_file():
            raise BadInput(f"{path}: no such file")
        with path.open(newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream, delimiter=SUFFIXES.get(path.suffix, "\t")))
        columns = ["P", "seed", "step", "epoch", "log10_norm", *MEASURES, *(f"log10_{name}" for name in self.norms)]
        if not rows or list(rows[0]) != columns:
            raise BadInput(f"{path}: not a run that was saved with the norms {', '.join(self.norms)}")
        read = [{name: _value(name, text) for name, text in row.items()} for row in rows]
        if (read[0]["P"], read[0]["seed"]) != (self.P, self.seed):
            raise BadInput(
                f"{path}: of P = {read[0]['P']}, seed = {read[0]['seed']}; not P = {self.P}, seed = {self.seed}"
            )
        self.rows = [row for row in read if step is None or row["step"] is None or row["step"] <= step]
        self._told, self._last = (), max((row["step"] or 0.0 for row in self.rows), default=0.0)
        return self

    def __enter__(self) -> Self:
        """As a context, it stops watching at the end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take the hook off a model that was never called."""
        if self._hook is not None:
            self._hook.remove()


def _bare(model: nn.Module) -> nn.Module:
    """Without the wrappers of torch.compile and of data-parallel training."""
    for name in ("_orig_mod", "module"):
        inner = getattr(model, name, None)
        wrapper = type(model).__name__ in ("OptimizedModule", "DataParallel", "DistributedDataParallel")
        if wrapper and isinstance(inner, nn.Module):
            return _bare(inner)
    return model


def _forward(model: nn.Module, example: Any) -> Callable[[], object]:
    if isinstance(example, Mapping):
        return lambda: model(**example)
    return lambda: model(*example) if isinstance(example, tuple | list) else model(example)


def _number(value: float | Tensor) -> float:
    return float(value.detach() if isinstance(value, Tensor) else value)


def _text(value: Any) -> str:
    """Empty where nothing was measured; numbers so that they are read back as they were, nan of a run that diverged."""
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)


def _value(name: str, text: str) -> Any:
    """What `_text` has written."""
    if text == "":
        return None
    return int(text) if name in ("P", "seed") or (name == "step" and "." not in text) else float(text)
