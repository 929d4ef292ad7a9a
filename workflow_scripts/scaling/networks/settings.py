"""Settings of trained networks: images, cells, variants, norms, the device that trains."""

import re
from collections.abc import Iterable
from dataclasses import MISSING, fields
from functools import partial
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import (
    AfterValidator,
    Field,
    ValidationError,
    ValidationInfo,
    create_model,
    field_validator,
    model_validator,
)

from scaling.analysis.settings import FitWindow
from scaling.core.settings import Count, Distinct, Positive, Section, by_name, what_is_wrong
from scaling.networks.data.settings import Dataset
from scaling.networks.data.sizes import known_training_images
from scaling.networks.families import check_family
from scaling.networks.norms.definitions import NORMS
from scaling.networks.training.spec import Choice, TrainingSpec

# Files and folders are named after the keys of these sections: what a key may be, as a regular expression and in words.
NAMES = {
    "datasets": ("[A-Za-z0-9]+", "letters and digits"),
    "cells": ("[A-Za-z0-9]+_[A-Za-z0-9]+", "letters and digits with one _ among them, as in CNN_MNIST"),
    "variants": ("[A-Za-z0-9_.-]+", "letters, digits, _, . and -"),
}


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


class Device(Section):
    """What the cost model assumes of the machine that trains."""

    name: str = Field("H100", description="name in the heading of the plan")
    throughput: Positive = Field(description="sustained training FLOP per second, all runs of a block together")
    memory_mb: Count = Field(40_000, description="memory of the device")
    step_seconds: float = Field(1e-3, ge=0, description="least time of an optimizer step of one run")
    max_hours: Positive = Field(8.0, description="longest job wanted; block_size auto aims between the two")
    min_minutes: Positive = Field(20.0, description="shortest job wanted")


class Settings(Section):
    """The networks' keys of the configuration."""

    datasets: dict[str, Dataset] = Field(description="a name, and where its images come from")
    cells: dict[str, Cell] = Field(description="FAMILY_DATASET, and how that network is trained on that data set")
    variants: dict[str, dict[str, Any]] = Field({}, description="a variant: the training keys that it changes")
    fragility: Annotated[list[str], Distinct] = Field(
        [], description="the variants that the fragility audit compares with the baseline"
    )
    norms: Annotated[list[str], Distinct] = Field(
        min_length=1, description="files of scaling/networks/norms/definitions; the first is the default"
    )
    device: Device = Field(description="what the plan assumes of the machine that trains")

    @field_validator(*NAMES)
    @classmethod
    def _names_of_files(cls, section: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        pattern, in_words = NAMES[info.field_name]
        for name in section:
            if not re.fullmatch(pattern, name):
                raise ValueError(f"{name!r} cannot be a name; allowed: {in_words}")
        if info.field_name == "variants" and "baseline" in section:
            raise ValueError("'baseline' is the training without a variant; another name is needed")
        return section

    @field_validator("norms")
    @classmethod
    def _known_norms(cls, norms: list[str]) -> list[str]:
        return [by_name(NORMS, name) for name in norms]

    @model_validator(mode="after")
    def _consistent(self) -> "Settings":
        self._check_variants("fragility", self.fragility)
        for name, cell in self.cells.items():
            if cell.dataset not in self.datasets:
                raise ValueError(f"cells.{name}.dataset: {cell.dataset!r} is not one of {', '.join(self.datasets)}")
            for key in ("variants", "precision_audit"):
                self._check_variants(f"cells.{name}.{key}", getattr(cell, key))
            trained = {variant: self.training(name, variant) for variant in (*cell.variants, *cell.precision_audit)}
            for variant in cell.precision_audit:
                if trained[variant].precision == cell.precision:
                    raise ValueError(
                        f"cells.{name}.precision_audit: {variant!r} has the same precision, {cell.precision}"
                    )
            self._check_P(name, cell)
            self._check_fit(name, cell)
        return self

    def _check_variants(self, key: str, variants: list[str]) -> None:
        for variant in variants:
            if variant not in self.variants:
                known = ", ".join(self.variants) or "(no variant is defined)"
                raise ValueError(f"{key}: {variant!r} is not one of {known}")

    def _check_fit(self, name: str, cell: Cell) -> None:
        """A window under a name that nothing has would silently not be used."""
        variants = ["baseline", *self.variants]
        for key in cell.fit:
            variant, slash, norm = key.partition("/")
            if variant not in variants:
                raise ValueError(f"cells.{name}.fit: {variant!r} is not one of {', '.join(variants)}")
            if slash and norm not in NORMS.names():
                raise ValueError(f"cells.{name}.fit.{key}: {norm!r} is not one of {', '.join(NORMS.names())}")

    def _check_P(self, name: str, cell: Cell) -> None:
        """No P may be larger than the training set, where its size is known before the images are read."""
        n_train = known_training_images(self.datasets[cell.dataset])
        for variant in ["baseline", *cell.variants, *cell.precision_audit]:
            P = max(self.training(name, variant).P)
            if n_train is not None and n_train < P:
                key = f"cells.{name}.P" if P in cell.P else f"variants.{variant}.P"
                raise ValueError(f"{key}: {P} is larger than the training set of {cell.dataset}: {n_train} images")

    def rows(self, kind: str) -> list[tuple[str, str, str]]:
        """Which (cell, variant, norm) of the study make the rows of a table or the panels of a figure.

        kind : "baseline", every cell as it is; "weight_decay", the variants that change the weight decay and keep the
            optimizer; "sgd", those that change the optimizer to SGD; "norms", the norms other than the default one, on
            the data sets of "weight_decay" (the paper: CIFAR10), on all if that is empty. ValueError for any other.
        """
        if kind == "baseline":
            return [(cell, "baseline", self.norms[0]) for cell in self.cells]
        if kind == "weight_decay":
            return [key for key in self._changing("weight_decay") if key not in self._changing("optimizer")]
        if kind == "sgd":
            return [key for key in self._changing("optimizer") if self.training(*key[:2]).optimizer == "SGD"]
        if kind != "norms":
            raise ValueError(f"rows of kind {kind!r}: not one of baseline, weight_decay, sgd, norms")
        varied = {self.cells[cell].dataset for cell, *_ in self.rows("weight_decay")}
        names = [cell for cell in self.cells if self.cells[cell].dataset in varied or not varied]
        return [(cell, "baseline", norm) for cell in names for norm in self.norms if norm != self.norms[0]]

    def _changing(self, key: str) -> list[tuple[str, str, str]]:
        return [
            (name, variant, self.norms[0])
            for name, cell in self.cells.items()
            for variant in cell.variants
            if getattr(self.training(name, variant), key) != getattr(cell, key)
        ]

    def fit_window(self, cell: str, variant: str, norm: str) -> FitWindow:
        """The authors' fit window of one cell, variant and norm; an empty one where the configuration has none."""
        if cell not in self.cells:
            return FitWindow()
        return self.cells[cell].fit_window(variant, norm, self.norms[0])

    def training(self, cell: str, variant: str) -> Cell:
        """The cell as the variant trains it: the cell's own keys, overridden by the variant's."""
        base = self.cells[cell]
        if variant == "baseline":
            return base
        allowed = set(Training.model_fields)
        if unknown := set(self.variants[variant]) - allowed:
            raise ValueError(f"variants.{variant}.{min(unknown)}: not one of {', '.join(sorted(allowed))}")
        try:
            return Cell.model_validate(base.model_dump() | self.variants[variant])
        except ValidationError as problem:
            error = problem.errors(include_url=False)[0]
            key = ".".join(["variants", variant, *map(str, error["loc"])])
            raise ValueError(f"{key}: {what_is_wrong(error)}") from None

    def in_words(self, trained: Iterable[tuple[str, str]]) -> list[str]:
        """How the networks of some (cell, variant) are trained: a line for each, once."""
        return [
            f"{cell} {variant}".removesuffix(" baseline").replace("_", " ")
            + f": {self.training(cell, variant).in_words()}."
            for cell, variant in dict.fromkeys(trained)
        ]

    def ways(self) -> list[tuple[str, str]]:
        """Each cell with its baseline and its variants."""
        return [(cell, variant) for cell in self.cells for variant in ("baseline", *self.cells[cell].variants)]

    def extent(self) -> dict[str, int]:
        """How much is trained: a label -> a count."""
        ways = self.ways()
        runs = sum(self.training(*way).number_of_runs() for way in ways)
        return {"cells": len(self.cells), "ways of training": len(ways), "training runs": runs}
