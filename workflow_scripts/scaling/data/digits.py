"""The 8x8 digits that come with scikit-learn: real, and there without a network."""

import numpy as np

from scaling.data.arrays import ImageArrays
from scaling.data.sizes import DIGITS
from scaling.data.subsets import shuffled


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
