"""Sizes of data sets that are known before their images are read."""

from typing import NamedTuple

DIGITS = 1797  # in all: how many of them are held out is a setting


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


def known_sizes(source: str, name: str | None, test_images: int) -> Sizes | None:
    """Sizes of a data set with these settings (scaling.config.Dataset); None if its files have to be read for them."""
    if source == "digits":
        return Sizes((1, 8, 8), 10, DIGITS - test_images, test_images)
    return TORCHVISION[name] if source == "torchvision" and name else None


def known_training_images(source: str, name: str | None, root: str | None, test_images: int) -> int | None:
    """Number of training images; of IDX files that are there, from the first bytes of one; None if it is not known."""
    if source == "idx" and root:
        from scaling.data.idx import stated_training_images  # numpy is imported only if it is needed

        return stated_training_images(root)
    sizes = known_sizes(source, name, test_images)
    return sizes.train_images if sizes else None
