"""Wrong labels: a share of the training labels is drawn anew among all classes; test labels stay as they are."""

import numpy as np

from scaling.core.errors import BadInput
from scaling.networks.data.arrays import Arrays
from scaling.networks.data.sizes import Sizes
from scaling.networks.data.subsets import random_integers


def apply(arrays: Arrays, value: float) -> Arrays:
    """Each training label is drawn anew with probability `value`, among all classes, its own included.

    The draw is a part of the data set: one for each image, the same in every run and epoch. An image whose label is
    drawn at some share has the same new label at every larger share.

    Raises
    ------
    BadInput for targets that are numbers.
    """
    labels = arrays.train_targets
    if not arrays.of_classes:
        raise BadInput(f"label_noise: {value} is for classes; allowed for numbers as targets: 0")
    raw = random_integers(2 * labels.size, "label_noise").reshape(*labels.shape, 2)
    anew = (raw[..., 0] >> 11) < round(value * 2**53)
    classes = int(labels.max()) + 1
    drawn = (raw[..., 1] % np.uint64(classes)).astype(labels.dtype)
    return arrays.with_training(targets=np.where(anew, drawn, labels))


def sizes(known: Sizes | None, value: float) -> Sizes | None:
    """As before."""
    return known
