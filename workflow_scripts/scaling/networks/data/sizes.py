"""Sizes of data sets that are known before their images are read."""

from typing import Any, NamedTuple

from scaling.networks.data.options import OPTIONS, chosen
from scaling.networks.data.sources import SOURCES


class Sizes(NamedTuple):
    """(channels, height, width) before pooling, and numbers of classes, training images and test images."""

    image_shape: tuple[int, int, int]
    classes: int
    train_images: int
    test_images: int


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


def known_training_images(settings: Any) -> int | None:
    """Number of training images; None if it is not known before the files are read."""
    if settings.deform:
        return settings.deform.train_images
    sizes = SOURCES.load(settings.source).sizes(settings)
    return sizes.train_images if sizes else None
