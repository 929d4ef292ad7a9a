"""Settings of a cell: one network on one data set, and how it is trained."""

from dataclasses import MISSING, fields
from functools import partial
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import AfterValidator, Field, create_model, field_validator, model_validator

from scaling.analysis.settings import FitWindow
from scaling.core.settings import Count, Distinct, Section
from scaling.networks.families import check_family
from scaling.networks.training.spec import Choice, TrainingSpec


def _chosen(choice: Choice, value: str) -> str:
    if problem := choice.problem(value):
        raise ValueError(f"{value!r} is {problem}")
    return choice.spelled(value)


def _of_the_spec(name: str) -> tuple[Any, Any]:
    """Type and default of a key that the specification of a run states (scaling.networks.training.spec)."""
    (item,) = (item for item in fields(TrainingSpec) if item.name == name)
    kind, bounds = item.metadata["kind"], item.metadata["bounds"]
    if isinstance(kind, Choice):
        kind = Annotated[str, AfterValidator(partial(_chosen, kind))]
    if get_origin(kind) is list and bounds:
        kind, bounds = list[Annotated[get_args(kind)[0], Field(**bounds)]], {}
    default = {"default": item.default} if item.default is not MISSING else {"default_factory": item.default_factory}
    return kind, Field(**default, description=item.metadata["meaning"], **bounds)


#: The keys that a cell states as a run has them, each once, in the specification of a run.
SHARED = [item.name for item in fields(TrainingSpec) if item.name not in ("family", "sizes", "epochs")]
_Shared = create_model("_Shared", __base__=Section, **{name: _of_the_spec(name) for name in SHARED})


class Training(_Shared):
    """How a cell, or one variant of it, is trained."""

    epochs: Count | dict[Count, Count] = Field(description="passes over the P images; or one number for each P")
    P: Annotated[list[Count], Distinct] = Field(min_length=1, description="numbers of training images")
    seeds: Count | list[int] | dict[Count, Count | list[int]] = Field(
        description="how many runs per P (seeds 1..n), or the seeds themselves; or one of the two for each P"
    )
    block_size: Count | Literal["auto"] = Field(
        "auto", description="how many runs one job trains; auto: by the cost model, for jobs of a good length"
    )
    keep_weights: bool = Field(False, description="keep finished runs' weights, so that more epochs continue from them")
    measure: Literal["error", "loss"] = Field(
        "error", description="what is analysed, the error or the loss; a variant that changes only this trains nothing"
    )
    floor: float = Field(
        0, ge=0, description="subtracted from the measure before everything else, in its units; trains nothing either"
    )

    @field_validator("seeds")
    @classmethod
    def _some_distinct_seeds(cls, seeds: Any) -> Any:
        for given in seeds.values() if isinstance(seeds, dict) else [seeds]:
            if isinstance(given, list) and (not given or len(set(given)) < len(given)):
                raise ValueError("one seed or more, all different, or their number")
        return seeds

    @model_validator(mode="after")
    def _epochs_and_seeds_for_each_P(self) -> "Training":
        for key in ("epochs", "seeds"):
            if isinstance(given := getattr(self, key), dict) and (missing := set(self.P) - set(given)):
                raise ValueError(f"{key}: no number for P = {sorted(missing)}")
        return self

    def seeds_at(self, P: int) -> list[int]:
        """The seeds at P training images."""
        seeds = self.seeds[P] if isinstance(self.seeds, dict) else self.seeds
        return seeds if isinstance(seeds, list) else list(range(1, seeds + 1))

    def number_of_runs(self) -> int:
        """At all P together."""
        return sum(len(self.seeds_at(P)) for P in self.P)

    def epochs_at(self, P: int) -> int:
        """The number of epochs at P training images."""
        return self.epochs[P] if isinstance(self.epochs, dict) else self.epochs

    def in_words(self) -> str:
        """What a caption says of it."""
        epochs = sorted({self.epochs_at(P) for P in self.P})
        runs = [len(self.seeds_at(P)) for P in sorted(self.P)]
        first, last, number = f"{min(self.P):,}", f"{max(self.P):,}", len(self.P)
        words = [
            f"{runs[0]} runs at each of {number} P from {first} to {last}"
            if len(set(runs)) == 1
            else f"{sum(runs)} runs at {number} P from {first} ({runs[0]}) to {last} ({runs[-1]})",
            f"{epochs[0]:,} epochs" if len(epochs) == 1 else f"{epochs[0]:,} to {epochs[-1]:,} epochs",
            f"{self.optimizer}, learning rate {self.learning_rate:g}, batches of {self.batch_size}",
        ]
        words += [f"momentum {self.momentum:g}"] * (self.optimizer == "SGD" and self.momentum > 0)
        words += [f"weight decay {self.weight_decay:g}"] * (self.weight_decay > 0)
        words += [f"initial weights times {self.init_scale:g}"] * (self.init_scale != 1)
        words += [f"augmentation {self.augmentation.replace('_', ' and ')}"] * (self.augmentation != "none")
        words += [f"arithmetic {self.precision}"] * (self.precision != "float32")
        words += [f"task {self.task.replace('_', ' ')}"] * (self.task != "classification")
        words += [f"curves of the {self.measure}{f' - {self.floor:g}' * (self.floor > 0)}"] * (
            self.measure != "error" or self.floor > 0
        )
        return ", ".join(words)


class Cell(Training):
    """One network on one data set: a panel of the paper's figures."""

    family: str = Field(
        description="CNN, ResNet, ViT or another file of scaling/networks/models; torchvision:NAME, timm:NAME; "
        "package.module:function; FILE.py or FILE.py:function"
    )
    dataset: str = Field(description="a key of `datasets`")
    sizes: dict[str, Any] = Field(description="the family's own sizes: widths, depths, patch size, ...")
    variants: Annotated[list[str], Distinct] = Field(
        [], description="keys of `variants` that this cell is trained in besides the baseline"
    )
    precision_audit: Annotated[list[str], Distinct] = Field(
        [],
        description="keys of `variants`, of another precision, that results/precision.tsv compares with the baseline; "
        "trained only when that is asked for",
    )
    fit: dict[str, FitWindow] = Field(
        {}, description="the authors' fit windows by `variant` or `variant/norm` (baseline: the default norm's)"
    )

    def fit_window(self, variant: str, norm: str, default_norm: str) -> FitWindow:
        """The authors' fit window of one variant and norm; an empty one where there is none."""
        plain = self.fit.get(variant) if norm == default_norm else None
        return self.fit.get(f"{variant}/{norm}") or plain or FitWindow()

    @field_validator("family")
    @classmethod
    def _known_family(cls, family: str) -> str:
        check_family(family)
        return family
