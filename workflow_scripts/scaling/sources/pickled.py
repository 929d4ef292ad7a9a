"""Reading a pickled NumPy array that somebody else made, without running what it says.

A pickle is a program: it names any function and has it called. NumPy's own reconstruction is no safe subset either (the
state of a pickled dtype can have raw bytes taken for object pointers). So the few names that a pickled array needs are
bound to the inert records below; they hold what the pickle says, and the arrays are made from it by us.
"""

import pickle
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from scaling.core.errors import BadInput

LARGEST_FILE = 64 * 2**20  # bytes; the authors' largest has 0.7 MB


def read_pickled(path: str | Path) -> Any:
    """What `numpy.save` of a Python object wrote: plain containers, text, numbers, NumPy arrays and scalars of numbers.

    Raises
    ------
    BadInput (one line) if the file is missing, too large, not an .npy file of an object, damaged, or asks for anything
    but those; nothing that it asks for has been run then.
    """
    path = Path(path)
    if not path.is_file():
        raise BadInput(f"{path}: no such file")
    if path.stat().st_size > LARGEST_FILE:
        raise BadInput(f"{path}: larger than {LARGEST_FILE} bytes, which no file of mean curves is")
    try:
        with path.open("rb") as stream:
            _skip_header(stream)
            (content,) = np.ravel(_plain(_Unpickler(stream).load()))
    except BadInput as problem:
        raise BadInput(f"{path}: {problem}") from None
    except Exception as problem:  # a damaged pickle may fail in any way
        raise BadInput(f"{path}: not a pickled NumPy object ({type(problem).__name__}: {problem})") from None
    return content


def _skip_header(stream: BinaryIO) -> None:
    version = np.lib.format.read_magic(stream)
    read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    _, _, dtype = read_header(stream)
    if dtype.kind != "O":
        raise BadInput(f"holds an array of {dtype}, not a pickled object")


class _Record:
    """What a pickle gives for one object: the arguments of its making, then its state."""

    def __init__(self, *arguments: Any) -> None:
        self.arguments, self.state = arguments, None

    def __setstate__(self, state: Any) -> None:
        self.state = state


class _Array(_Record):
    """numpy's _reconstruct(type, shape, code), and ndarray's state (version, shape, dtype, is_fortran, data)."""

    def value(self) -> np.ndarray:
        _, shape, dtype, is_fortran, data = self.state
        order = "F" if is_fortran else "C"
        if dtype.value().kind != "O":
            return np.frombuffer(data, dtype.value()).reshape(shape, order=order).copy()
        array = np.empty(len(data), dtype=object)
        array[:] = [_plain(item) for item in data]
        return array.reshape(shape, order=order)


class _Dtype(_Record):
    """numpy.dtype(code, align, copy), and its state (version, byte order, subarray, names, fields, ...)."""

    def value(self) -> np.dtype:
        code, (_, byte_order, *compound) = self.arguments[0], self.state
        if code == "O8" and compound[:3] == [None] * 3:
            return np.dtype(object)
        dtype = np.dtype(code)
        if dtype.kind not in "biufcU" or compound[:3] != [None] * 3:
            raise BadInput(f"refused: an array of type {code!r}; numbers and text are read")
        return dtype.newbyteorder(byte_order)


class _Scalar(_Record):
    """numpy's scalar(dtype, bytes)."""

    def value(self) -> Any:
        dtype, data = self.arguments
        if dtype.value().kind == "O":
            raise BadInput("refused: a scalar that is an object")
        return np.frombuffer(data, dtype.value())[0]


class _Name(_Record):
    """A type that is only named (numpy.ndarray, as the argument of _reconstruct)."""


ADMITTED = {("numpy", "ndarray"): _Name, ("numpy", "dtype"): _Dtype} | {
    (f"numpy.{core}.multiarray", name): record
    for core in ("core", "_core")  # before and after NumPy 2
    for name, record in (("_reconstruct", _Array), ("scalar", _Scalar))
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> type[_Record]:
        if (module, name) not in ADMITTED:
            raise BadInput(
                f"refused: the pickle asks for {module}.{name}; only NumPy arrays and plain containers are read"
            )
        return ADMITTED[module, name]


def _plain(content: Any) -> Any:
    """The content with every record made into the array or number that it describes."""
    if isinstance(content, _Array | _Scalar):
        return content.value()
    if isinstance(content, dict):
        return {_plain(key): _plain(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return type(content)(_plain(item) for item in content)
    if content is None or isinstance(content, bool | int | float | complex | str | bytes):
        return content
    raise BadInput(
        f"refused: an object of type {type(content).__name__}; only NumPy arrays and plain containers are read"
    )
