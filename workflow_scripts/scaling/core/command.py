"""A function's signature as a command line: what lets a rule, or a person in a shell, call one library function."""

import argparse
import inspect
import json
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from scaling.core.errors import BadInput


def command(function: Callable[..., None]) -> None:
    """Parse sys.argv by the signature of `function` and call it.

    Each parameter becomes an option `--name`. Paths, strings and numbers are read as such, `list[...]` takes
    any number of values, and every other type (a dict, a pydantic model) takes JSON that is validated
    against the annotation. The docstring is the help. A `BadInput` ends the program with its one line.
    """
    parser = argparse.ArgumentParser(description=inspect.getdoc(function))
    hints = get_type_hints(function)
    for name, parameter in inspect.signature(function).parameters.items():
        required = parameter.default is inspect.Parameter.empty
        kind = _without_none(hints[name])
        options: dict[str, Any] = {"required": required, "default": None if required else parameter.default}
        if get_origin(kind) is list:
            options |= {"nargs": "*", "type": _reader(get_args(kind)[0])}
        else:
            options["type"] = _reader(kind)
        parser.add_argument(f"--{name.replace('_', '-')}", dest=name, **options)
    try:
        function(**vars(parser.parse_args()))
    except BadInput as problem:
        sys.exit(f"error: {problem}")


def _without_none(kind: Any) -> Any:
    if get_origin(kind) in (Union, types.UnionType):
        (kind,) = (part for part in get_args(kind) if part is not types.NoneType)
    return kind


def _reader(kind: Any) -> Callable[[str], Any]:
    if kind in (str, int, float, Path):
        return kind
    adapter = TypeAdapter(kind)

    def read(text: str) -> Any:
        try:
            return adapter.validate_python(json.loads(text))
        except (json.JSONDecodeError, ValidationError) as problem:
            raise argparse.ArgumentTypeError(str(problem)) from None

    return read
