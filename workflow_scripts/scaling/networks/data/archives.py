"""What is in a folder, or in a zip or tar archive of one.

Archives are read in memory, member by member: nothing is written, so no member can land outside a folder.
"""

import bz2
import gzip
import lzma
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from scaling.core.errors import BadInput

_SUFFIXES: dict[str, str] = {
    ".zip": "zip",
    ".tar": "tar",
    ".gz": "gz",
    ".tgz": "gz",
    ".xz": "xz",
    ".txz": "xz",
    ".bz2": "bz2",
}
_FIRST_BYTES = {b"PK": "zip", b"\x1f\x8b": "gz", b"\xfd7zXZ": "xz", b"BZh": "bz2"}
_STREAMS: dict[str, Callable[..., Any]] = {"tar": open, "gz": gzip.open, "xz": lzma.open, "bz2": bz2.open}
# NotImplementedError: what zipfile raises for a compression that it does not know.
DAMAGE = (OSError, EOFError, RuntimeError, NotImplementedError, zlib.error, lzma.LZMAError)
DAMAGE += (tarfile.TarError, zipfile.BadZipFile)

#: What systems and programs leave behind in folders; so is everything whose name begins with a dot.
LEFT_BEHIND = ("__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "@eadir", "$recycle.bin", "lost+found", "icon\r")

Entry = tuple[str, int, Callable[[], bytes] | None]  # path inside the root, size, what reads it (None: a folder)


def is_left_behind(name: str) -> bool:
    """Whether a path is of a hidden file, or in a hidden folder, or one of LEFT_BEHIND, at any depth."""
    return any(part.startswith(".") or part.lower() in LEFT_BEHIND for part in PurePosixPath(name).parts)


def entries(root: Path) -> Iterator[Entry]:
    """What is in the folder or archive `root`, in any order; names with slashes, whatever the archive has.

    Links are followed in a folder, and refused in an archive, but for hidden ones, which nothing reads. Hidden folders
    are not looked into.

    Raises
    ------
    BadInput naming `root`: missing, damaged, no archive, or with a member whose path leaves it or that is a link.
    """
    kind = _kind(root)
    try:
        if kind == "folder":
            yield from _folder_entries(root)
        elif kind == "zip":
            yield from _zip_entries(root)
        else:
            yield from _tar_entries(root, kind)
    except DAMAGE as problem:
        what = "folder" if kind == "folder" else "archive"
        raise BadInput(f"{root}: truncated or damaged {what} ({problem})") from None


def listing(root: Path) -> list[tuple[str, int, int]]:
    """(name, size, time of the last change in ns) of the files of a folder, sorted, without reading them.

    Raises
    ------
    OSError where it cannot be looked into.
    """
    found = []
    for name, path, is_folder in _walk(root, root, ()):
        if not is_folder and not is_left_behind(name):
            status = path.stat()
            found.append((name, status.st_size, status.st_mtime_ns))
    return sorted(found)


def _kind(root: Path) -> str:
    """folder, zip, tar, gz, xz or bz2: by the first bytes, else by the ending."""
    if root.is_dir():
        return "folder"
    if not root.is_file():
        raise BadInput(f"{root}: no such folder or archive")
    with _readable(root), root.open("rb") as stream:
        start = stream.read(265)
    for first, kind in _FIRST_BYTES.items():
        if start.startswith(first):
            return kind
    if start[257:262] == b"ustar":
        return "tar"
    if root.suffix.lower() in _SUFFIXES:
        return _SUFFIXES[root.suffix.lower()]
    raise BadInput(f"{root}: neither a folder nor an archive (.zip, .tar, .tar.gz, .tar.xz, .tar.bz2)")


@contextmanager
def _readable(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise BadInput(f"{root}: cannot be read ({problem.strerror})") from None


def _folder_entries(root: Path) -> Iterator[Entry]:
    for name, path, is_folder in _walk(root, root, ()):
        size = 0 if is_folder or is_left_behind(name) else _size(root, name, path)
        yield name, size, None if is_folder else path.read_bytes


def _size(root: Path, name: str, path: Path) -> int:
    if path.is_symlink() and not path.exists():
        raise BadInput(f"{root}: {name}: a link to {os.readlink(path)}, which is not there")
    return path.stat().st_size


def _walk(root: Path, folder: Path, above: tuple[str, ...]) -> Iterator[tuple[str, Path, bool]]:
    """(name, path, is a folder) of all below; a link back to a folder above is not followed."""
    here = os.path.realpath(folder)
    if here in above:
        return
    for path in sorted(folder.iterdir()):
        name = path.relative_to(root).as_posix()
        is_folder = path.is_dir()
        yield name, path, is_folder
        if is_folder and not is_left_behind(path.name):
            yield from _walk(root, path, (*above, here))


def _zip_entries(root: Path) -> Iterator[Entry]:
    with zipfile.ZipFile(root) as archive:
        for member in archive.infolist():
            name = _checked(root, member.filename, stat.S_ISLNK(member.external_attr >> 16))
            is_folder = member.is_dir() or name.endswith("/")
            yield name, member.file_size, None if is_folder else partial(archive.read, member)


def _tar_entries(root: Path, kind: str) -> Iterator[Entry]:
    with _STREAMS[kind](root, "rb") as stream, tarfile.open(fileobj=stream, mode="r:") as archive:
        end = 0
        for member in archive:
            name = _checked(root, member.name, not (member.isfile() or member.isdir()))
            yield name, member.size, None if member.isdir() else partial(_read_member, archive, member)
            end = member.offset_data + -(-member.size // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE
        _check_end(stream, end)


def _read_member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    with archive.extractfile(member) as stream:
        return stream.read()


def _checked(root: Path, name: str, link: bool) -> str:
    """The member's name with slashes, as Windows writes none."""
    slashed = name.replace("\\", "/")
    path = PurePosixPath(slashed)
    if path.is_absolute() or ".." in path.parts or (path.parts and ":" in path.parts[0]):
        raise BadInput(f"{root}: {name}: the path of this member leaves the archive's folder")
    if link and not is_left_behind(slashed):
        raise BadInput(f"{root}: {name}: a link or a special file; only files and folders are allowed")
    return slashed


def _check_end(stream: BinaryIO, end: int) -> None:
    """tarfile takes a cut or a damaged header for the end of the archive; the real end is blocks of zeros."""
    zeros = True
    while block := stream.read(2**20):
        zeros = zeros and not block.strip(b"\0")
    if not zeros or stream.tell() < end + tarfile.BLOCKSIZE:
        raise tarfile.ReadError("it does not end as an archive does")
