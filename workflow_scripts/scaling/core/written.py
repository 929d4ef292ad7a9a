"""What people write in a configuration: text in UTF-8, and numbers that YAML takes for something else."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from scaling.core.errors import BadInput

#: Keys whose values are names or paths, and never numbers.
NAMES = {"root", "name", "file", "source", "family", "dataset", "preset", "published_curves", "variants", "norms"}
NAMES |= {"fragility", "precision_audit", "columns", "given_as"}
#: 1e-3: text in YAML 1.1, which wants a point and a sign, 1.0e-3.
_EXPONENT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)[eE][+-]?\d+")
_OCTAL = re.compile(r"[+-]?0[0-9_]+")
_SIXTIES = re.compile(r"[+-]?\d[\d_]*(:[0-5]?\d)+(\.\d*)?")


def with_numbers(value: Any) -> Any:
    """The same settings with text like 1e-3 as numbers, whole ones as integers; names and paths stay as they are."""
    if isinstance(value, dict):
        return {_number(key): each if key in NAMES else with_numbers(each) for key, each in value.items()}
    if isinstance(value, list):
        return [with_numbers(each) for each in value]
    return _number(value)


def _number(value: Any) -> Any:
    if not isinstance(value, str) or not _EXPONENT.fullmatch(value):
        return value
    number = float(value)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def text_of(file: str | Path) -> str:
    """The text of a configuration file, which is UTF-8; BadInput that names the line where it is not."""
    content = Path(file).read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        raise BadInput(
            f"{file}, line {line}: not UTF-8 (byte 0x{content[problem.start]:02x}); save the file in that encoding"
        ) from None


class _WithoutAnchors(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def as_yaml(settings: Any) -> str:
    """Settings as YAML that a person reads: in the order given, and what is there twice is written twice."""
    return yaml.dump(
        settings, Dumper=_WithoutAnchors, default_flow_style=None, sort_keys=False, allow_unicode=True, width=100
    )


def check_files(files: Iterable[str | Path]) -> None:
    """Refuse what YAML would read as another number than is written, and a key that is there twice.

    Raises
    ------
    BadInput that names file, line and key: text that is not UTF-8, 0100 (64 in YAML: octal), 1:30 (90), a second
    `seeds` in one section.
    """
    for file in files:
        with suppress(OSError):  # whoever reads it says so
            _check(text_of(file), str(file))


def check_words(words: Iterable[str]) -> None:
    """The same of a command line's words: of each KEY=VALUE behind --config."""
    behind = False
    for word in words:
        if word.startswith("-"):
            behind = word in ("--config", "-C")
        elif behind and (given := re.fullmatch(r"(\w+)=(.*)", word, re.DOTALL)):
            _check(given[2], "--config", (given[1],))


def _check(text: str, source: str, above: tuple[str, ...] = ()) -> None:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return  # whoever reads it says so
    for node, path in _scalars(root, above, source):
        where = f"{source}, line {node.start_mark.line + 1}: config key {'.'.join(path)}: {node.value}"
        if node.tag == "tag:yaml.org,2002:int" and _OCTAL.fullmatch(node.value):
            raise BadInput(f"{where} {_octal(node)}")
        if node.tag.endswith((":int", ":float")) and _SIXTIES.fullmatch(node.value):
            raise BadInput(f"{where} is {yaml.safe_load(node.value)} in YAML, a number in sixties; write the number")


def _octal(node: yaml.ScalarNode) -> str:
    """What is to be said of a number that begins with 0."""
    before = (node.start_mark.buffer or "")[: node.start_mark.pointer]
    if parts := re.search(r"(\d+),$", before):
        return (
            f"is a value of its own in YAML, beside {parts[1]}; numbers are written with a decimal point and without "
            f"separators of thousands, not {parts[1]},{node.value}"
        )
    read, meant = yaml.safe_load(node.value), int(node.value.replace("_", ""))
    return f"is the octal number {read} in YAML; write {meant}" + f", or {read} if that is meant" * (read != meant)


def _scalars(
    node: Any, path: tuple[str, ...], file: str, above: tuple[int, ...] = ()
) -> Iterator[tuple[yaml.ScalarNode, tuple[str, ...]]]:
    """The plain values of a file, and the keys that lead to each."""
    if id(node) in above:
        raise BadInput(
            f"{file}, line {node.start_mark.line + 1}: config key {'.'.join(path)}: its anchor stands inside itself"
        )
    above = (*above, id(node))
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen and key.tag != "tag:yaml.org,2002:merge":
                raise BadInput(
                    f"{file}, line {key.start_mark.line + 1}: config key {'.'.join((*path, name))} is there twice"
                )
            seen.add(name)
            if isinstance(key, yaml.ScalarNode) and key.style is None:
                yield key, (*path, name)
            yield from _scalars(value, (*path, name), file, above)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _scalars(value, (*path, str(index)), file, above)
    elif isinstance(node, yaml.ScalarNode) and node.style is None:
        yield node, path
