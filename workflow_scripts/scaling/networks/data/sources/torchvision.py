"""MNIST, FashionMNIST, CIFAR10 and CIFAR100, read (and downloaded, where there is a network) by torchvision."""

import fcntl
import pickle
import socket
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from scaling.core.errors import BadInput
from scaling.networks.data.arrays import ImageArrays
from scaling.networks.data.sizes import TORCHVISION, Sizes
from scaling.networks.data.sources.idx import load_idx


class Facts(NamedTuple):
    """Published numbers of a data set, by which it is told from another one in the same form.

    Attributes
    ----------
    per_class : how many images of each class the training and the test set have.
    mean, classes : mean of the training images in 0..1, names of the classes; of those in IDX files, which have no sums
        to check and no names.
    """

    per_class: dict[str, list[int]]
    mean: float | None = None
    classes: tuple[str, ...] = ()


FACTS = {
    "MNIST": Facts(
        {
            "train": [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
            "test": [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
        },
        0.1307,
        (
            *("0 - zero", "1 - one", "2 - two", "3 - three", "4 - four"),
            *("5 - five", "6 - six", "7 - seven", "8 - eight", "9 - nine"),
        ),
    ),
    "FashionMNIST": Facts(
        {"train": [6000] * 10, "test": [1000] * 10},
        0.2860,
        ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    ),
    "CIFAR10": Facts({"train": [5000] * 10, "test": [1000] * 10}),
    "CIFAR100": Facts({"train": [500] * 100, "test": [100] * 100}),
}

DOWNLOADS = "results/downloads"  # where torchvision looks first and downloads to, if no root is given


def load(settings: Any) -> tuple[ImageArrays, list[str]]:
    """The data set `name`, found in `root` or downloaded to there."""
    return load_torchvision(settings.name, settings.root or DOWNLOADS)


def check(settings: Any) -> None:
    """torchvision must have it."""
    if settings.name not in TORCHVISION:
        raise ValueError(f"name: {settings.name!r} is not one of {', '.join(TORCHVISION)}")


def sizes(settings: Any) -> Sizes:
    """As published."""
    return TORCHVISION[settings.name]


def files(settings: Any) -> list[str]:
    """None: published sets do not change, and are compared with what was published."""
    return []


def load_torchvision(name: str, root: str | Path) -> tuple[ImageArrays, list[str]]:
    """A data set of torchvision.datasets and its classes.

    Files found under `root` are used as they are, laid out as torchvision does (MNIST/raw/, cifar-10-batches-py/, ...;
    the archives as downloaded serve as well) or without those folders; what is missing is downloaded to there. CIFAR's
    files are checked against their MD5 sums before they are read. All are compared with their published numbers of
    images, sizes and images per class, MNIST and FashionMNIST also with their mean.

    Raises
    ------
    BadInput if the data set is neither under `root` nor can be had from the network, if a file is damaged, or if the
    images are not the published ones.
    """
    facts = FACTS[name]
    if facts.classes and (folder := _idx_folder(Path(root), name)):
        try:
            arrays, _ = load_idx(folder)
        except BadInput as problem:
            raise BadInput(f"{root}: {name} is not (or not whole) in this folder: {problem}") from None
        _compare(arrays, name, folder)
        return arrays, list(facts.classes)
    # seconds to import: only where it is needed
    from scaling.networks.data.torchvision_import import torchvision

    kind = getattr(torchvision.datasets, name)
    folder = _cifar_folder(Path(root), kind)
    try:
        with _time_limit(30):
            train, test = _looked_for(kind, folder) or _downloaded(kind, folder, name)
            classes = list(train.classes)
    except (
        OSError,
        EOFError,
        RuntimeError,
        ValueError,
        TypeError,
        KeyError,
        pickle.UnpicklingError,
        zlib.error,
    ) as problem:
        reason = " ".join(str(problem).split())
        raise BadInput(
            f"{root}: {name} is not (or not whole) in this folder and could not be downloaded to it: {reason}; "
            "put torchvision's files there, or use another source"
        ) from None
    arrays = ImageArrays(*_arrays(train), *_arrays(test))
    _compare(arrays, name, folder)
    return arrays, classes


def _idx_folder(root: Path, name: str) -> Path | None:
    """Where MNIST's four files are: in NAME/raw, as torchvision has them, in raw, or in `root` itself."""
    for folder in (root / name / "raw", root / "raw", root):
        if any((folder / f"train-images-idx3-ubyte{end}").is_file() for end in ("", ".gz")):
            return folder
    return None


def _cifar_folder(root: Path, kind: Any) -> Path:
    """The folder that holds CIFAR's, also if its own was given."""
    return root.parent if root.name == getattr(kind, "base_folder", None) else root


def _looked_for(kind: Any, root: Path) -> list[Any] | None:
    """Both parts, if their files are there; nothing is made or changed by looking."""
    try:
        return [kind(root, train=part, download=False) for part in (True, False)]
    except (RuntimeError, OSError):  # not found, or not whole
        return None


def _downloaded(kind: Any, root: Path, name: str) -> list[Any]:
    new = [folder for folder in (root, *root.parents) if not folder.exists()]
    try:
        with _alone(root, name):
            return [kind(root, train=part, download=True) for part in (True, False)]
    except BaseException:
        if new:
            (root / f".{name}.lock").unlink(missing_ok=True)
        for folder in (root / name / "raw", root / name, *new):  # empty ones that were made for it
            with suppress(OSError):
                folder.rmdir()
        raise


def _compare(arrays: ImageArrays, name: str, folder: Path) -> None:
    """Raise BadInput unless these are the published images, as far as their published numbers tell."""
    facts, (channels, height, width) = FACTS[name], TORCHVISION[name].shape
    any_images = "`source: idx` reads any images in this form" if facts.classes else "`source: folder` reads any images"
    for split, per_class in facts.per_class.items():
        images, labels = getattr(arrays, f"{split}_images"), getattr(arrays, f"{split}_labels")
        number, classes, told = sum(per_class), len(per_class), None
        if images.shape != (number, height, width, channels) or len(labels) != number:
            told = f"{len(images)} images of {'x'.join(map(str, images.shape[1:3]))} pixels and {len(labels)} labels"
            told += f", not {number} of {height}x{width}"
        elif labels.min() < 0 or labels.max() >= classes:
            told = f"labels from {labels.min()} to {labels.max()}, not 0 to {classes - 1}"
        elif (found := np.bincount(labels, minlength=classes).tolist()) != per_class:
            told = f"{found} images of each class, not {per_class}"
        elif facts.mean is not None and split == "train" and abs(images.mean() / 255 - facts.mean) > 1e-3:
            told = f"mean {images.mean() / 255:.4f}, not {facts.mean}"
        if told:
            raise BadInput(f"{folder}: these are not the images of {name}: the {split} set has {told}; {any_images}")


def _arrays(part: Any) -> tuple[np.ndarray, np.ndarray]:
    images = np.asarray(part.data)
    if images.ndim == 3:
        images = images[..., np.newaxis]
    return np.ascontiguousarray(images, dtype=np.uint8), np.asarray(part.targets, dtype=np.int64)


@contextmanager
def _alone(root: Path, name: str) -> Iterator[None]:
    """One process at a time: two data sets may be made from one download (MNIST, and MNIST averaged to 14x14)."""
    if not root.is_dir():
        root.mkdir(parents=True, exist_ok=True)
    try:
        lock = (root / f".{name}.lock").open("w")
    except OSError:  # a folder that we may not write to: nothing will be downloaded to it either
        yield
        return
    with lock:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Let no connection wait longer than this: a network that swallows packets would keep us for ever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
