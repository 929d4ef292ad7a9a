"""Settings of a data set."""

from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from scaling.core.paths import expanded
from scaling.core.settings import Count, Section, by_name
from scaling.networks.data.sizes import kind_of, known_sizes
from scaling.networks.data.sources import SOURCES


class Deform(Section):
    """New images from the originals, each turned, moved, stretched and sheared at random; outside is black."""

    train_images: Count = Field(description="how many are made, of the training images in turn")
    test_images: Count = Field(description="how many are made, of the test images in turn")
    rotation: float = Field(0, ge=0, le=180, description="largest angle, in degrees")
    shift: float = Field(
        0, ge=0, le=1000, description="largest shift, right or left and up or down, in pixels (after `pool`)"
    )
    scale: float = Field(0, ge=0, lt=1, description="width and height change by up to this share, each by its own")
    shear: float = Field(0, ge=0, le=1, description="largest shift of a row against the next, in pixels")
    seed: int = Field(0, ge=0, description="another seed gives other images")


#: Keys that some source takes and others do not: `TAKES` of its module.
OWN = (
    *("resize", "test_fraction", "context", "predict", "test_characters"),
    *("inputs", "hidden", "noise", "train_points", "test_points", "targets"),
)


class Dataset(Section):
    """Where a data set comes from; every source ends in one array file with its provenance."""

    source: str = Field(
        description="a file of scaling/networks/data/sources. digits: scikit-learn's 8x8 digits; torchvision: a class "
        "of torchvision.datasets; idx: a folder of IDX files; folder: a folder, or a zip or tar archive of one, laid "
        "out train/<class>/*, test/<class>/*; text: pieces of a text; teacher: numbers from a random network; table: "
        "a file with a row of numbers for each point"
    )
    name: str | None = Field(
        None,
        description="torchvision: MNIST, FashionMNIST, CIFAR10 or CIFAR100; text: new_testament, which comes with the "
        "workflow, or bible-kjv, if Debian's package is installed; of other sources what they hold",
    )
    root: str | None = Field(
        None,
        description="idx and folder: path; torchvision: where the files are, or are downloaded to; text: a file, or a "
        "folder of .txt and .md; table: a file, columns apart by tabs, or commas if it ends in .csv",
    )
    pool: Count = Field(1, description="average the images over pool x pool pixels")
    resize: tuple[Count, Count] | None = Field(
        None, description="folder: [height, width] that every image is brought to; without it all must be alike"
    )
    test_fraction: float | None = Field(
        None,
        gt=0,
        lt=1,
        description="folder without test/: share of each class that is held out for the test, always the same images; "
        "text (0.1): share of the characters; table (0.2): share of the rows",
    )
    context: Count | None = Field(None, description="text (12): characters of a piece, which the network sees")
    predict: Literal["last", "every"] | None = Field(
        None, description="text (last): the character after a piece, or those after each of its characters"
    )
    test_characters: Count | None = Field(None, description="text (8000): how many are predicted in the test")
    inputs: Count | None = Field(None, description="teacher (12): numbers of a point")
    hidden: Count | None = Field(None, description="teacher (16): ReLU units of the network that gives the targets")
    noise: float | None = Field(
        None, ge=0, description="teacher (0): deviation of what is added to training targets, whose own is 1"
    )
    train_points: Count | None = Field(None, description="teacher (8192): how many there are to train on")
    test_points: Count | None = Field(None, description="teacher (4000): how many there are to test on")
    targets: Literal["numbers", "classes"] | None = Field(
        None,
        description="table: classes if numbers in the last column are names of classes; else they are numbers",
    )
    test_images: Count = Field(357, description="digits: how many of the 1797 are held out")
    deform: Deform | None = Field(None, description="make new images of those that the source has")
    label_noise: float = Field(
        0,
        ge=0,
        lt=1,
        description="share of the training labels that are drawn anew among all classes, once for all",
    )

    @field_validator("root")
    @classmethod
    def _expanded(cls, root: str | None) -> str | None:
        return None if root is None else expanded(root)

    @field_validator("resize", mode="before")
    @classmethod
    def _two_numbers(cls, resize: Any) -> Any:
        if resize is not None and not (isinstance(resize, list | tuple) and len(resize) == 2):
            raise ValueError(f"[height, width] is needed, got {resize!r}")
        return resize

    @field_validator("source")
    @classmethod
    def _known_source(cls, source: str) -> str:
        return by_name(SOURCES, source)

    @model_validator(mode="after")
    def _complete(self) -> "Dataset":
        source = SOURCES.load(self.source)
        for key in OWN:
            if getattr(self, key) is not None and key not in getattr(source, "TAKES", ()):
                raise ValueError(f"{key}: a data set of source {self.source} has no such key")
        for key in ("deform", "pool"):
            if kind_of(self) != "images" and getattr(self, key) != type(self).model_fields[key].default:
                raise ValueError(f"{key}: is for images, and a data set of source {self.source} has none")
        source.check(self)
        if kind_of(self) == "images" and (known := known_sizes(self)):
            _, height, width = known.shape
            if height % self.pool or width % self.pool:
                raise ValueError(f"pool: {self.pool} does not divide images of {height}x{width} pixels")
        return self
