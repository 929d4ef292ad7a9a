"""The canonical form of a data set: one array file, and beside it its provenance. Needs only numpy."""

import hashlib
import json
import zipfile
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from scaling.core.errors import BadInput
from scaling.core.files import atomic, write_text

MAX_BYTES = 8 * 2**30  # of a data set's images: more than that is not meant for this study, or is not what it says


@dataclass(frozen=True)
class ImageArrays:
    """Images and labels.

    Attributes
    ----------
    train_images, test_images : uint8 [n, height, width, channels], channels 1 (grey) or 3 (red, green, blue).
    train_labels, test_labels : int64 [n], numbers of classes, from 0.
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray


def read_arrays(path: str | Path) -> ImageArrays:
    """Read an array file; BadInput if it is not one or not whole."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            return ImageArrays(**{field.name: stored[field.name] for field in fields(ImageArrays)})
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as problem:
        raise BadInput(f"{path}: not an array file of images, or damaged ({problem})") from None


def write_arrays(arrays: ImageArrays, path: str | Path) -> None:
    """Write an array file (.npz), whole or not at all; equal arrays give equal bytes."""
    with atomic(path) as temporary:
        np.savez(temporary, **{field.name: getattr(arrays, field.name) for field in fields(arrays)})


def write_provenance(provenance: dict[str, Any], path: str | Path) -> None:
    """Write what `describe` returns as JSON."""
    write_text(json.dumps(provenance, indent=2, ensure_ascii=False) + "\n", path)


def check_arrays(arrays: ImageArrays, classes: list[str], where: str) -> None:
    """Raise BadInput, beginning with `where`, unless images and labels fit each other and the classes."""
    for split in ("train", "test"):
        images, labels = getattr(arrays, f"{split}_images"), getattr(arrays, f"{split}_labels")
        if len(images) != len(labels):
            raise BadInput(f"{where}: {len(images)} images but {len(labels)} labels in the {split} set")
        if not len(images):
            raise BadInput(f"{where}: no images in the {split} set")
    if arrays.train_images.shape[1:] != arrays.test_images.shape[1:]:
        sizes = " and ".join("x".join(map(str, i.shape[1:])) for i in (arrays.train_images, arrays.test_images))
        raise BadInput(f"{where}: training and test images differ in size (height x width x channels): {sizes}")
    missing = sorted(set(range(len(classes))) - set(np.unique(arrays.train_labels).tolist()))
    if missing:
        raise BadInput(f"{where}: no training image of class {classes[missing[0]]}")


def mean_pool(images: np.ndarray, pool: int) -> np.ndarray:
    """Averages over pool x pool pixels, rounded (halves up): uint8 [n, h, w, c] to uint8 [n, h/pool, w/pool, c].

    BadInput if `pool` does not divide height and width.
    """
    if pool == 1:
        return images
    n, height, width, channels = images.shape
    if height % pool or width % pool:
        raise BadInput(f"pool: {pool} does not divide images of {height}x{width} pixels")
    tiles = images.reshape(n, height // pool, pool, width // pool, pool, channels)
    sums = tiles.sum(axis=(2, 4), dtype=np.uint32)
    return ((2 * sums + pool**2) // (2 * pool**2)).astype(np.uint8)


def pooled(arrays: ImageArrays, pool: int) -> ImageArrays:
    """`mean_pool` of training and test images."""
    return replace(
        arrays, train_images=mean_pool(arrays.train_images, pool), test_images=mean_pool(arrays.test_images, pool)
    )


def describe(arrays: ImageArrays, classes: list[str], settings: dict[str, Any]) -> dict[str, Any]:
    """Provenance: settings, sizes, classes, the training images' mean and deviation in 0..1, each array's SHA-256."""
    mean, deviation = _mean_and_deviation(arrays.train_images)
    return {
        **settings,
        "train_images": len(arrays.train_images),
        "test_images": len(arrays.test_images),
        "height_width_channels": list(arrays.train_images.shape[1:]),
        "classes": classes,
        "train_images_per_class": np.bincount(arrays.train_labels, minlength=len(classes)).tolist(),
        "mean": mean,
        "std": deviation,
        "sha256": {
            field.name: hashlib.sha256(np.ascontiguousarray(getattr(arrays, field.name))).hexdigest()
            for field in fields(arrays)
        },
    }


def _mean_and_deviation(images: np.ndarray) -> tuple[list[float], list[float]]:
    """Per channel, in units of the full range; from the histograms, so that sums are exact in any order."""
    mean, deviation = [], []
    values = np.arange(256)
    for channel in range(images.shape[-1]):
        histogram = np.bincount(images[..., channel].ravel(), minlength=256)
        total = int(histogram.sum())
        first, second = int(histogram @ values) / total, int(histogram @ values**2) / total
        mean.append(round(first / 255, 6))
        deviation.append(round((second - first**2) ** 0.5 / 255, 6))
    return mean, deviation
