"""Wrong labels: a share of the training labels is drawn anew among all classes; test labels stay as they are."""

import numpy as np

from scaling.networks.data.arrays import ImageArrays
from scaling.networks.data.sizes import Sizes
from scaling.networks.data.subsets import random_integers


def apply(arrays: ImageArrays, value: float) -> ImageArrays:
    """Each training label is drawn anew with probability `value`, among all classes, its own included.

    The draw is a part of the data set: one for each image, the same in every run and epoch. An image whose label is
    drawn at some share has the same new label at every larger share.
    """
    labels = arrays.train_labels
    raw = random_integers(2 * len(labels), "label_noise").reshape(-1, 2)
    anew = (raw[:, 0] >> 11) < round(value * 2**53)
    classes = int(labels.max()) + 1
    drawn = (raw[:, 1] % np.uint64(classes)).astype(np.int64)
    return ImageArrays(arrays.train_images, np.where(anew, drawn, labels), arrays.test_images, arrays.test_labels)


def sizes(known: Sizes | None, value: float) -> Sizes | None:
    """As before."""
    return known
