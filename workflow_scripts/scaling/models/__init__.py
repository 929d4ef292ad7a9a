"""Model families, one file each: a new family is one new module in this folder with a function `build`."""

import pkgutil

_NO_FAMILIES = ("build", "layers")


def families() -> list[str]:
    """The families there are: every module of this package but the machinery."""
    modules = [module.name for module in pkgutil.iter_modules(__path__)]
    return sorted(name for name in modules if name not in _NO_FAMILIES)
