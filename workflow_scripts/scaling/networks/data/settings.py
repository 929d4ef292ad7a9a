"""Settings of a data set."""

from pydantic import Field, field_validator, model_validator

from scaling.core.paths import expanded
from scaling.core.settings import Count, Section, by_name
from scaling.networks.data.sizes import known_sizes
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


class Dataset(Section):
    """Where a data set's images come from; every source ends in one array file with its provenance."""

    source: str = Field(
        description="a file of scaling/networks/data/sources. digits: scikit-learn's 8x8 digits; torchvision: a class "
        "of torchvision.datasets; idx: a folder of IDX files; folder: a folder, or a zip or tar archive of one, laid "
        "out train/<class>/*, test/<class>/*"
    )
    name: str | None = Field(
        None, description="torchvision: MNIST, FashionMNIST, CIFAR10 or CIFAR100; of other sources what they hold"
    )
    root: str | None = Field(
        None, description="idx and folder: path; torchvision: where the files are, or are downloaded to"
    )
    pool: Count = Field(1, description="average the images over pool x pool pixels")
    resize: tuple[Count, Count] | None = Field(
        None, description="folder: [height, width] that every image is brought to; without it all must be alike"
    )
    test_fraction: float | None = Field(
        None,
        gt=0,
        lt=1,
        description="folder without test/: share of each class that is held out for the test, always the same images",
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

    @field_validator("source")
    @classmethod
    def _known_source(cls, source: str) -> str:
        return by_name(SOURCES, source)

    @model_validator(mode="after")
    def _complete(self) -> "Dataset":
        source = SOURCES.load(self.source)
        source.check(self)
        for key in ("resize", "test_fraction"):
            if getattr(self, key) is not None and key not in getattr(source, "TAKES", ()):
                raise ValueError(f"{key}: a data set of source {self.source} has no such key")
        if known := known_sizes(self):
            _, height, width = known.image_shape
            if height % self.pool or width % self.pool:
                raise ValueError(f"pool: {self.pool} does not divide images of {height}x{width} pixels")
        return self
