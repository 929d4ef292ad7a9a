"""New images without end: each is one of the originals, turned, moved, stretched and sheared at random.

Training images are made from training images only, and test images from test images only.

The bytes are the same on every machine. What is random are the bits of PCG64. Every floating-point operation is one
addition, product or quotient of float64 numbers, element by element, which IEEE 754 rounds in one way only; no sine
of a library, no sum in an order of its own. Places and weights between pixels are then whole numbers.
"""

from math import pi
from typing import Any

import numpy as np

from scaling.core.errors import BadInput
from scaling.networks.data.arrays import MAX_BYTES, Arrays, ImageArrays
from scaling.networks.data.sizes import Sizes
from scaling.networks.data.subsets import random_integers
from scaling.networks.shape import KINDS

BITS = 10  # places between pixels are multiples of 2^-BITS
AT_ONCE = 1 << 21  # values that are made at once, for the memory
PARAMETERS = 6  # angle, two shifts, two scales, shear
PARTS = ("rotation", "shift", "shift", "scale", "scale", "shear")


def apply(arrays: Arrays, value: Any) -> ImageArrays:
    """`train_images` and `test_images` deformed images in place of the originals.

    Parameters
    ----------
    value : a scaling.networks.data.settings.Deform.

    Raises
    ------
    BadInput if the images would be larger than a data set may be, and for examples that are none.
    """
    if not isinstance(arrays, ImageArrays):
        raise BadInput(f"deform: is for images, and the data set has {KINDS[arrays.KIND]}")
    wanted = dict(value)
    made = []
    for split in ("train", "test"):
        originals, labels = getattr(arrays, f"{split}_images"), getattr(arrays, f"{split}_labels")
        number = wanted[f"{split}_images"]
        size = number * originals[0].size
        if size > MAX_BYTES:
            raise BadInput(f"deform.{split}_images: {number} images are {size} bytes; at most {MAX_BYTES} are allowed")
        which = np.arange(number) % len(originals)
        draws = _uniform(number, f"deform/{wanted['seed']}/{split}")
        made += [_deformed(originals, which, _maps(draws, wanted)), labels[which]]
    return ImageArrays(*made)


def sizes(known: Sizes | None, value: Any) -> Sizes | None:
    """The numbers of images are those that are asked for."""
    return known and known._replace(train=dict(value)["train_images"], test=dict(value)["test_images"])


def _uniform(number: int, name: str) -> np.ndarray:
    """Random numbers in (-1, 1) that belong to `name`: float64 [PARAMETERS, number].

    Those of an image do not depend on how many images there are.
    """
    raw = random_integers(number * PARAMETERS, name)
    return ((raw >> 11).astype(np.float64) * 2.0**-52 - 1.0).reshape(number, PARAMETERS).T


def _maps(draws: np.ndarray, largest: dict[str, float]) -> np.ndarray:
    """The affine map of each image: float64 [6, n], (a, b, c, d, e, f).

    A pixel at (x, y) from the middle of the new image shows what is at (a x + b y + e, c x + d y + f) in the original.
    The matrix is rotation times shear times the two scales.
    """
    rotation, right, down, wide, high, shear = (
        draw * float(largest[part]) for draw, part in zip(draws, PARTS, strict=True)
    )
    sine, cosine = _sine_and_cosine(rotation * (pi / 180))
    wide, high = wide + 1.0, high + 1.0
    return np.stack(
        [cosine * wide, (cosine * shear - sine) * high, sine * wide, (sine * shear + cosine) * high, right, down]
    )


def _sine_and_cosine(angle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of angles between -pi and pi, by their power series at a quarter of the angle, doubled twice."""
    angle = angle * 0.25
    square = angle * angle
    sine, cosine = np.ones_like(angle), np.ones_like(angle)
    for k in range(10, 0, -1):
        sine = 1.0 - sine * square / float(2 * k * (2 * k + 1))
        cosine = 1.0 - cosine * square / float(2 * k * (2 * k - 1))
    sine = sine * angle
    for _ in range(2):
        sine, cosine = 2.0 * sine * cosine, 1.0 - 2.0 * sine * sine
    return sine, cosine


def _deformed(originals: np.ndarray, which: np.ndarray, maps: np.ndarray) -> np.ndarray:
    """The images uint8 [n, height, width, channels] from the originals `which` by their maps; black outside."""
    _, height, width, channels = originals.shape
    black = np.zeros((len(originals), height + 2, width + 2, channels), np.uint8)
    black[:, 1:-1, 1:-1] = originals
    black = black.reshape(-1, channels)
    new = np.empty((len(which), height, width, channels), np.uint8)
    step = max(1, AT_ONCE // originals[0].size)
    for start in range(0, len(which), step):
        part = slice(start, start + step)
        new[part] = _interpolated(black, which[part], maps[:, part, None, None], height, width)
    return new


def _interpolated(black: np.ndarray, which: np.ndarray, maps: np.ndarray, height: int, width: int) -> np.ndarray:
    """Linear interpolation in whole numbers, rounded (halves up).

    black : uint8 [images * (height + 2) * (width + 2), channels], all pixels with a black frame of one.
    maps : float64 [6, n, 1, 1].
    """
    x, y = np.arange(width) - (width - 1) / 2, np.arange(height)[:, None] - (height - 1) / 2
    a, b, c, d, e, f = maps
    columns = _place(a * x + b * y + (e + (width + 1) / 2), width)
    rows = _place(c * x + d * y + (f + (height + 1) / 2), height)
    left, top = columns >> BITS, rows >> BITS
    right, below = columns & ((1 << BITS) - 1), rows & ((1 << BITS) - 1)
    corner = (which.astype(np.int64)[:, None, None] * (height + 2) + top) * (width + 2) + left
    total = np.zeros((*corner.shape, black.shape[1]), np.int64)
    for shift, weight in (
        (0, ((1 << BITS) - right) * ((1 << BITS) - below)),
        (1, right * ((1 << BITS) - below)),
        (width + 2, ((1 << BITS) - right) * below),
        (width + 3, right * below),
    ):
        total += black[corner + shift] * weight[..., None]
    return ((total + (1 << (2 * BITS - 1))) >> (2 * BITS)).astype(np.uint8)


def _place(pixels: np.ndarray, length: int) -> np.ndarray:
    """Places in the framed image in units of 2^-BITS; what is outside is on the frame, where all is black."""
    fine = np.rint(pixels * float(1 << BITS)).astype(np.int64)
    return np.clip(fine, 0, ((length + 1) << BITS) - 1)
