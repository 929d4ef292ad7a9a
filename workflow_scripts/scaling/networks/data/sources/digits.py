"""The 8x8 digits that come with scikit-learn: real, and there without a network."""

from typing import Any

import numpy as np

from scaling.networks.data.arrays import ImageArrays
from scaling.networks.data.sizes import Sizes
from scaling.networks.data.subsets import shuffled

DIGITS = 1797  # in all: how many of them are held out is a setting


def load(settings: Any) -> tuple[ImageArrays, list[str]]:
    """The digits, `test_images` of them held out."""
    return load_digits(settings.test_images)


def check(settings: Any) -> None:
    """Some must be left to train on."""
    if settings.test_images >= DIGITS:
        raise ValueError(f"test_images: {settings.test_images} is too many; less than {DIGITS} is allowed")


def sizes(settings: Any) -> Sizes:
    """Known without a look at them."""
    return Sizes((1, 8, 8), 10, DIGITS - settings.test_images, settings.test_images)


def files(settings: Any) -> list[str]:
    """None: they come with scikit-learn."""
    return []


def load_digits(test_images: int) -> tuple[ImageArrays, list[str]]:
    """The 1797 digits, `test_images` of them held out at random (always the same ones), and the classes.

    scikit-learn's values 0..16 are stretched to 0..255.
    """
    from sklearn.datasets import load_digits as sklearn_digits  # a second to import: only where it is needed

    images, labels = sklearn_digits(return_X_y=True)
    assert len(images) == DIGITS
    images = np.rint(images * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8, 1)
    labels = labels.astype(np.int64)
    order = shuffled(len(images), "digits")
    test, train = order[:test_images], order[test_images:]
    return ImageArrays(images[train], labels[train], images[test], labels[test]), [str(digit) for digit in range(10)]
