"""Things that are chosen by name, a file each: the files of a folder are the list, and nothing is imported to read it.

What is chosen is imported, and hashed for the fingerprint of a step, by its name alone: a new file in the folder
changes nothing for those who chose another.
"""

import importlib
from pathlib import Path
from types import ModuleType

from scaling.core.errors import BadInput

SCALING = Path(__file__).parents[1]


class Registry:
    """The modules of a package of the library, under their names in any case: "CNN" is cnn.py.

    Parameters
    ----------
    package : below `scaling`, e.g. "networks.models".
    what : one of its modules, in a word, for the line of an error.
    """

    def __init__(self, package: str, what: str) -> None:
        self.package, self.what = package, what

    @property
    def folder(self) -> Path:
        """Where the files are."""
        return SCALING.joinpath(*self.package.split("."))

    def names(self) -> list[str]:
        """All names, sorted; a file that begins with _ is no choice."""
        return sorted(file.stem for file in self.folder.glob("*.py") if not file.stem.startswith("_"))

    def check(self, name: str) -> str:
        """The name of the file, whose letters may be of another case.

        Raises
        ------
        BadInput in one line if there is no such file.
        """
        names = self.names()
        found = [name] if name in names else [known for known in names if known.lower() == name.lower()]
        if not found:
            where = f"files of scaling/{'/'.join(self.package.split('.'))}"
            raise BadInput(f"{self.what} {name!r} is not one of {', '.join(names)} ({where})")
        return found[0]

    def module(self, name: str) -> str:
        """The full name of the module, e.g. "scaling.networks.models.cnn"; raises what `check` does."""
        return f"scaling.{self.package}.{self.check(name)}"

    def load(self, name: str) -> ModuleType:
        """The module itself, imported; raises what `check` does."""
        return importlib.import_module(self.module(name))
