"""A family of networks by its name: a file of this library, a collection of models, or somebody's own function.

| name | is |
| --- | --- |
| CNN | the file cnn.py of scaling/networks/models, in any case |
| torchvision:resnet18 | a model of a collection: a file of scaling/networks/providers |
| my_package.my_module:build | a function of a module that Python finds, also in the folder that one works in |
| nets/mine.py:build, nets/mine.py | a function of a file (`build` if none is named); ~ and $VARIABLES are expanded |

A function takes (shape, outputs, **sizes) and gives a torch.nn.Module. Nothing but the standard library is
imported here.
"""

import hashlib
import importlib
import importlib.metadata
import importlib.util
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache, partial
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

from scaling.core.errors import BadInput
from scaling.core.paths import expanded
from scaling.networks.models import FAMILIES
from scaling.networks.own_code import blamed
from scaling.networks.providers import PROVIDERS


def check_family(family: str) -> None:
    """Raise BadInput, in one line, unless there is such a family; no code of it is run."""
    kind, where, _ = _parts(family)
    if kind == "library":
        if any(mark in family for mark in ".:/"):
            collections = ", ".join(f"{name}:NAME" for name in PROVIDERS.names())
            raise BadInput(
                f"family: {family!r} is no model; allowed: a file of scaling/networks/models, {collections}, "
                "package.module:function, FILE.py, FILE.py:function"
            )
        try:
            FAMILIES.check(family)
        except BadInput as problem:
            raise BadInput(f"{problem}{_near(f'{family}.py')}") from None
    elif kind == "file" and not Path(where).is_file():
        raise BadInput(f"family: {where}: no such file (looked for from {os.getcwd()}){_near(where)}")
    elif kind == "collection" and not _installed(where):
        raise BadInput(f"family: {family}: the package {where} is not installed here; pip install {where} adds it")
    elif kind == "module" and _origin(where) is None:
        raise BadInput(f"family: {family}: Python finds no module {where} (looked also in {os.getcwd()})")


def find_build(family: str) -> Callable[..., Any]:
    """The function build(shape, outputs, **sizes) of a family.

    Raises
    ------
    BadInput in one line that names the file, and the line in it, of what does not work.
    """
    check_family(family)
    kind, where, name = _parts(family)
    with blamed(f"family {family}"):
        if kind == "library":
            module, name = FAMILIES.load(family), "build"
        elif kind == "collection":
            return partial(PROVIDERS.load(where).build, name)
        else:
            module = _from_file(where) if kind == "file" else _imported(where)
    build = getattr(module, name, None)
    if not callable(build):
        raise BadInput(f"family {family}: {module.__file__} has no function {name}(shape, outputs, ...)")
    return build


def beside(family: str, folders: Iterable[Path]) -> str:
    """The name of a family; of a file that is not where one works but in one of the folders, its path there."""
    kind, where, name = _parts(family)
    if kind != "file" or Path(where).is_absolute() or Path(where).is_file():
        return family
    found = next((folder / where for folder in folders if (folder / where).is_file()), None)
    return family if found is None else f"{os.path.relpath(found)}:{name}"


def fingerprinted(family: str) -> list[str]:
    """What the fingerprint of a training covers of a family, as scaling.core.fingerprint takes it."""
    kind, where, _ = _parts(family)
    if kind == "library":
        return [FAMILIES.module(family)]
    if kind == "collection":
        return [PROVIDERS.module(where), f"version:{where}={importlib.metadata.version(where)}"]
    origin = where if kind == "file" else _origin(where)
    return [f"file:{Path(origin).resolve()}"]


def _parts(family: str) -> tuple[str, str, str]:
    """(kind, where, name) of a family's name."""
    where, colon, name = family.rpartition(":")
    if family.lower().endswith(".py"):
        return "file", expanded(family), "build"
    if colon and where.lower().endswith(".py"):
        return "file", expanded(where), name
    if colon and where.lower() in PROVIDERS.names():
        return "collection", where.lower(), name
    if colon and all(part.isidentifier() for part in (*where.split("."), name)):
        return "module", where, name
    return "library", family, "build"


def _near(file: str) -> str:
    """A hint at a file of that name in other capitals, or in these."""
    folder, name = os.path.split(file)
    with suppress(OSError):
        found = [there for there in sorted(os.listdir(folder or ".")) if there.lower() == name.lower()]
        return f"; is it {os.path.join(folder, found[0])}?" if found else ""
    return ""


def _installed(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except (ImportError, ValueError):
        return False


def _origin(module: str) -> str | None:
    """The file of a module, found without running it (its packages are run)."""
    try:
        _look_in(os.getcwd())
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError, AttributeError):
        return None
    return spec.origin if spec and spec.origin and spec.origin.endswith(".py") else None


def _imported(module: str) -> Any:
    _look_in(os.getcwd())
    return importlib.import_module(module)


def _from_file(file: str) -> Any:
    path = Path(file).resolve()
    stat = path.stat()
    _look_in(str(path.parent))
    return _executed(path, stat.st_mtime_ns, stat.st_size)


@cache
def _executed(path: Path, changed: int, size: int) -> Any:
    """The module that a file is; once for each state of the file, so that its classes are the same ones."""
    name = f"own_model_{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:16]}"
    spec = importlib.util.spec_from_file_location(name, path, loader=SourceFileLoader(name, str(path)))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


#: The folders that were added to Python's path, and the modules that were there before.
_before: dict[str, set[str]] = {}
#: The modules of those that are not on the path now.
_aside: dict[str, dict[str, Any]] = {}


def _look_in(folder: str) -> None:
    """One more folder, after all others, in which Python looks for modules, until the next model's.

    It stays: a function may import when it is called. The folder of the model before goes, and its modules with it: a
    module of the same name is another one here.
    """
    for other in [other for other in _before if other != folder and other in sys.path]:
        sys.path.remove(other)
        new = [name for name in sys.modules if "." not in name and name not in _before[other]]
        tops = {name for name in new if _lies_in(name, other)}
        theirs = [name for name in sys.modules if name.partition(".")[0] in tops]
        _aside[other] = {name: sys.modules.pop(name) for name in theirs}
    if folder not in sys.path:
        sys.path.append(folder)
        _before.setdefault(folder, set(sys.modules))
        sys.modules.update(_aside.pop(folder, {}))


def _lies_in(name: str, folder: str) -> bool:
    """Whether a module is a file, or a package, of the folder itself."""
    module = sys.modules[name]
    file = getattr(module, "__file__", None)
    places = [Path(file)] if file else [Path(place, "__init__.py") for place in getattr(module, "__path__", ())]
    return any(place in (Path(folder, f"{name}.py"), Path(folder, name, "__init__.py")) for place in places)
