"""Images in train/<class>/ and test/<class>/, in a folder or in a zip or tar archive of one.

Archives are read in memory, member by member: nothing is written, so no member can land outside a folder.
"""

import bz2
import gzip
import io
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from scaling.core.errors import BadInput
from scaling.networks.data.arrays import MAX_BYTES, ImageArrays
from scaling.networks.data.sizes import Sizes

SUFFIXES = (".jpg", ".jpeg", ".png")
MAX_PIXELS = 2**20  # of one image, before it is decoded: a small file may state an image that fills the memory
MAX_FILE_BYTES = 2**24  # of one image file
_STREAMS: dict[str, Callable[..., Any]] = {
    ".tar": open,
    ".gz": gzip.open,
    ".tgz": gzip.open,
    ".xz": lzma.open,
    ".txz": lzma.open,
    ".bz2": bz2.open,
}
# NotImplementedError: what zipfile raises for a compression that it does not know.
_DAMAGE = (OSError, EOFError, RuntimeError, NotImplementedError, zlib.error, lzma.LZMAError)
_DAMAGE += (tarfile.TarError, zipfile.BadZipFile)

Key = tuple[str, str, str]  # split, class, file name
Entry = tuple[str, int, Callable[[], bytes] | None]  # path inside the root, size, what reads it (None: a folder)


def load(settings: Any) -> tuple[ImageArrays, list[str]]:
    """The images in the folder or archive `root`."""
    return load_folder(settings.root)


def check(settings: Any) -> None:
    """There must be a folder or an archive to look into."""
    if not settings.root:
        raise ValueError("root: a data set of source folder needs a path")


def sizes(settings: Any) -> Sizes | None:
    """Not known before the images are read."""
    return None


def files(settings: Any) -> list[str]:
    """The archive. A folder's images are too many to watch: after a change `snakemake --forcerun prepare_dataset`."""
    return [settings.root] if Path(settings.root).is_file() else []


def load_folder(root: str | Path) -> tuple[ImageArrays, list[str]]:
    """The data set in a folder or archive, in the order of the files' names, and the classes, in order.

    An archive may hold its train/ and test/ inside one folder. Hidden files, and files beside train/ and test/ (a
    README), are passed over. Where every image is grey the arrays have one channel, else three.

    Raises
    ------
    BadInput naming the file: a missing root, a damaged file, a member whose path leaves the archive or that is a link,
    a file that is not a JPEG or PNG image, an image of another size than the first one, a class without images, a class
    in test/ but not in train/.
    """
    root = Path(root)
    images: dict[Key, np.ndarray] = {}
    classes: dict[str, set[str]] = {"train": set(), "test": set()}
    tops: set[str] = set()
    total = 0
    for name, size, read in _entries(root):
        key = _place(root, name, is_folder=read is None, tops=tops)
        if key is None:
            continue
        classes[key[0]].add(key[1])
        if read is None:
            continue
        if key in images:
            raise BadInput(f"{root}: {name} is there twice")
        images[key] = _image(read, size, f"{root}: {name}")
        (h, w), (height, width) = images[key].shape[:2], next(iter(images.values())).shape[:2]
        if (h, w) != (height, width):
            raise BadInput(f"{root}: {name} has {w}x{h} pixels, an image before it {width}x{height}: all must be alike")
        total += images[key].nbytes
        if total > MAX_BYTES:
            raise BadInput(f"{root}: more than {MAX_BYTES} bytes of images")
    names = _checked_classes(root, images, classes)
    return _stack(images, names), names


# ------------------------------------------------------------------------------------ what is where


def _place(root: Path, name: str, is_folder: bool, tops: set[str]) -> Key | None:
    """(split, class, file) of an entry, file empty for a class's folder; None if the entry does not belong.

    `tops` collects the folders that train/ and test/ lie in: there may be one.
    """
    parts = PurePosixPath(name).parts
    if not parts or parts[0] == "__MACOSX" or parts[-1].startswith("."):
        return None
    at = 0 if parts[0] in ("train", "test") else 1
    if len(parts) <= at or parts[at] not in ("train", "test"):
        return None
    tops.add("/".join(parts[:at]))
    if len(tops) > 1:
        raise BadInput(f"{root}: {name}: train/ and test/ must lie in one folder, not in {' and '.join(sorted(tops))}")
    inside = parts[at + 1 :]
    if is_folder:
        return (parts[at], inside[0], "") if len(inside) == 1 else None
    if len(inside) != 2 or not inside[1].lower().endswith(SUFFIXES):
        raise BadInput(f"{root}: {name}: only train/<class>/ and test/<class>/ with {', '.join(SUFFIXES)} are allowed")
    return parts[at], inside[0], inside[1]


def _checked_classes(root: Path, images: dict[Key, np.ndarray], classes: dict[str, set[str]]) -> list[str]:
    for split in ("train", "test"):
        if not classes[split]:
            raise BadInput(f"{root}: no {split}/<class>/ in it")
        filled = {key[1] for key in images if key[0] == split}
        if empty := sorted(classes[split] - filled):
            raise BadInput(f"{root}: {split}/{empty[0]}: a class without images")
    if unknown := sorted(classes["test"] - classes["train"]):
        raise BadInput(f"{root}: test/{unknown[0]}: a class that is not in train/")
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


def _image(read: Callable[[], bytes], size: int, where: str) -> np.ndarray:
    """An image file's pixels: uint8 [h, w, 1] if it is grey, else [h, w, 3]."""
    if size > MAX_FILE_BYTES:
        raise BadInput(f"{where}: {size} bytes, more than the {MAX_FILE_BYTES} allowed")
    try:
        content = read()
    except _DAMAGE as problem:
        raise BadInput(f"{where}: truncated or damaged ({problem})") from None
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise BadInput(f"{where}: {width}x{height} pixels, more than the {MAX_PIXELS} allowed")
            if image.mode.startswith(("I", "F")):
                raise BadInput(f"{where}: more than 8 bits a channel")
            grey = image.mode in ("1", "L", "LA")
            pixels = np.asarray(image.convert("L" if grey else "RGB"))
    except BadInput:
        raise
    except Exception as problem:  # a damaged image makes Pillow raise errors of many kinds
        raise BadInput(f"{where}: not a JPEG or PNG image, or a damaged one ({problem})") from None
    return pixels[..., np.newaxis] if grey else pixels


# ------------------------------------------------------------------------------- folders and archives


def _entries(root: Path) -> Iterator[Entry]:
    """What is in `root`."""
    if root.is_dir():
        kind, entries = "folder", _folder_entries
    elif not root.is_file():
        raise BadInput(f"{root}: no such folder or archive")
    elif root.suffix == ".zip":
        kind, entries = "archive", _zip_entries
    elif root.suffix in _STREAMS:
        kind, entries = "archive", _tar_entries
    else:
        raise BadInput(f"{root}: neither a folder nor an archive (.zip, .tar, .tar.gz, .tar.xz, .tar.bz2)")
    try:
        yield from entries(root)
    except _DAMAGE as problem:
        raise BadInput(f"{root}: truncated or damaged {kind} ({problem})") from None


def _folder_entries(root: Path) -> Iterator[Entry]:
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        yield (name, 0, None) if path.is_dir() else (name, path.stat().st_size, path.read_bytes)


def _zip_entries(root: Path) -> Iterator[Entry]:
    with zipfile.ZipFile(root) as archive:
        for member in archive.infolist():
            _check_member(root, member.filename, stat.S_ISLNK(member.external_attr >> 16))
            yield member.filename, member.file_size, None if member.is_dir() else partial(archive.read, member)


def _tar_entries(root: Path) -> Iterator[Entry]:
    with _STREAMS[root.suffix](root, "rb") as stream, tarfile.open(fileobj=stream, mode="r:") as archive:
        end = 0
        for member in archive:
            _check_member(root, member.name, not (member.isfile() or member.isdir()))
            yield member.name, member.size, None if member.isdir() else partial(_read_member, archive, member)
            end = member.offset_data + -(-member.size // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE
        _check_end(stream, end)


def _read_member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    with archive.extractfile(member) as stream:
        return stream.read()


def _check_member(root: Path, name: str, link: bool) -> None:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or (path.parts and ":" in path.parts[0]):
        raise BadInput(f"{root}: {name}: the path of this member leaves the archive's folder")
    if link:
        raise BadInput(f"{root}: {name}: a link or a special file; only files and folders are allowed")


def _check_end(stream: BinaryIO, end: int) -> None:
    """tarfile takes a cut or a damaged header for the end of the archive; the real end is blocks of zeros."""
    zeros = True
    while block := stream.read(2**20):
        zeros = zeros and not block.strip(b"\0")
    if not zeros or stream.tell() < end + tarfile.BLOCKSIZE:
        raise tarfile.ReadError("it does not end as an archive does")
