"""Write the generated part of docs/configuration.md, and docs/config.schema.json, from the settings of all rooms.

    python docs/generate_configuration.py

Run it after a change of any settings.py; tests/workflow/test_docs.py tells when it was forgotten.
"""

import importlib
import json
import re
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import BaseModel
from pydantic.fields import FieldInfo

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "workflow_scripts"))

from scaling.config import ROOMS, Study  # noqa: E402
from scaling.core.settings import Distinct  # noqa: E402
from scaling.networks.settings import Training  # noqa: E402

PAGE, SCHEMA = ROOT / "docs" / "configuration.md", ROOT / "docs" / "config.schema.json"
MARK = "<!-- What follows is written by docs/generate_configuration.py. -->\n"
KINDS = {int: "whole number", float: "number", str: "text", bool: "true or false"}
MANY = {
    "whole number": "whole numbers",
    "number": "numbers",
    "text": "names",
    "pair": "pairs",
    "map": "maps",
    "any value": "any values",
}


def page(written: str) -> str:
    """The configuration page: what is written by hand above the mark, and every key of every room below it."""
    by_hand = written.partition(MARK)[0]
    shown: dict[type[BaseModel], str] = {}
    return by_hand + MARK + "".join(part for room in ROOMS for part in _room(room, shown))


def schema() -> str:
    """The JSON schema of a configuration file: any part of any preset, in which null takes a key away."""
    whole = Study.model_json_schema()
    training = Training.model_json_schema()
    training.pop("$defs", None)
    sections = {name: _partial(section) for name, section in whole["$defs"].items()}
    settings = {name: _or_null(_partial(value)) for name, value in whole["properties"].items() if name != "preset"}
    settings["variants"]["additionalProperties"] = {"$ref": "#/$defs/Training"}
    one = {"$ref": "#/$defs/Settings"}
    own = {
        "preset": {"type": "string", "description": "a key of `presets`: quick, laptop, paper, or one of your own"},
        "presets": {"type": "object", "description": "a name, and its settings", "additionalProperties": one},
        "common": {"description": "settings of every preset"} | one,
    }
    file = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration",
        "type": "object",
        "properties": own | settings,
        "additionalProperties": False,
        "$defs": sections
        | {"Training": _partial(training)}
        | {"Settings": {"type": "object", "properties": settings, "additionalProperties": False}},
    }
    return json.dumps(file, indent=1, ensure_ascii=False) + "\n"


def _partial(node: Any) -> Any:
    """The same schema with nothing required, null allowed for every key, and no titles."""
    if isinstance(node, list):
        return [_partial(each) for each in node]
    if not isinstance(node, dict):
        return node
    kept = {key: value for key, value in node.items() if key not in ("required", "title")}
    kept = {key: value for key, value in kept.items() if (key, value) != ("default", None)}
    for key, value in kept.items():
        if key == "properties":
            kept[key] = {name: _or_null(_partial(each)) for name, each in value.items()}
        elif key == "additionalProperties" and isinstance(value, dict):
            kept[key] = _or_null(_partial(value))
        elif key not in ("default", "enum", "const"):
            kept[key] = _partial(value)
    return kept


def _or_null(value: dict[str, Any]) -> dict[str, Any]:
    """The schema of a value, or of null, which takes the value away."""
    null = {"type": "null"}
    if "anyOf" in value:
        return value if null in value["anyOf"] else value | {"anyOf": [*value["anyOf"], null]}
    if "$ref" in value:
        return {key: each for key, each in value.items() if key != "$ref"} | {"anyOf": [{"$ref": value["$ref"]}, null]}
    if "type" not in value:
        return value
    both = value | {"type": [value["type"], "null"]}
    return both | {"enum": [*value["enum"], None]} if "enum" in value else both


def every_key() -> Iterator[tuple[str, FieldInfo]]:
    """Every key of every section, as section.key, with its field."""
    for room in ROOMS:
        for _, section in _sections(_settings(room)):
            for name, field in section.model_fields.items():
                yield f"{section.__module__}.{section.__name__}.{name}", field


def _settings(room: str) -> type[BaseModel]:
    return importlib.import_module(f"scaling.{room}.settings").Settings


def _sections(section: type[BaseModel], path: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    """The section and all below it, each with where it stands: "", "cells.NAME", "cells.NAME.fit.NAME"."""
    yield path, section
    for name, field in section.model_fields.items():
        inner, within = _inner(field.annotation)
        if inner is not None:
            yield from _sections(inner, ".".join([*filter(None, [path]), name, *within]))


def _inner(kind: Any) -> tuple[type[BaseModel] | None, list[str]]:
    """The section that a key holds, if it does (or a list of them), and "NAME" if it holds one for each name."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind, []
    if get_origin(kind) is dict:
        inner, within = _inner(get_args(kind)[-1])
        return inner, ["NAME", *within]
    if get_origin(kind) in (list, Annotated):
        return _inner(get_args(kind)[0])
    if get_origin(kind) in (Union, types.UnionType):
        return next((found for each in get_args(kind) if (found := _inner(each))[0] is not None), (None, []))
    return None, []


def _room(room: str, shown: dict[type[BaseModel], str]) -> Iterator[str]:
    yield f"\n## {room}\n\nHow it is used: [{room}]({room}.md).\n"
    for path, section in _sections(_settings(room)):
        if path:
            yield f"\n### `{path}`\n\n{_sentence(section.__doc__)}\n"
        if section in shown:
            yield f"\nThe keys are those of `{shown[section]}`.\n"
            continue
        shown[section] = path
        fields = sorted(section.model_fields.items(), key=lambda item: not item[1].is_required())
        yield "\n| key | type | default | meaning |\n| --- | --- | --- | --- |\n"
        for name, field in fields:
            meaning = _plain(field.description or "")
            cells = (f"`{name}`", _type(field.annotation, field.metadata), _default(field), meaning)
            yield f"| {' | '.join(cells)} |\n"


def _plain(text: str) -> str:
    """The text with what Markdown would read as marks escaped, but for what stands between backticks."""
    parts = " ".join(text.split()).replace("|", "\\|").split("`")
    return "`".join(part if between % 2 else re.sub(r"([*<])", r"\\\1", part) for between, part in enumerate(parts))


def _sentence(docstring: str | None) -> str:
    return " ".join((docstring or "").partition("\n\n")[0].split())


def _type(kind: Any, about: list[Any]) -> str:
    """A type in words, with its bounds."""
    while get_origin(kind) is Annotated:
        kind, *more = get_args(kind)
        about = [*about, *more]
    about = [each for one in about for each in (one.metadata if isinstance(one, FieldInfo) else [one])]
    words = next((_names(each) for each in about if _names(each)), _kind(kind))
    if Distinct in about:
        words = words.replace("list of", "list of different", 1)
    bounds = [text for each in about for text in _bounds(each)]
    return f"{words} {' and '.join(bounds)}".strip()


def _names(about: Any) -> str:
    """The names that are allowed, of a setting that is chosen from the files of a folder."""
    choice = next(iter(getattr(getattr(about, "func", None), "args", ())), None)
    return " or ".join(f"`{name}`" for name in choice.names()) if hasattr(choice, "names") else ""


def _bounds(about: Any) -> list[str]:
    if isinstance(about, annotated_types.MinLen):
        return ["(not empty)"]
    signs = (("gt", ">"), ("ge", "≥"), ("lt", "<"), ("le", "≤"))
    return [f"{sign} {getattr(about, name):g}" for name, sign in signs if getattr(about, name, None) is not None]


def _kind(kind: Any) -> str:
    origin, inside = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return "section, below"
    if origin is Literal:
        return " or ".join(f"`{each}`" for each in inside)
    if origin in (Union, types.UnionType):
        return " or ".join(_type(each, []) for each in inside if each is not types.NoneType)
    if origin is list and _inner(kind)[0] is not None:
        return "list of sections, below"
    if origin is list:
        return f"list of {_many(_type(inside[0], []))}"
    if origin is tuple:
        return "pair of numbers"
    if origin is dict:
        if _inner(kind)[0] is not None:
            return "a section for each name, below"
        key = "names" if inside[0] is str else _many(_type(inside[0], []))
        return f"map from {key} to {_many(_type(inside[1], []))}"
    return KINDS.get(kind, "any value")


def _many(words: str) -> str:
    return next((words.replace(one, many, 1) for one, many in MANY.items() if words.startswith(one)), words)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is None:
        return "none"
    if isinstance(value, BaseModel):
        return "its defaults"
    as_written = json.dumps(value, default=lambda section: section.model_dump(exclude_unset=True))
    return f"`{as_written}`".replace('`"', "`").replace('"`', "`")


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    SCHEMA.write_text(schema(), encoding="utf-8")
