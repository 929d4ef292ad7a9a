"""MNIST, FashionMNIST, CIFAR10 and CIFAR100, read (and downloaded, where there is a network) by torchvision."""

import fcntl
import pickle
import socket
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from scaling.core.errors import BadInput
from scaling.networks.data.arrays import ImageArrays
from scaling.networks.data.sizes import TORCHVISION, Sizes

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
    """None: published sets do not change, and torchvision checks their MD5 sums."""
    return []


def load_torchvision(name: str, root: str | Path) -> tuple[ImageArrays, list[str]]:
    """A data set of torchvision.datasets and its classes.

    Files found under `root` are used as they are, laid out as torchvision does (MNIST/raw/, cifar-10-batches-py/, ...;
    the archives as downloaded serve as well); what is missing is downloaded to there. torchvision checks archives and
    CIFAR's files against their MD5 sums before it reads them.

    Raises
    ------
    BadInput if the data set is neither under `root` nor can be had from the network, or if a file is damaged.
    """
    # seconds to import: only where it is needed
    from scaling.networks.data.torchvision_import import torchvision

    kind = getattr(torchvision.datasets, name)
    try:
        with _alone(Path(root), name), _time_limit(30):
            train, test = (kind(root, train=part, download=True) for part in (True, False))
            classes = list(train.classes)
    except (OSError, EOFError, RuntimeError, ValueError, TypeError, pickle.UnpicklingError, zlib.error) as problem:
        reason = " ".join(str(problem).split())
        raise BadInput(
            f"{root}: {name} is not (or not whole) in this folder and could not be downloaded to it: {reason}; "
            "put torchvision's files there, or use another source"
        ) from None
    return ImageArrays(*_arrays(train), *_arrays(test)), classes


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
