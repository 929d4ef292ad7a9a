"""Images in train/<class>/ and test/<class>/, in a folder or in a zip or tar archive of one.

A class's images may also lie in one folder without a split: `test_fraction` then draws the test images.
"""

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

import numpy as np

from scaling.core.errors import BadInput
from scaling.networks.data.archives import DAMAGE, entries, listing
from scaling.networks.data.arrays import MAX_BYTES, ImageArrays
from scaling.networks.data.layout import Key, Layout, find_layout
from scaling.networks.data.pictures import picture
from scaling.networks.data.sizes import Sizes
from scaling.networks.data.subsets import shuffled

MAX_FILE_BYTES = 2**24  # of one image file
MAX_UNPACKED_TWICE = 2**25  # of a tar archive: a larger one is not unpacked to know its sizes
LOOKED_AT = 8  # images that are decoded to know the size of all, before they are read


def load(settings: Any) -> tuple[ImageArrays, list[str]]:
    """The images in the folder or archive `root`."""
    return load_folder(settings.root, settings.resize, settings.test_fraction)


def check(settings: Any) -> None:
    """There must be a folder or an archive to look into."""
    if not settings.root:
        raise ValueError("root: a data set of source folder needs a path")


def sizes(settings: Any) -> Sizes | None:
    """From the names of the files and a look at a few of them; None where that would take long."""
    root = Path(settings.root)
    if not root.exists() or (root.is_file() and root.stat().st_size > MAX_UNPACKED_TWICE and not is_zipfile(root)):
        return None
    try:
        changed = state(settings) or f"{root.stat().st_size} {root.stat().st_mtime_ns}"
        return _looked_at(root, changed, settings.resize, settings.test_fraction)
    except (BadInput, OSError, IndexError):
        return None  # whatever is wrong with it, reading it says so


#: Keys of a data set that this source alone takes.
TAKES = ("resize", "test_fraction")


def files(settings: Any) -> list[str]:
    """The archive. A folder's images are too many for a list of files: `state` says when they change."""
    return [settings.root] if Path(settings.root).is_file() else []


def state(settings: Any) -> str:
    """A hash of the names, sizes and times of a folder's files; empty for an archive and for what is not there."""
    root = Path(settings.root)
    if not root.is_dir():
        return ""
    try:
        return hashlib.sha256(repr(listing(root)).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    except OSError:
        return ""


def load_folder(
    root: str | Path, resize: Sequence[int] | None = None, test_fraction: float | None = None
) -> tuple[ImageArrays, list[str]]:
    """The data set in a folder or archive, in the order of the files' names, and the classes, in order.

    train/ and test/ (or val/, valid/; in any case) may lie inside other folders. Hidden files, and files beside train/
    and test/ (a README), are passed over. Where every image is grey the arrays have one channel, else three.

    Parameters
    ----------
    resize : (height, width) to bring every image to.
    test_fraction : share of each class that is held out for the test, always the same images; then no test/ may be
        there.

    Raises
    ------
    BadInput naming the file: a missing root, a damaged file, a member whose path leaves the archive or that is a link,
    a file that is no image, an image of another size than the first one, a class without images, a class in test/ but
    not in train/.
    """
    root = Path(root)
    layout = find_layout(root, ((name, read is None) for name, _, read in entries(root)), test_fraction is not None)
    for sentence in layout.said:
        print(sentence, flush=True)
    images: dict[Key, np.ndarray] = {}
    total = 0
    for name, size, read in entries(root):
        key = layout.files.get(name)
        if key is None or read is None:
            continue
        if key in images:
            raise BadInput(f"{root}: {name} is there twice")
        images[key] = picture(_content(read, size, f"{root}: {name}"), f"{root}: {name}", resize)
        (h, w), (height, width) = images[key].shape[:2], next(iter(images.values())).shape[:2]
        if (h, w) != (height, width):
            raise BadInput(
                f"{root}: {name} has {w}x{h} pixels, an image before it {width}x{height}: all must be alike "
                "(`resize: [height, width]` makes them so)"
            )
        total += images[key].nbytes
        if total > MAX_BYTES:
            raise BadInput(f"{root}: more than {MAX_BYTES} bytes of images")
    if test_fraction is not None:
        images = _held_out(root, images, layout, test_fraction)
    names = _checked_classes(root, images, layout)
    return _stack(images, names), names


@cache
def _looked_at(root: Path, changed: str, resize: tuple[int, int] | None, test_fraction: float | None) -> Sizes:
    layout = find_layout(root, ((name, read is None) for name, _, read in entries(root)), test_fraction is not None)
    train = sorted(name for name, key in layout.files.items() if key[0] == "train")
    test = len(layout.files) - len(train)
    if test_fraction is not None:
        counts = {label: sum(layout.files[name][1] == label for name in train) for label in layout.classes["train"]}
        test = sum(_number_held_out(count, test_fraction) for count in counts.values())
    shapes = []
    chosen = set(train[:: max(1, len(train) // LOOKED_AT)])
    for name, size, read in entries(root):
        if name in chosen and read is not None:
            shapes.append(picture(_content(read, size, name), name, resize).shape)
    height, width = shapes[0][:2]
    training = len(train) - (test if test_fraction is not None else 0)
    return Sizes((max(shape[2] for shape in shapes), height, width), len(layout.classes["train"]), training, test)


def _content(read: Callable[[], bytes], size: int, where: str) -> bytes:
    if size > MAX_FILE_BYTES:
        raise BadInput(f"{where}: {size} bytes, more than the {MAX_FILE_BYTES} allowed")
    try:
        return read()
    except DAMAGE as problem:
        raise BadInput(f"{where}: truncated or damaged ({problem})") from None


def _number_held_out(count: int, fraction: float) -> int:
    return max(1, round(fraction * count))


def _held_out(root: Path, images: dict[Key, np.ndarray], layout: Layout, fraction: float) -> dict[Key, np.ndarray]:
    """A share of each class becomes the test set: drawn from the class's name and number alone."""
    split: dict[Key, np.ndarray] = {}
    for label in sorted(layout.classes["train"]):
        keys = sorted(key for key in images if key[1] == label)
        held = _number_held_out(len(keys), fraction)
        if held >= len(keys):
            raise BadInput(f"{root}: test_fraction: {fraction:g} of the {len(keys)} images of {label} leaves none")
        for place, index in enumerate(shuffled(len(keys), f"test images of {label}")):
            key = keys[index]
            split["test" if place < held else "train", *key[1:]] = images[key]
    layout.classes["test"] = set(layout.classes["train"])
    return split


def _checked_classes(root: Path, images: dict[Key, np.ndarray], layout: Layout) -> list[str]:
    classes = layout.classes
    for split in ("train", "test"):
        filled = {key[1] for key in images if key[0] == split}
        if empty := sorted(classes[split] - filled):
            raise BadInput(f"{root}: {split}/{empty[0]}: a class without images")
    if unknown := sorted(classes["test"] - classes["train"]):
        raise BadInput(f"{root}: test/{unknown[0]}: a class that is not in train/")
    if not classes["train"]:
        raise BadInput(f"{root}: no train/<class>/ in it")
    return sorted(classes["train"])


def _stack(images: dict[Key, np.ndarray], classes: list[str]) -> ImageArrays:
    """The arrays, for which `images` is used up."""
    channels = max(image.shape[2] for image in images.values())
    parts: list[np.ndarray] = []
    for split in ("train", "test"):
        keys = sorted(key for key in images if key[0] == split)
        stacked = np.empty((len(keys), *images[keys[0]].shape[:2], channels), np.uint8)
        for row, key in zip(stacked, keys, strict=True):
            row[:] = images.pop(key)  # a grey image spreads over three channels; popped: no second copy of the set
        parts += [stacked, np.array([classes.index(key[1]) for key in keys], np.int64)]
    return ImageArrays(*parts)
