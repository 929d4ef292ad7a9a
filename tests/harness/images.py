"""Small data sets as files: a folder of images, archives of it, IDX files."""

import gzip
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from scaling.networks.data.prepare import prepare
from scaling.networks.data.settings import Dataset


def write_image(path, pixels, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(pixels, np.uint8)).save(path, **options)


def write_image_folder(root):
    """Two classes, two training images and one test image each, grey PNG of 6x4 pixels."""
    generator = np.random.default_rng(0)
    for split, names in (("train", "ab"), ("test", "c")):
        for label in ("cat", "dog"):
            for name in names:
                write_image(root / split / label / f"{name}.png", generator.integers(0, 256, (4, 6)))
    return root


def archive_of(root, path, top=""):
    """`root` as an archive of the kind that the suffix of `path` says, inside the folder `top`."""
    files = sorted(root.rglob("*"), reverse=True)  # not in the order in which a folder is read
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for file in files:
                archive.write(file, Path(top) / file.relative_to(root))
    else:
        kind = {".tar": "", ".gz": "gz", ".tgz": "gz", ".xz": "xz", ".bz2": "bz2"}[path.suffix]
        with tarfile.open(path, f"w:{kind}") as archive:
            for file in files:
                archive.add(file, Path(top) / file.relative_to(root), recursive=False)
    return path


def png_bytes(width, height, bits, colour, rows):
    """A PNG of a header and of rows that need not be what it states."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def idx_bytes(array):
    """An array of unsigned bytes as the content of an IDX file."""
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return header + array.astype(np.uint8).tobytes()


def write_idx_set(folder, suffix="", mark="-", n_train=5, n_test=3, classes=3):
    """A small data set in IDX files; gives its four arrays."""
    generator = np.random.default_rng(0)
    folder.mkdir(parents=True, exist_ok=True)
    arrays = []
    for split, n in (("train", n_train), ("t10k", n_test)):
        images, labels = generator.integers(0, 256, (n, 4, 6)), np.arange(n) % classes
        for name, array in ((f"images{mark}idx3", images), (f"labels{mark}idx1", labels)):
            content = idx_bytes(array)
            (folder / f"{split}-{name}-ubyte{suffix}").write_bytes(
                gzip.compress(content) if suffix == ".gz" else content
            )
        arrays += [images, labels]
    return arrays


def prepared(source, **settings):
    """The arrays of a data set with these settings, and its provenance."""
    return prepare(Dataset(source=source, **settings))
