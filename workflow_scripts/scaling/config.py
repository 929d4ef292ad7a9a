"""The typed configuration: the settings of all rooms together, and one clear line for what is not allowed.

Every room states its keys in its module `settings`, in a class `Settings`. Rules import this module, and of the steps
those that speak of a whole study.
"""

import difflib
import importlib
import types
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, Field, ValidationError, create_model

from scaling.core.errors import BadInput
from scaling.core.settings import laid_over, what_is_wrong
from scaling.core.written import text_of, with_numbers
from scaling.networks.families import beside

ROOMS = sorted(file.parent.name for file in Path(__file__).parent.glob("*/settings.py") if file.parent.name != "core")

#: The whole configuration, with the preset filled in: `preset`, and the keys of every room.
Study = create_model(
    "Study",
    __base__=tuple(importlib.import_module(f"scaling.{room}.settings").Settings for room in ROOMS),
    preset=(str, Field(description="the preset that was chosen")),
)


def read_study(config: dict[str, Any], files: Iterable[str | Path] = ()) -> Study:
    """Fill in the preset, apply the overrides, validate.

    Parameters
    ----------
    config : the parsed config.yaml, as changed from the command line: `preset`, `presets` (name -> settings),
        `common` (settings of every preset), and at the top level any setting that overrides the preset's.
    files : where it was read from: a model's file may stand beside one of them.

    Raises
    ------
    BadInput with one line that names the key and what is allowed.
    """
    overrides = {key: value for key, value in config.items() if key not in ("presets", "common", "preset")}
    presets = config.get("presets")
    if not isinstance(presets, dict) or not presets:
        raise BadInput(
            "config key presets: missing; a whole configuration of your own needs it, and `preset` to choose one of "
            "them (to change single settings of config.yaml use --configfile or --config)"
        )
    preset = config.get("preset")
    if preset not in list(presets):  # a list, since what was given need not be hashable
        raise BadInput(f"config key preset: {preset!r} is not one of {', '.join(presets)}")
    settings = _merge(_merge(config.get("common", {}), presets[preset]), overrides)
    for cell in (settings.get("cells") or {}).values() if isinstance(settings.get("cells"), dict) else ():
        if isinstance(cell, dict) and isinstance(cell.get("family"), str):
            cell["family"] = beside(cell["family"], [Path(file).parent for file in files])
    try:
        settings = {"preset": preset} | with_numbers(settings)
        return Study.model_validate(settings)
    except ValidationError as problem:
        raise BadInput(_one_line(problem, settings)) from None


def read_files(files: Sequence[Path], preset: str | None = None) -> Study:
    """The study of configuration files as Snakemake reads them, each on top of those before; raises as `read_study`."""
    config: dict[str, Any] = {}
    for file in files:
        try:
            content = yaml.safe_load(text_of(file))
        except (OSError, yaml.YAMLError) as problem:
            raise BadInput(f"{file}: not a configuration file ({' '.join(str(problem).split())})") from None
        if not isinstance(content, dict | None):
            raise BadInput(f"{file}: not a configuration file (keys and their values are needed, as in preset: quick)")
        config = laid_over(config, content or {})
    return read_study(config | ({} if preset is None else {"preset": preset}))


def _merge(base: Any, over: Any) -> Any:
    """`over` on top of `base`, dictionaries key by key; None takes a key of a dictionary away."""
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    merged = {key: _merge(base.get(key), value) for key, value in over.items()}
    return {key: value for key, value in (base | merged).items() if value is not None}


def _one_line(problem: ValidationError, settings: dict[str, Any]) -> str:
    errors = problem.errors(include_url=False)
    # A key that is missing may be there under another name.
    error = next((each for each in errors if each["type"] == "extra_forbidden"), errors[0])
    if error["loc"][:-1] != errors[0]["loc"][:-1]:
        error = errors[0]
    error = _all_that_is_allowed(error, errors, settings)
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        known = _keys_beside(error["loc"])
        close = difflib.get_close_matches(str(error["loc"][-1]), known, n=1)
        hint = f" (did you mean {close[0]}?)" if close else ""
        return f"config key {key}: unknown{hint}; allowed: {', '.join(known)}"
    return f"config key {key}: {what_is_wrong(error)}" if key else f"config key {what_is_wrong(error)}"


def _all_that_is_allowed(error: Any, errors: list[Any], settings: dict[str, Any]) -> Any:
    """An error that says all of what a key may be, where it may be of several types: there is one for each of them."""
    same = [each for each in errors if each["loc"][:-1] == error["loc"][:-1] and each["input"] is error["input"]]
    kinds = [each for each in same if not _is_key(each["loc"], settings)]
    if len(kinds) < 2 or error not in kinds or error["loc"][-1] in _keys_beside(error["loc"]):
        return error
    words = " or ".join(each["msg"].removeprefix("Input should be ") for each in kinds)
    return error | {"loc": error["loc"][:-1], "msg": f"Input should be {words}"}


def _is_key(location: tuple, settings: Any) -> bool:
    """Whether the last part of an error's location is a key of the settings, and not a type that was tried."""
    for part in location[:-1]:
        settings = settings[part] if _has(settings, part) else settings
    return bool(location) and _has(settings, location[-1])


def _has(settings: Any, part: str | int) -> bool:
    if isinstance(settings, list):
        return isinstance(part, int) and part < len(settings)
    return isinstance(settings, dict) and part in settings


def _keys_beside(location: tuple) -> list[str]:
    """The keys that the section holding `location` knows."""
    kind: Any = Study
    for part in location[:-1]:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            kind = kind.model_fields[part].annotation if part in kind.model_fields else Study
        else:
            kind = get_args(kind)[-1]
        if get_origin(kind) in (Union, types.UnionType):
            kind = next(option for option in get_args(kind) if option is not types.NoneType)
    return sorted(kind.model_fields) if isinstance(kind, type) and issubclass(kind, BaseModel) else []
