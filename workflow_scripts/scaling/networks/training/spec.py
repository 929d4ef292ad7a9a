"""What one training run is, apart from its seed and its images. Needs nothing but the standard library.

Each setting stands here once, with its type, its bounds and its meaning: the configuration takes them from here
(scaling.networks.settings), so does a run that is trained by hand.
"""

from collections.abc import Callable
from dataclasses import MISSING, asdict, dataclass, field, fields
from math import isfinite
from typing import Any, Literal, Union, get_args, get_origin

from scaling.core.errors import BadInput
from scaling.core.registry import Registry
from scaling.networks.families import fingerprinted
from scaling.networks.tasks import TASKS
from scaling.networks.training.augmentations import AUGMENTATIONS
from scaling.networks.training.optimizers import OPTIMIZERS

ENGINES = Registry("networks.training.engines", "engine")
#: What the engine `auto` may be on a device (scaling.networks.training.automatic).
AUTO_ENGINES = {"cpu": ["single"], "cuda": ["lanes", "stacked"]}


@dataclass(frozen=True)
class Choice:
    """One of the files of a registry, in any case, or one of the words besides; `usual` spells some with capitals."""

    registry: Registry
    besides: str = ""
    usual: tuple[str, ...] = ()

    def names(self) -> list[str]:
        """All that is allowed."""
        return [*([self.besides] if self.besides else []), *self.registry.names()]

    def problem(self, value: Any) -> str | None:
        """What is wrong with a value, if anything."""
        allowed = isinstance(value, str) and (value.lower() in self.registry.names() or value in self.names())
        return None if allowed else f"not one of {', '.join(self.names())}"

    def spelled(self, value: str) -> str:
        """An allowed value as everything but a person spells it, so that it may be compared; another as it is."""
        if value == self.besides or value in self.usual or self.problem(value):
            return value
        name = self.registry.check(value)
        return next((usual for usual in self.usual if usual.lower() == name.lower()), name)


def setting(kind: Any, default: Any, meaning: str, **bounds: float) -> Any:
    """A field of the specification: type, default, meaning, and bounds (gt, ge, lt: greater than, at least, ...)."""
    chosen: dict[str, Any] = (
        {"default_factory": lambda: list(default)} if isinstance(default, list) else {"default": default}
    )
    return field(**chosen, metadata={"kind": kind, "meaning": meaning, "bounds": bounds})


@dataclass(frozen=True)
class TrainingSpec:
    """Everything, apart from the data set, P and the seed, on which the result of a run depends.

    Attributes
    ----------
    family : a file of scaling.networks.models, in any case, e.g. "CNN", or another (scaling.networks.families).
    sizes : keyword arguments of that family's `build`: widths, depths, patch size, ...
    epochs : passes over the P images.
    The others: `meaning` in their metadata.
    """

    family: str
    sizes: dict[str, Any]
    epochs: int
    task: str = setting(Choice(TASKS), "classification", "kind of run: a file of scaling/networks/tasks")
    init_scale: float = setting(float, 1.0, "factor on every weight matrix after initialisation (App. G)", gt=0)
    log_points: int = setting(int, 50, "number of log-spaced points at which a run is logged, duplicates merged", ge=1)
    log_unit: str = setting(
        Literal["epochs", "steps"],
        "epochs",
        "epochs: logged at the distinct integers of log_points log-spaced epochs from 1 to the last; steps: at "
        "log-spaced optimizer steps, so that a point may lie inside an epoch",
    )
    train_scored: int = setting(
        int,
        0,
        "the training error of a logged point is that of so many of the examples, drawn at random, and always the "
        "same; 0: of all. At large P most of the scoring is saved; the laws need the test error alone",
        ge=0,
    )
    optimizer: str = setting(
        Choice(OPTIMIZERS, usual=("Adam", "AdamW", "SGD")),
        "Adam",
        "as in torch.optim; a file of scaling/networks/training/optimizers",
    )
    learning_rate: float = setting(float, 1e-3, "learning rate, constant", gt=0)
    momentum: float = setting(float, 0.0, "momentum of SGD", ge=0, lt=1)
    weight_decay: float = setting(float, 0.0, "weight decay, as the optimizer defines it", ge=0)
    batch_size: int = setting(int, 128, "images in one step", ge=1)
    normalization_mean: list[float] = setting(
        list[float], [0.5], "subtracted from each channel, in units of the full range 0..1"
    )
    normalization_std: list[float] = setting(
        list[float], [0.5], "each channel is divided by it, in units of the full range 0..1", gt=0
    )
    augmentation: str = setting(
        Choice(AUGMENTATIONS, "none"),
        "none",
        "augmentation of the training images: none, or a file of scaling/networks/training/augmentations",
    )
    operator_norm: bool = setting(bool, False, "also store the convolution operators' own norms (slower)")
    precision: str = setting(
        Literal["float32", "tf32", "bf16"],
        "float32",
        "arithmetic of the forward and backward passes. bf16: bfloat16 where PyTorch's automatic mixed precision has "
        "it, with float32 weights; tf32: float32 products of factors rounded to 10 bits (imitated on a CPU, and slow)",
    )
    engine: str = setting(
        Choice(ENGINES, "auto"),
        "auto",
        "single: the runs of a block one by one; lanes: some at a time, each on a stream of a GPU, with no step in "
        "common; streams: all in step on a GPU's streams; stacked: all in one stack. auto: single on a CPU; on a GPU "
        "lanes with recorded steps, for a small ViT a stack (what was fastest there)",
    )
    cuda_graphs: bool = setting(
        bool,
        False,
        "record a training step's kernels once and replay them: on a GPU only, refused on a CPU (engine auto does "
        "so on a GPU)",
    )
    compile: bool | str = setting(
        bool | Literal["auto"],
        "auto",
        "train by torch.compile, which fuses a network's small operations: 10 to 40 % faster in tf32 and bf16 on an "
        "H100; takes 20 seconds or more for each network at first and needs a C++ compiler; not with engine stacked. "
        "auto: on a GPU in tf32 and bf16, but for a small ViT in tf32, where it works there",
    )

    def __post_init__(self) -> None:
        """Choices may be given in any case."""
        for item in fields(self):
            if isinstance(kind := item.metadata.get("kind"), Choice):
                object.__setattr__(self, item.name, kind.spelled(getattr(self, item.name)))

    @classmethod
    def of(cls, training: Any, P: int) -> "TrainingSpec":
        """What a cell of the configuration (networks.settings.Cell), as some variant trains it, does at P images."""
        chosen = {item.name: getattr(training, item.name) for item in fields(cls)}
        return cls(**chosen | {"epochs": training.epochs_at(P)})

    def modules(self) -> list[str]:
        """The modules that are chosen by name, for the fingerprint of what trains: the family, optimizer, ..."""
        auto = [engine for engines in AUTO_ENGINES.values() for engine in engines]
        engines = auto if self.engine == "auto" else [self.engine]
        chosen = [*fingerprinted(self.family), TASKS.module(self.task), OPTIMIZERS.module(self.optimizer)]
        chosen += [AUGMENTATIONS.module(self.augmentation)] if self.augmentation != "none" else []
        return chosen + [ENGINES.module(engine) for engine in engines]

    def scored(self, examples: int) -> int:
        """Of so many training examples, how many are scored at a logged point."""
        return min(examples, self.train_scored or examples)

    def as_dict(self) -> dict[str, Any]:
        """The attributes by name; `TrainingSpec(**that)` is equal to this one."""
        return asdict(self)


def read_spec(chosen: dict[str, Any]) -> TrainingSpec:
    """A spec from settings that a person gave.

    Raises
    ------
    BadInput in one line for an unknown or missing key and for a value of the wrong type or out of range.
    """
    known = {item.name: item for item in fields(TrainingSpec)}
    for key, value in chosen.items():
        if key not in known:
            raise BadInput(f"setting {key}: unknown; allowed: {', '.join(known)}")
        item = known[key]
        kind = item.metadata.get("kind", {"family": str, "sizes": dict, "epochs": int}.get(key))
        bounds = item.metadata.get("bounds", {"gt": 0} if key == "epochs" else {})
        if problem := _problem(kind, value) or _out_of_bounds(value, bounds):
            raise BadInput(f"setting {key}: {problem}, got {value!r}")
    for key, item in known.items():
        if item.default is MISSING and item.default_factory is MISSING and key not in chosen:
            raise BadInput(f"setting {key}: missing")
    return TrainingSpec(**chosen)


def _problem(kind: Any, value: Any) -> str | None:
    """What is wrong with a value of a type, if anything."""
    if isinstance(kind, Choice):
        return kind.problem(value)
    if get_origin(kind) is Union:
        problems = [_problem(each, value) for each in get_args(kind)]
        return None if None in problems else " or ".join(problems)
    if get_origin(kind) is Literal:
        return None if value in get_args(kind) else f"must be one of {', '.join(get_args(kind))}"
    wanted = get_origin(kind) or kind
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return None
    if wanted is float and isinstance(value, float) and not isfinite(value):
        return "must be finite"
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        return f"must be {'true or false' if wanted is bool else f'a {wanted.__name__}'}"
    if wanted is list:
        return next((problem for each in value if (problem := _problem(get_args(kind)[0], each))), None)
    return None


_BOUNDS: dict[str, tuple[Callable[[float, float], bool], str]] = {
    "gt": (lambda value, bound: value > bound, "must be greater than"),
    "ge": (lambda value, bound: value >= bound, "must be at least"),
    "lt": (lambda value, bound: value < bound, "must be less than"),
}


def _out_of_bounds(value: Any, bounds: dict[str, float]) -> str | None:
    for name, bound in bounds.items():
        holds, words = _BOUNDS[name]
        if not all(holds(each, bound) for each in (value if isinstance(value, list) else [value])):
            return f"{words} {bound:g}"
    return None
