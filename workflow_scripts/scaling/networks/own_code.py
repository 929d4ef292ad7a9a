"""A mistake in somebody's own file, in one line that names the file and the line in it."""

import sysconfig
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scaling.core.errors import BadInput

_LIBRARY = Path(__file__).parents[1]
_MODELS = Path(__file__).parent / "models"
_NOT_THEIRS = tuple(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib"))


@contextmanager
def blamed(what: str) -> Iterator[None]:
    """Turn whatever the code inside raises into a BadInput: `what`, the last place in a file of the user's, the error.

    BadInput, which says its line already, passes, and so does a want of memory.
    """
    try:
        yield
    except (BadInput, MemoryError):
        raise
    except SyntaxError as problem:
        place = "" if problem.filename is None else f"{problem.filename}, line {problem.lineno}: "
        raise BadInput(f"{what}: {place}{problem.msg}") from problem
    except (Exception, SystemExit) as problem:
        if type(problem).__name__ == "OutOfMemoryError":  # of torch, which is not imported here
            raise
        said = " ".join(str(problem).split()) or "no message"
        raise BadInput(f"{what}: {_place(problem)}{type(problem).__name__}: {said[:300]}") from problem


def _place(problem: BaseException) -> str:
    """'FILE, line N: ' of the last frame in a file that is neither Python's, nor a package's, nor this library's."""
    for frame in reversed(traceback.extract_tb(problem.__traceback__)):
        file = Path(frame.filename)
        if frame.filename.startswith(("<", *_NOT_THEIRS)):
            continue
        if _LIBRARY in file.parents and _MODELS not in file.parents:
            continue
        return f"{file}, line {frame.lineno}: "
    return ""
