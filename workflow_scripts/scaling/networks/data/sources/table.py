"""A table of numbers, a row for each point: the last column is what is to be predicted, numbers or names of classes.

A file with a line of heads, its columns apart by tabs, or by commas where the name ends in .csv. Rows are put into a
random order, always the same; the first `test_fraction` of them are the test points. Numbers are shifted and scaled to
mean 0 and variance 1 on the training points. With `targets: classes`, numbers in the last column are names of classes.
"""

import csv
from functools import cache
from math import fsum, sqrt
from pathlib import Path
from typing import Any

import numpy as np

from scaling.core.errors import BadInput
from scaling.networks.data.arrays import VectorArrays
from scaling.networks.data.sizes import Sizes
from scaling.networks.data.subsets import shuffled
from scaling.networks.shape import Shape

KIND = "vectors"
TAKES = ("test_fraction", "targets")
TEST_FRACTION = 0.2
MAX_BYTES = 2**28
MISSING = ("", "na", "n/a", "nan", "none", "null", "?")  # in any capitals: what tables say where there is nothing


def load(settings: Any) -> tuple[VectorArrays, list[str]]:
    """The table's rows; the names of the classes in order, none where the last column has numbers."""
    path = Path(settings.root)
    numbers, answers = _read(path, _state(path), settings.targets)
    test, train = np.split(shuffled(len(numbers), "table"), [_test_points(len(numbers), settings)])
    numbers = _standard(numbers, numbers[train]).astype(np.float32)
    if isinstance(answers, tuple):
        classes = _in_order(set(answers))
        number = {name: index for index, name in enumerate(classes)}
        targets = np.array([number[name] for name in answers], np.int64)
    else:
        classes, targets = [], _standard(answers[:, None], answers[train][:, None]).astype(np.float32)
    return VectorArrays(numbers[train], targets[train], numbers[test], targets[test]), classes


def check(settings: Any) -> None:
    """There must be such a table."""
    if not settings.root:
        raise ValueError("root: a data set of source table needs a path")
    numbers, _ = _read(Path(settings.root), _state(Path(settings.root)), settings.targets)
    if not 0 < _test_points(len(numbers), settings) < len(numbers):
        raise ValueError(f"test_fraction: leaves no training or no test point of {len(numbers)}")


def sizes(settings: Any) -> Sizes:
    """From the table itself."""
    numbers, answers = _read(Path(settings.root), _state(Path(settings.root)), settings.targets)
    test = _test_points(len(numbers), settings)
    outputs = len(set(answers)) if isinstance(answers, tuple) else 1
    return Sizes(Shape((numbers.shape[1],), KIND), outputs, len(numbers) - test, test)


def files(settings: Any) -> list[str]:
    """The table."""
    return [settings.root]


def _test_points(rows: int, settings: Any) -> int:
    return round((getattr(settings, "test_fraction", None) or TEST_FRACTION) * rows)


def _state(path: Path) -> tuple[int, int]:
    if not path.is_file():
        raise BadInput(f"{path}: no such file")
    return path.stat().st_size, path.stat().st_mtime_ns


@cache
def _read(path: Path, state: tuple[int, int], wanted: str | None) -> tuple[np.ndarray, np.ndarray | tuple[str, ...]]:
    """(numbers [n, d], the last column: [n] numbers, or names)."""
    if state[0] > MAX_BYTES:
        raise BadInput(f"{path}: {state[0]} bytes; at most {MAX_BYTES} are allowed")
    comma = path.suffix.lower() == ".csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            heads, *rows = list(csv.reader(stream, delimiter="," if comma else "\t")) or [[]]
    except (UnicodeDecodeError, csv.Error) as problem:
        raise BadInput(f"{path}: not a table in UTF-8 ({problem})") from None
    rows = [[text.strip() for text in row] for row in rows if row]
    if len(heads) < 2 or len(rows) < 2:
        raise BadInput(
            f"{path}: {len(heads)} columns, apart by {'commas' if comma else 'tabs'}, and {len(rows)} rows; two of "
            "each, below a line of heads, are needed"
        )
    if all(_number(head) is not None for head in heads):
        raise BadInput(f"{path}: the first line holds numbers alone; a line of heads is needed before the rows")
    for line, row in enumerate(rows, 1):
        if len(row) != len(heads):
            raise BadInput(f"{path}: row {line} has {len(row)} columns, not {len(heads)}")
    *columns, last = zip(*rows, strict=True)
    numbers = np.column_stack([_numbers(path, head, of_it) for head, of_it in zip(heads, columns, strict=False)])
    return numbers, _targets(path, heads[-1], last, wanted)


def _targets(path: Path, head: str, column: tuple[str, ...], wanted: str | None) -> np.ndarray | tuple[str, ...]:
    """Numbers, or names of classes: never some of each, and never only one."""
    missing = [line for line, text in enumerate(column, 1) if text.lower() in MISSING]
    if missing:
        raise BadInput(f"{path}: {head!r} of row {missing[0]} is {column[missing[0] - 1]!r}; a target is needed")
    if len(set(column)) < 2:
        raise BadInput(f"{path}: {head!r} is {column[0]!r} in all rows; there is nothing to be predicted")
    numeric = [_number(text) is not None for text in column]
    if wanted == "classes" or not (wanted or any(numeric)):
        return column
    if not (wanted or all(numeric)):
        line = numeric.index(False)
        raise BadInput(
            f"{path}: {head!r} of row {line + 1} is {column[line]!r}, and other rows have numbers; for names of "
            "classes say targets: classes"
        )
    return _numbers(path, head, column)


def _in_order(names: set[str]) -> list[str]:
    """By number where all names are numbers, else as texts."""
    values = {name: _number(name) for name in names}
    return sorted(names) if None in values.values() else sorted(names, key=lambda name: (values[name], name))


def _number(text: str) -> float | None:
    """What a text says, None if that is no number."""
    try:
        return None if "_" in text else float(text)
    except ValueError:
        return None


def _numbers(path: Path, head: str, column: tuple[str, ...]) -> np.ndarray:
    values = [_number(text) for text in column]
    for line, value in enumerate(values):
        if value is None or not np.isfinite(value):
            raise BadInput(f"{path}: {head!r} of row {line + 1} is {column[line]!r}; allowed: finite numbers")
    return np.array(values, np.float64)


def _standard(values: np.ndarray, training: np.ndarray) -> np.ndarray:
    """Columns of mean 0 and variance 1 on the training points; one that never changes is 0."""
    done = np.empty_like(values)
    for index, column in enumerate(training.T):
        mean = fsum(column) / len(column)
        deviation = sqrt(fsum((column - mean) ** 2) / len(column))
        done[:, index] = (values[:, index] - mean) / (deviation or 1.0)
    return done
