"""Sizes of data sets that are known before their images are read."""

from typing import Any, NamedTuple

from scaling.networks.data.options import OPTIONS, chosen
from scaling.networks.data.sources import SOURCES
from scaling.networks.shape import Shape


class Sizes(NamedTuple):
    """Shape of an example (scaling.networks.shape; of an image before pooling), and numbers of outputs and examples."""

    shape: tuple[int, ...]
    outputs: int
    train: int
    test: int


TORCHVISION = {
    "MNIST": Sizes((1, 28, 28), 10, 60_000, 10_000),
    "FashionMNIST": Sizes((1, 28, 28), 10, 60_000, 10_000),
    "CIFAR10": Sizes((3, 32, 32), 10, 50_000, 10_000),
    "CIFAR100": Sizes((3, 32, 32), 100, 50_000, 10_000),
}


def known_sizes(settings: Any) -> Sizes | None:
    """Sizes of a data set with these settings (networks.data.settings.Dataset); None if its files have to be read."""
    known = SOURCES.load(settings.source).sizes(settings)
    for option, value in chosen(settings).items():
        known = OPTIONS.load(option).sizes(known, value)
    return known


def kind_of(settings: Any) -> str:
    """The kind of examples (scaling.networks.shape.KINDS) that a data set's source gives."""
    return getattr(SOURCES.load(settings.source), "KIND", "images")


def known_training_targets(settings: Any) -> int | None:
    """Number of training targets; None if it is not known before the files are read."""
    examples, sizes = known_training_images(settings), known_sizes(settings)
    return examples if sizes is None or examples is None else examples * Shape.of(sizes.shape).targets


def known_training_images(settings: Any) -> int | None:
    """Number of training examples; None if it is not known before the files are read."""
    if settings.deform:
        return settings.deform.train_images
    sizes = SOURCES.load(settings.source).sizes(settings)
    return sizes.train if sizes else None
