"""A folder of IDX files, the form in which MNIST and its kin are published (yann.lecun.com/exdb/mnist)."""

import glob
import gzip
import math
import zlib
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from scaling.core.errors import BadInput
from scaling.networks.data.arrays import MAX_BYTES, ImageArrays
from scaling.networks.data.sizes import Sizes


def load(settings: Any) -> tuple[ImageArrays, list[str]]:
    """The IDX files in the folder `root`."""
    return load_idx(settings.root)


def check(settings: Any) -> None:
    """There must be a folder to look into."""
    if not settings.root:
        raise ValueError("root: a data set of source idx needs a path")


def sizes(settings: Any) -> Sizes | None:
    """From the first bytes of the images' files and from the labels; None if these cannot be read."""
    folder = Path(settings.root)
    try:
        (train, height, width), (test, *_) = (
            _stated(_find(folder, f"{split}-images", 3), 3) for split in ("train", "t10k")
        )
        labels = [read_idx(_find(folder, f"{split}-labels", 1), 1) for split in ("train", "t10k")]
        return Sizes((1, height, width), 1 + max(int(each.max()) for each in labels), train, test)
    except (BadInput, OSError, EOFError, zlib.error, ValueError):
        return None


def files(settings: Any) -> list[str]:
    """All of them."""
    return sorted(glob.glob(f"{glob.escape(settings.root)}/*idx?-ubyte*"))


def load_idx(root: str | Path) -> tuple[ImageArrays, list[str]]:
    """The data set in {train,t10k}-images-idx3-ubyte and {train,t10k}-labels-idx1-ubyte; its classes.

    The files may have a dot before idx, as in train-images.idx3-ubyte, end in .gz, and be packed under either name.

    BadInput if a file is missing, damaged, or of another kind.
    """
    folder = Path(root)
    if not folder.is_dir():
        raise BadInput(f"{folder}: no such folder")
    parts = []
    for split in ("train", "t10k"):
        parts.append(read_idx(_find(folder, f"{split}-images", 3), 3)[..., np.newaxis])
        parts.append(read_idx(_find(folder, f"{split}-labels", 1), 1).astype(np.int64))
    classes = [str(label) for label in range(int(max(parts[1].max(initial=0), parts[3].max(initial=0))) + 1)]
    return ImageArrays(*parts), classes


def _stated(path: Path, dimensions: int) -> list[int]:
    """The shape that a file's first bytes state."""
    with _opened(path) as stream:
        start = stream.read(4 + 4 * dimensions)
    if len(start) < 4 + 4 * dimensions:
        raise ValueError("truncated")
    return np.frombuffer(start[4:], ">u4").tolist()


def _opened(path: Path) -> BinaryIO:
    """Unpacked if it is packed, whatever its name: browsers unpack a .gz and leave its name."""
    with path.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if packed else path.open("rb")


def _find(folder: Path, stem: str, dimensions: int) -> Path:
    names = [f"{stem}{mark}idx{dimensions}-ubyte{end}" for mark in ("-", ".") for end in ("", ".gz")]
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise BadInput(f"{folder / names[0]}: no such file, nor {names[1]}")


def read_idx(path: Path, dimensions: int) -> np.ndarray:
    """The bytes in an IDX file, packed by gzip or not, of so many dimensions: uint8, of the shape that the file states.

    BadInput if the file is not such a file, or holds fewer or more bytes than it states.
    """
    try:
        with _opened(path) as stream:
            return _read_idx(stream, path, dimensions)
    except (OSError, EOFError, zlib.error) as problem:
        raise BadInput(f"{path}: truncated or damaged ({problem})") from None


def _read_idx(stream: BinaryIO, path: Path, dimensions: int) -> np.ndarray:
    magic = stream.read(4)
    if magic != bytes([0, 0, 8, dimensions]):  # 8: unsigned bytes
        raise BadInput(f"{path}: not an IDX file of unsigned bytes in {dimensions} dimensions")
    header = stream.read(4 * dimensions)
    if len(header) < 4 * dimensions:
        raise BadInput(f"{path}: truncated in its header")
    shape = np.frombuffer(header, ">u4").tolist()
    size = math.prod(shape)
    if size > MAX_BYTES:
        raise BadInput(f"{path}: states {size} bytes, more than the {MAX_BYTES} allowed")
    content = stream.read(size + 1)
    if len(content) != size:
        found = "more" if len(content) > size else f"only {len(content)}"
        raise BadInput(f"{path}: truncated or damaged: states {size} bytes and holds {found}")
    return np.frombuffer(content, np.uint8).reshape(shape)
