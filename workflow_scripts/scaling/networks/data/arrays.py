"""The canonical form of a data set: one array file, and beside it its provenance. Needs only numpy."""

import hashlib
import json
import math
import zipfile
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from scaling.core.errors import BadInput
from scaling.core.files import atomic, write_text
from scaling.networks.shape import Shape

MAX_BYTES = 8 * 2**30  # of a data set's images: more than that is not meant for this study, or is not what it says


class Arrays:
    """Examples and their targets. The fields of a kind stand in the order training examples and targets, test's.

    Targets of whole numbers are classes, from 0: each is a target by itself. Targets of real numbers belong together:
    [n, m] are n targets.
    """

    KIND: ClassVar[str]

    @property
    def train_examples(self) -> np.ndarray:
        """[n, ...]"""
        return getattr(self, fields(self)[0].name)

    @property
    def train_targets(self) -> np.ndarray:
        """[n, ...]"""
        return getattr(self, fields(self)[1].name)

    @property
    def test_examples(self) -> np.ndarray:
        """[n, ...]"""
        return getattr(self, fields(self)[2].name)

    @property
    def test_targets(self) -> np.ndarray:
        """[n, ...]"""
        return getattr(self, fields(self)[3].name)

    @property
    def of_classes(self) -> bool:
        """Whether targets are numbers of classes."""
        return self.train_targets.dtype.kind in "iu"

    @property
    def shape(self) -> Shape:
        """Of one example."""
        targets = int(np.prod(self.train_targets.shape[1:])) if self.of_classes else 1
        return Shape(self.train_examples.shape[1:], self.KIND, targets)

    @property
    def outputs(self) -> int:
        """How many numbers a network gives for a target: one for each class, or as many as the target has."""
        if not self.of_classes:
            return int(self.train_targets.shape[1])
        return int(max(self.train_targets.max(), self.test_targets.max())) + 1

    def with_training(self, index: np.ndarray | slice = slice(None), targets: np.ndarray | None = None) -> Self:
        """With these training examples alone, and with other targets of all if they are given."""
        of_all = self.train_targets if targets is None else targets
        names = (field.name for field in fields(self))
        return replace(self, **dict(zip(names, (self.train_examples[index], of_all[index]), strict=False)))


@dataclass(frozen=True)
class ImageArrays(Arrays):
    """Images and labels.

    Attributes
    ----------
    train_images, test_images : uint8 [n, height, width, channels], channels 1 (grey) or 3 (red, green, blue).
    train_labels, test_labels : int64 [n], numbers of classes, from 0.
    """

    KIND = "images"
    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray

    @property
    def shape(self) -> Shape:
        """(channels, height, width)."""
        height, width, channels = self.train_images.shape[1:]
        return Shape((channels, height, width))


@dataclass(frozen=True)
class TokenArrays(Arrays):
    """Pieces of a text, each character a number from 0, and the characters that follow.

    Attributes
    ----------
    train_tokens, test_tokens : uint8 [n, length].
    train_next, test_next : uint8 [n], the character after a piece; or [n, length], that after each of its characters.
    """

    KIND = "tokens"
    train_tokens: np.ndarray
    train_next: np.ndarray
    test_tokens: np.ndarray
    test_next: np.ndarray

    @property
    def outputs(self) -> int:
        """The number of characters of the alphabet."""
        return int(max(array.max() for array in (getattr(self, field.name) for field in fields(self)))) + 1


@dataclass(frozen=True)
class VectorArrays(Arrays):
    """Vectors, and numbers or classes that belong to them.

    Attributes
    ----------
    train_vectors, test_vectors : float32 [n, numbers].
    train_values, test_values : float32 [n, m]; or int64 [n], numbers of classes, from 0.
    """

    KIND = "vectors"
    train_vectors: np.ndarray
    train_values: np.ndarray
    test_vectors: np.ndarray
    test_values: np.ndarray


_CLASSES: dict[str, type[Arrays]] = {fields(kind)[0].name: kind for kind in (ImageArrays, TokenArrays, VectorArrays)}


def read_arrays(path: str | Path) -> Arrays:
    """Read an array file; BadInput if it is not one or not whole."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            kind = next((kind for key, kind in _CLASSES.items() if key in stored), ImageArrays)
            return kind(**{field.name: stored[field.name] for field in fields(kind)})
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as problem:
        raise BadInput(f"{path}: not an array file of a data set, or damaged ({problem})") from None


def write_arrays(arrays: Arrays, path: str | Path) -> None:
    """Write an array file (.npz), whole or not at all; equal arrays give equal bytes."""
    with atomic(path) as temporary:
        np.savez(temporary, **{field.name: getattr(arrays, field.name) for field in fields(arrays)})


def write_provenance(provenance: dict[str, Any], path: str | Path) -> None:
    """Write what `describe` returns as JSON."""
    write_text(json.dumps(provenance, indent=2, ensure_ascii=False) + "\n", path)


def check_arrays(arrays: Arrays, classes: list[str], where: str) -> None:
    """Raise BadInput, beginning with `where`, unless examples and targets fit each other and the classes."""
    images = arrays.KIND == "images"
    what, answers = ("images", "labels") if images else ("examples", "targets")
    for split in ("train", "test"):
        examples, targets = getattr(arrays, f"{split}_examples"), getattr(arrays, f"{split}_targets")
        if len(examples) != len(targets):
            raise BadInput(f"{where}: {len(examples)} {what} but {len(targets)} {answers} in the {split} set")
        if not len(examples):
            raise BadInput(f"{where}: no {what} in the {split} set")
    if arrays.train_examples.shape[1:] != arrays.test_examples.shape[1:]:
        sizes = " and ".join("x".join(map(str, i.shape[1:])) for i in (arrays.train_examples, arrays.test_examples))
        raise BadInput(
            f"{where}: training and test {what} differ in size{' (height x width x channels)' * images}: {sizes}"
        )
    if not arrays.of_classes:
        return
    missing = sorted(set(range(len(classes))) - set(np.unique(arrays.train_targets).tolist()))
    if missing:
        raise BadInput(f"{where}: no training {what[:-1]} of class {classes[missing[0]]}")


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


def pooled(arrays: Arrays, pool: int) -> Arrays:
    """`mean_pool` of training and test images; BadInput for examples that are none."""
    if pool == 1:
        return arrays
    if not isinstance(arrays, ImageArrays):
        raise BadInput(f"pool: {pool} is for images; allowed for {arrays.KIND}: 1")
    return replace(
        arrays, train_images=mean_pool(arrays.train_images, pool), test_images=mean_pool(arrays.test_images, pool)
    )


def describe(arrays: Arrays, classes: list[str], settings: dict[str, Any]) -> dict[str, Any]:
    """Provenance: settings, kind, sizes, what is to be known of the targets, each array's SHA-256.

    Of images also the training images' mean and deviation in 0..1. `targets` is what a task needs to know how good it
    is to guess (scaling.networks.tasks): of classes how many there are of each in training and test, of numbers the
    test targets' mean square distance from the training targets' mean.
    """
    said = {**settings, "kind": arrays.KIND, "targets_per_example": arrays.shape.targets}
    if arrays.KIND == "images":
        mean, deviation = _mean_and_deviation(arrays.train_examples)
        said |= {
            "train_images": len(arrays.train_examples),
            "test_images": len(arrays.test_examples),
            "height_width_channels": list(arrays.train_examples.shape[1:]),
            "classes": classes,
            "train_images_per_class": np.bincount(arrays.train_targets, minlength=len(classes)).tolist(),
            "mean": mean,
            "std": deviation,
        }
    else:
        said |= {"train_examples": len(arrays.train_examples), "test_examples": len(arrays.test_examples)}
        said |= {"classes": classes} if arrays.of_classes else {}
    return said | {
        "shape": list(arrays.shape),
        "outputs": arrays.outputs,
        "targets": target_facts(arrays),
        "sha256": {
            field.name: hashlib.sha256(np.ascontiguousarray(getattr(arrays, field.name))).hexdigest()
            for field in fields(arrays)
        },
    }


def target_facts(arrays: Arrays) -> dict[str, Any]:
    """What a constant answer can know of the targets."""
    if arrays.of_classes:
        counts = (np.bincount(targets.ravel(), minlength=arrays.outputs) for targets in _targets(arrays))
        return dict(zip(("train_counts", "test_counts"), (found.tolist() for found in counts), strict=True))
    train, test = (targets.astype(np.float64) for targets in _targets(arrays))
    means = [math.fsum(column) / len(train) for column in train.T]
    squares = [math.fsum((column - mean) ** 2) / len(test) for column, mean in zip(test.T, means, strict=True)]
    return {"mean_squares": squares}


def _targets(arrays: Arrays) -> tuple[np.ndarray, np.ndarray]:
    return arrays.train_targets, arrays.test_targets


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
