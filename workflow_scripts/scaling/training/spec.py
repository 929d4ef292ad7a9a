"""What one training run is, apart from its seed and its images. Needs nothing but the standard library."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

from scaling.errors import BadInput


@dataclass(frozen=True)
class TrainingSpec:
    """Everything, apart from the data set, P and the seed, on which the result of a run depends.

    Attributes
    ----------
    family : name of a module in scaling.models (in lower case), e.g. "CNN".
    sizes : keyword arguments of that family's `build`: widths, depths, patch size, ...
    init_scale : factor on every convolution's and linear layer's weight after the initialisation (paper App. G).
    epochs : passes over the P images.
    log_points : number of log-spaced points at which a run is logged, duplicates merged.
    log_unit : "epochs" logs at the distinct integers of `log_points` log-spaced epochs from 1 to `epochs`;
        "steps" at log-spaced optimizer steps from 1 to the last one (a point then lies inside an epoch).
    optimizer, learning_rate, momentum, weight_decay, batch_size : as in torch.optim.
    normalization_mean, normalization_std : per channel, in units of the full range 0..1.
    augmentation : of training images only.
    operator_norm : also store the convolution operators' own norms (slower).
    precision : arithmetic of the forward and backward passes: "float32"; "bf16", bfloat16 where PyTorch's automatic
        mixed precision has it (matrix products and convolutions, with float32 weights); "tf32", float32 products of
        factors rounded to 10 bits (on a CPU imitated, and slow).
    engine : "single" trains run after run (or one per process), "stacked" all runs of a block at once, "streams" as
        single but side by side on a GPU's streams; "auto" is stacked on a GPU and single on a CPU, where a run's bits
        then do not depend on the other runs of its block.
    cuda_graphs : record a training step's kernels once and replay them, on a GPU only (scaling.training.graphs).
    """

    family: str
    sizes: dict[str, Any]
    epochs: int
    init_scale: float = 1.0
    log_points: int = 50
    log_unit: Literal["epochs", "steps"] = "epochs"
    optimizer: Literal["Adam", "AdamW", "SGD"] = "Adam"
    learning_rate: float = 1e-3
    momentum: float = 0.0
    weight_decay: float = 0.0
    batch_size: int = 128
    normalization_mean: list[float] = field(default_factory=lambda: [0.5])
    normalization_std: list[float] = field(default_factory=lambda: [0.5])
    augmentation: Literal["none", "crop_flip", "affine"] = "none"
    operator_norm: bool = False
    precision: Literal["float32", "tf32", "bf16"] = "float32"
    engine: Literal["auto", "single", "stacked", "streams"] = "auto"
    cuda_graphs: bool = False

    @classmethod
    def of(cls, training: Any, P: int) -> "TrainingSpec":
        """What a cell of the configuration (scaling.config.Cell), as some variant trains it, does at P images."""
        chosen = {item.name: getattr(training, item.name) for item in fields(cls)}
        return cls(**chosen | {"epochs": training.epochs_at(P)})

    def as_dict(self) -> dict[str, Any]:
        """The attributes by name; `TrainingSpec(**that)` is equal to this one."""
        return asdict(self)


def read_spec(chosen: dict[str, Any]) -> TrainingSpec:
    """A spec from settings that a person gave.

    Raises
    ------
    BadInput in one line for an unknown or missing key and for a value of the wrong type or out of range.
    """
    kinds = get_type_hints(TrainingSpec)
    for key, value in chosen.items():
        if key not in kinds:
            raise BadInput(f"setting {key}: unknown; allowed: {', '.join(kinds)}")
        if problem := _problem(kinds[key], value):
            raise BadInput(f"setting {key}: {problem}, got {value!r}")
    for key in ("family", "sizes", "epochs"):
        if key not in chosen:
            raise BadInput(f"setting {key}: missing")
    for key in ("epochs", "log_points", "batch_size", "learning_rate", "init_scale"):
        if chosen.get(key, 1) <= 0:
            raise BadInput(f"setting {key}: must be greater than 0, got {chosen[key]!r}")
    return TrainingSpec(**chosen)


def _problem(kind: Any, value: Any) -> str | None:
    """What is wrong with a value of an annotated type, if anything."""
    if get_origin(kind) is Literal:
        return None if value in get_args(kind) else f"not one of {', '.join(get_args(kind))}"
    wanted = get_origin(kind) or kind
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return None
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        return f"must be {'true or false' if wanted is bool else f'a {wanted.__name__}'}"
    return None
