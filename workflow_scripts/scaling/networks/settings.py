"""Settings of trained networks: images, cells, variants, norms, the device that trains."""

import re
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator

from scaling.analysis.settings import FitWindow
from scaling.core.errors import BadInput
from scaling.core.settings import Count, Distinct, Positive, Section, by_name, what_is_wrong
from scaling.networks.cells import Cell, Training
from scaling.networks.data.settings import Dataset
from scaling.networks.data.sizes import kind_of, known_sizes, known_training_targets
from scaling.networks.norms.definitions import NORMS
from scaling.networks.shape import KINDS, Shape
from scaling.networks.tasks import check_task

# Files and folders are named after the keys of these sections: what a key may be, as a regular expression and in words.
NAMES = {
    "datasets": ("[A-Za-z0-9]+", "letters and digits"),
    "cells": ("[A-Za-z0-9]+_[A-Za-z0-9]+", "letters and digits with one _ among them, as in CNN_MNIST"),
    "variants": ("[A-Za-z0-9_.-]+", "letters, digits, _, . and -"),
}


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
        return Distinct.func([by_name(NORMS, name) for name in norms])

    @model_validator(mode="after")
    def _consistent(self) -> "Settings":
        self._check_variants("fragility", self.fragility)
        for variant in self.variants:
            self._check_keys(variant)
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

    def _check_keys(self, variant: str) -> None:
        allowed = set(Training.model_fields)
        if unknown := set(self.variants[variant]) - allowed:
            raise ValueError(f"variants.{variant}.{min(unknown)}: not one of {', '.join(sorted(allowed))}")

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
        """No P may be larger than the training set, as far as it is known; nor the task one of other examples."""
        dataset = self.datasets[cell.dataset]
        there, kind, sizes = known_training_targets(dataset), kind_of(dataset), known_sizes(dataset)
        each = Shape.of(sizes.shape).targets if sizes else 1
        for variant in ["baseline", *cell.variants, *cell.precision_audit]:
            training = self.training(name, variant)
            for P in training.P:
                key = f"cells.{name}.P" if P in cell.P else f"variants.{variant}.P"
                if there is not None and there < P:
                    what = f"the training set of {cell.dataset}: {there} {KINDS[kind]}"
                    raise ValueError(f"{key}: {P} is larger than {what}")
                if P % each:
                    raise ValueError(
                        f"{key}: {P} is not a multiple of {each}, the characters of a piece of {cell.dataset}"
                    )
            if sizes and kind == "images":
                for key in ("normalization_mean", "normalization_std"):
                    if (given := len(getattr(training, key))) not in (1, sizes.shape[0]):
                        raise ValueError(
                            f"cells.{name}.{key}: {given} numbers, and the images of {cell.dataset} have "
                            f"{sizes.shape[0]} channel(s); allowed: one for each, or one for all"
                        )
            try:
                check_task(training.task, kind, None)
            except BadInput as problem:
                raise ValueError(f"cells.{name}.{problem}") from None

    def rows(self, kind: str) -> list[tuple[str, str, str]]:
        """Which (cell, variant, norm) of the study make the rows of a table or the panels of a figure.

        kind : "baseline", every cell as it is; "weight_decay", the variants that change the weight decay and keep the
            optimizer; "sgd", those that change the optimizer to SGD; "norms", the norms other than the default one, on
            the data sets of "weight_decay" (the paper: CIFAR10), on all if that is empty; "measures" and "tasks", the
            variants that change what is analysed or what is minimised, each cell's after its baseline. ValueError for
            any other.
        """
        if kind in ("measures", "tasks"):
            changed = self._changing(kind.removesuffix("s"))
            cells = dict.fromkeys(cell for cell, *_ in changed)
            return [key for cell in cells for key in ((cell, "baseline", self.norms[0]), *changed) if key[0] == cell]
        if kind == "baseline":
            return [(cell, "baseline", self.norms[0]) for cell in self.cells]
        if kind == "weight_decay":
            return [key for key in self._changing("weight_decay") if key not in self._changing("optimizer")]
        if kind == "sgd":
            return [key for key in self._changing("optimizer") if self.training(*key[:2]).optimizer == "SGD"]
        if kind != "norms":
            raise ValueError(f"rows of kind {kind!r}: not one of baseline, weight_decay, sgd, norms, measures, tasks")
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
        try:
            return Cell.model_validate(base.model_dump() | self.variants[variant])
        except ValidationError as problem:
            error = problem.errors(include_url=False)[0]
            key = ".".join(["variants", variant, *map(str, error["loc"])])
            raise ValueError(f"{key}: {what_is_wrong(error)}") from None

    def trained_as(self, cell: str, variant: str) -> str:
        """The variant whose runs those of a variant are: the baseline's, where it changes only what is analysed."""
        changes, base = self.variants.get(variant, {}), self.cells[cell]
        differs = {key for key, value in changes.items() if value != getattr(base, key, None)}
        return "baseline" if differs <= {"measure", "floor"} else variant

    def ways(self) -> list[tuple[str, str]]:
        """Each cell with its baseline and its variants that train anything."""
        every = [(cell, variant) for cell in self.cells for variant in ("baseline", *self.cells[cell].variants)]
        return [way for way in every if self.trained_as(*way) == way[1]]

    def in_words(self, trained: Iterable[tuple[str, str]]) -> list[str]:
        """How the networks of some (cell, variant) are trained: a line for each, once."""
        return [
            f"{cell} {variant}".removesuffix(" baseline").replace("_", " ")
            + f": {self.training(cell, variant).in_words()}."
            for cell, variant in dict.fromkeys(trained)
        ]

    def extent(self) -> dict[str, int]:
        """How much is trained: a label -> a count."""
        ways = self.ways()
        runs = sum(self.training(*way).number_of_runs() for way in ways)
        return {"cells": len(self.cells), "ways of training": len(ways), "training runs": runs}
