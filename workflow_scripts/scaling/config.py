"""The typed configuration: what may be chosen, what is allowed, and one clear line for what is not."""

import difflib
import re
import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import numpy as np
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from scaling.data.sizes import DIGITS, known_sizes, known_training_images
from scaling.errors import BadInput
from scaling.models import families
from scaling.norms.trajectories import known_norms, norm_named

Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]
Fraction = Annotated[float, Field(gt=0, lt=1)]

# Files and folders are named after the keys of these sections: what a key may be, as a regular expression and in words.
NAMES = {
    "datasets": ("[A-Za-z0-9]+", "letters and digits"),
    "cells": ("[A-Za-z0-9]+_[A-Za-z0-9]+", "letters and digits with one _ among them, as in CNN_MNIST"),
    "variants": ("[A-Za-z0-9_.-]+", "letters, digits, _, . and -"),
    "external": ("[A-Za-z0-9_.-]+", "letters, digits, _, . and -"),
}


def _all_different(values: list | None) -> list | None:
    if values is not None and len(set(values)) < len(values):
        raise ValueError("the values must all be different")
    return values


Distinct = AfterValidator(_all_different)


class Section(BaseModel):
    """A group of keys; a key that it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# --------------------------------------------------------------------------------------------- images


class Dataset(Section):
    """Where a data set's images come from; every source ends in one array file with its provenance."""

    source: Literal["digits", "torchvision", "idx", "folder"] = Field(
        description="digits: scikit-learn's 8x8 digits; torchvision: a class of torchvision.datasets; idx: a folder "
        "of IDX files; folder: a folder, or a zip or tar archive of one, laid out train/<class>/*, test/<class>/*"
    )
    name: str | None = Field(None, description="torchvision: MNIST, FashionMNIST, CIFAR10 or CIFAR100")
    root: str | None = Field(
        None, description="idx and folder: path; torchvision: where the files are, or are downloaded to"
    )
    pool: Count = Field(1, description="average the images over pool x pool pixels")
    test_images: int = Field(357, ge=1, lt=DIGITS, description="digits: how many of the 1797 are held out")

    @model_validator(mode="after")
    def _complete(self) -> "Dataset":
        if self.source == "torchvision" and self.name not in ("MNIST", "FashionMNIST", "CIFAR10", "CIFAR100"):
            raise ValueError(f"name: {self.name!r} is not one of MNIST, FashionMNIST, CIFAR10, CIFAR100")
        if self.source in ("idx", "folder") and not self.root:
            raise ValueError(f"root: a data set of source {self.source} needs a path")
        if known := known_sizes(self.source, self.name, self.test_images):
            _, height, width = known.image_shape
            if height % self.pool or width % self.pool:
                raise ValueError(f"pool: {self.pool} does not divide images of {height}x{width} pixels")
        return self


class FitWindow(Section):
    """The authors' procedure's choices for one row of a table (no value: no bound)."""

    gamma_1_min_P: float | None = None
    x_left: Positive | None = Field(None, description="smallest lambda/lambda_opt of the gamma_1 fit")
    x_right: Positive | None = Field(None, description="largest lambda/lambda_opt of the gamma_1 fit")
    gamma_2_min_P: float | None = None
    gamma_meas_min_P: float | None = None

    @model_validator(mode="after")
    def _ordered(self) -> "FitWindow":
        if self.x_left is not None and self.x_right is not None and self.x_left >= self.x_right:
            raise ValueError("x_left must be smaller than x_right")
        return self


class Training(Section):
    """How a cell, or one variant of it, is trained."""

    epochs: Count | dict[Count, Count] = Field(description="passes over the P images; or one number for each P")
    P: Annotated[list[Count], Distinct] = Field(min_length=1, description="numbers of training images")
    seeds: Count | list[int] = Field(description="how many runs per P (seeds 1..n), or the seeds themselves")
    block_size: Count | Literal["auto"] = Field(
        "auto", description="how many runs one job trains; auto: by the cost model, for jobs of a good length"
    )
    init_scale: Positive = 1.0
    log_points: Count = 50
    log_unit: Literal["epochs", "steps"] = "epochs"
    optimizer: Literal["Adam", "AdamW", "SGD"] = "Adam"
    learning_rate: Positive = 1e-3
    momentum: float = Field(0.0, ge=0, lt=1)
    weight_decay: float = Field(0.0, ge=0)
    batch_size: Count = 128
    normalization_mean: list[float] = [0.5]
    normalization_std: list[Positive] = [0.5]
    augmentation: Literal["none", "crop_flip", "affine"] = "none"
    operator_norm: bool = False
    precision: Literal["float32", "tf32", "bf16"] = Field(
        "float32", description="of the forward and backward passes; tf32: a GPU's, imitated on a CPU, for comparisons"
    )
    engine: Literal["auto", "single", "stacked", "streams"] = Field(
        "auto",
        description="runs of a block one by one; all at once in one stack; or all at once on a GPU's streams. auto: "
        "stacked on a GPU, one by one on a CPU",
    )
    cuda_graphs: bool = Field(
        False, description="record a training step's kernels once and replay them: on a GPU only, refused on a CPU"
    )
    keep_weights: bool = Field(False, description="keep finished runs' weights, so that more epochs continue from them")

    @field_validator("seeds")
    @classmethod
    def _some_distinct_seeds(cls, seeds: int | list[int]) -> int | list[int]:
        if isinstance(seeds, list) and (not seeds or len(set(seeds)) < len(seeds)):
            raise ValueError("one seed or more, all different, or their number")
        return seeds

    @model_validator(mode="after")
    def _epochs_for_each_P(self) -> "Training":
        if isinstance(self.epochs, dict) and (missing := set(self.P) - set(self.epochs)):
            raise ValueError(f"epochs: no number for P = {sorted(missing)}")
        return self

    def seed_list(self) -> list[int]:
        """The seeds themselves."""
        return self.seeds if isinstance(self.seeds, list) else list(range(1, self.seeds + 1))

    def epochs_at(self, P: int) -> int:
        """The number of epochs at P training images."""
        return self.epochs[P] if isinstance(self.epochs, dict) else self.epochs

    def in_words(self) -> str:
        """What a caption says of it."""
        epochs = sorted({self.epochs_at(P) for P in self.P})
        words = [
            f"{len(self.seed_list())} runs at each of {len(self.P)} P from {min(self.P):,} to {max(self.P):,}",
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

    family: str = Field(description="CNN, ResNet, ViT, or a module of your own in scaling/models")
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
        if family.lower() not in families():
            raise ValueError(f"{family!r} is not one of {', '.join(families())} (modules of scaling/models)")
        return family


# ----------------------------------------------------------------------------------------- perceptron


class PerceptronTheory(Section):
    """The exact solution at fixed norm (N to infinity)."""

    alphas: Annotated[list[Annotated[float, Field(ge=0.1, le=1e6)]], Distinct] = Field(min_length=1, description="P/N")
    lambdas: Annotated[list[Annotated[float, Field(ge=1e-4, le=1e4)]] | None, Distinct] = Field(
        None, min_length=1, description="the grid itself; if not given: lambda_points from lambda_min to lambda_max"
    )
    lambda_min: float = Field(1e-4, ge=1e-4, le=1e4)
    lambda_max: float = Field(1e4, ge=1e-4, le=1e4)
    lambda_points: int = Field(200, ge=2)

    @model_validator(mode="after")
    def _ordered(self) -> "PerceptronTheory":
        if self.lambda_min >= self.lambda_max:
            raise ValueError("lambda_min must be smaller than lambda_max")
        return self

    def lambda_grid(self) -> list[float]:
        """The grid in lambda: as given, or evenly spaced in log lambda."""
        if self.lambdas is not None:
            return self.lambdas
        return np.geomspace(self.lambda_min, self.lambda_max, self.lambda_points).tolist()


class PerceptronDynamics(Section):
    """Gradient descent at free norm (finite N)."""

    N: int = Field(ge=2, description="dimension")
    alphas: Annotated[list[Positive], Distinct] = Field(min_length=1, description="P/N")
    samples: Count = Field(description="independent teachers and data sets per alpha")
    lambda_min: float = Field(1e-3, ge=1e-3, description="1e-3 is the Hebb rule to a few parts in 1e4")
    lambda_max: Positive = 300.0
    lambda_points: int = Field(110, ge=2, description="of the logarithmic grid that the paths are recorded on")
    tolerance: Annotated[float, Field(gt=0, lt=1)] = Field(
        1e-5, description="of the stiff integrator, local and relative"
    )
    seed: int = 0
    gamma_1_windows: list[tuple[Positive, Positive]] = Field(
        [
            (2, 0.15),
            (1, 0.05),
            (1, 0.1),
            (1, 0.15),
            (2, 0.05),
            (2, 0.1),
            (2, 0.2),
            (2, 0.3),
            (5, 0.1),
            (5, 0.15),
            (5, 0.2),
        ],
        min_length=1,
        description="fit windows a <= lambda <= b alpha as [a, b]; the first is the one of the table of exponents",
    )
    gamma_1_min_alpha: Positive = Field(25.0, description="smallest alpha of the gamma_1 of the table of exponents")
    gamma_2_min_alpha: Positive = Field(10.0, description="smallest alpha of gamma_2 and gamma")
    plain_alphas: Annotated[list[Positive], Distinct] = Field(
        [], description="alphas that plain gradient descent is run at as well"
    )
    plain_samples: Count = Field(1, description="how many of the samples plain gradient descent is run on")
    plain_steps: Count = Field(10_000, description="number of plain gradient descent steps")
    plain_learning_rate: float = Field(
        0.1, gt=0, lt=2, description="in units of 1 / (1 + sqrt(alpha))^2; stable below 2"
    )
    mse_alphas: Annotated[list[Positive], Distinct] = Field(
        min_length=1, description="alphas of the squared loss (Fig. 7)"
    )

    @model_validator(mode="after")
    def _ordered(self) -> "PerceptronDynamics":
        if self.lambda_min >= self.lambda_max:
            raise ValueError("lambda_min must be smaller than lambda_max")
        return self

    @model_validator(mode="after")
    def _at_least_one_pattern(self) -> "PerceptronDynamics":
        for key in ("alphas", "plain_alphas", "mse_alphas"):
            for alpha in getattr(self, key):
                if round(alpha * self.N) < 1:
                    raise ValueError(
                        f"{key}: alpha = {alpha:g} gives no pattern at N = {self.N}: alpha N must be 1 or more"
                    )
        return self


# ------------------------------------------------------------------------------------------- analysis


class Exponents(Section):
    """Fits and their uncertainty."""

    grid_points: int = Field(50, ge=5, description="points of the lambda grid of mean curves (authors' procedure)")
    bootstrap_resamples: int = Field(500, ge=0)
    confidence: Fraction = 0.95
    seed: int = 0


class ExternalStudy(Section):
    """Somebody else's learning curves: a table with columns P, [seed], epoch, norm or log10_norm, test_error."""

    file: str
    fit: FitWindow = FitWindow()


class Validation(Section):
    """Synthetic studies with known exponents, to see whether the procedures find them."""

    studies: Count = 200
    bootstrap_resamples: Count = 200
    seed: int = 0


class Device(Section):
    """What the cost model assumes of the machine that trains."""

    name: str = Field("H100", description="for the plan's heading")
    throughput: Positive = Field(description="sustained training FLOP per second, all runs of a block together")
    memory_mb: Count = Field(40_000, description="memory of the device")
    step_seconds: float = Field(1e-3, ge=0, description="least time of an optimizer step of one run")
    max_hours: Positive = Field(8.0, description="longest job wanted; block_size auto aims between the two")
    min_minutes: Positive = Field(20.0, description="shortest job wanted")


class Study(Section):
    """The whole configuration, with the preset filled in."""

    preset: str
    datasets: dict[str, Dataset]
    cells: dict[str, Cell]
    variants: dict[str, dict[str, Any]] = Field({}, description="a variant: the training keys that it changes")
    fragility: Annotated[list[str], Distinct] = Field(
        [], description="the variants that the fragility audit compares with the baseline"
    )
    norms: Annotated[list[str], Distinct] = Field(
        min_length=1, description="functions of scaling.norms.definitions; the first is the default"
    )
    exponents: Exponents = Exponents()
    perceptron_theory: PerceptronTheory
    perceptron_dynamics: PerceptronDynamics
    published_curves: str | None = Field(None, description="folder of the authors' .npy files")
    external: dict[str, ExternalStudy] = {}
    validation: Validation = Validation()
    device: Device

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
        for name in norms:
            norm_named(name)
        return norms

    @model_validator(mode="after")
    def _consistent(self) -> "Study":
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
            if slash and norm not in known_norms():
                raise ValueError(f"cells.{name}.fit.{key}: {norm!r} is not one of {', '.join(known_norms())}")

    def _check_P(self, name: str, cell: Cell) -> None:
        """No P may be larger than the training set, where its size is known before the images are read."""
        dataset = self.datasets[cell.dataset]
        n_train = known_training_images(dataset.source, dataset.name, dataset.root, dataset.test_images)
        for variant in ["baseline", *cell.variants, *cell.precision_audit]:
            P = max(self.training(name, variant).P)
            if n_train is not None and n_train < P:
                key = f"cells.{name}.P" if P in cell.P else f"variants.{variant}.P"
                raise ValueError(f"{key}: {P} is larger than the training set of {cell.dataset}: {n_train} images")

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
            raise ValueError(f"{key}: {_what_is_wrong(error)}") from None


# ---------------------------------------------------------------------------------- reading it


def read_study(config: dict[str, Any]) -> Study:
    """Fill in the preset, apply the overrides, validate.

    Parameters
    ----------
    config : the parsed config.yaml, as changed from the command line: `preset`, `presets` (name -> settings),
        `common` (settings of every preset), and at the top level any setting that overrides the preset's.

    Raises
    ------
    BadInput with one line that names the key and what is allowed.
    """
    overrides = {key: value for key, value in config.items() if key not in ("presets", "common", "preset")}
    presets = config.get("presets", {})
    preset = config.get("preset")
    if preset not in list(presets):  # a list, since what was given need not be hashable
        raise BadInput(f"config key preset: {preset!r} is not one of {', '.join(presets)}")
    settings = _merge(_merge(config.get("common", {}), presets[preset]), overrides)
    try:
        return Study.model_validate({"preset": preset} | settings)
    except ValidationError as problem:
        raise BadInput(_one_line(problem)) from None


def _merge(base: Any, over: Any) -> Any:
    """`over` on top of `base`, dictionaries key by key; None takes a key of a dictionary away."""
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    merged = {key: _merge(base.get(key), value) for key, value in over.items()}
    return {key: value for key, value in (base | merged).items() if value is not None}


def _one_line(problem: ValidationError) -> str:
    error = problem.errors(include_url=False)[0]
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        known = _keys_beside(error["loc"])
        close = difflib.get_close_matches(str(error["loc"][-1]), known, n=1)
        hint = f" (did you mean {close[0]}?)" if close else ""
        return f"config key {key}: unknown{hint}; allowed: {', '.join(known)}"
    return f"config key {key}: {_what_is_wrong(error)}" if key else f"config key {_what_is_wrong(error)}"


def _what_is_wrong(error: Any) -> str:
    given = "" if error["type"] in ("missing", "value_error") else f", got {error['input']!r}"
    return error["msg"].removeprefix("Value error, ") + given


def _keys_beside(location: tuple) -> list[str]:
    """The keys that the section holding `location` knows."""
    kind: Any = Study
    for part in location[:-1]:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            kind = kind.model_fields[part].annotation if part in kind.model_fields else Study
        else:
            kind = get_args(kind)[-1]
        if get_origin(kind) in (Union, types.UnionType):
            kind = next(option for option in get_args(kind) if option is not types.NoneType)
    return sorted(kind.model_fields) if isinstance(kind, type) and issubclass(kind, BaseModel) else []
