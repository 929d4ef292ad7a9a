"""The published tables and fit windows (the .tsv files in `printed`), under the names of this study."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from scaling.analysis.settings import FitWindow
from scaling.core.errors import BadInput
from scaling.core.tidy import read_table
from scaling.sources.source import Row

#: Numbers of classes of the paper's data sets.
CLASSES = {"MNIST": 10, "CIFAR10": 10, "CIFAR100": 100}

FOLDER = Path(__file__).parent / "printed"
# What lambda is in the published curves of Tables 1 to 4: the authors' own definition of the spectral complexity.
PUBLISHED_NORM = "spectral_complexity_authors"


@dataclass(frozen=True)
class PublishedRow:
    """One row of Tables 1 to 5.

    Attributes
    ----------
    cell, variant, norm : as in this study; norm is PUBLISHED_NORM in Tables 1 to 4.
    kind : which rows of a study it is one of, as in networks.settings.Settings.rows. tables : numbers of its tables.
    file, index : the authors' curve file, and which of its variants or norms (None: it holds one).
    window : what the authors fitted in.
    """

    cell: str
    variant: str
    norm: str
    kind: str
    tables: tuple[int, ...]
    file: str
    index: int | None
    window: FitWindow


@cache
def published_rows() -> tuple[PublishedRow, ...]:
    """Every row of the published tables, in their order."""
    return tuple(_row(fact) for fact in _read("fit_windows"))


def rows_of_table(number: int) -> list[PublishedRow]:
    """The rows of Table `number` (1 to 5)."""
    return [row for row in published_rows() if number in row.tables]


@cache
def published_values(number: int) -> dict[tuple[str, str, str], dict[str, str]]:
    """Table `number`: (cell, variant, norm) -> the quantities, as printed (text: the number of digits counts)."""
    values = {}
    for fact in _read(f"table{number}"):
        cell = f"{fact.pop('model')}_{fact.pop('dataset', 'CIFAR10')}"
        changed = [f"{key}={fact.pop(key)}" for key in ("weight_decay", "optimizer", "norm") if key in fact]
        values[(cell, *_names(*changed))] = fact
    return values


def published_perceptron() -> pd.DataFrame:
    """The printed exponents of the perceptron: quantity, setting, value, sigma."""
    return read_table(FOLDER / "perceptron.tsv")


def _read(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.tsv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def _names(changed: str = "baseline") -> tuple[str, str]:
    """Variant and norm of what the paper changed ("weight_decay=1e-3", "optimizer=SGD", "norm=L1")."""
    kind, _, value = changed.partition("=")
    if kind == "norm":
        return "baseline", value.lower()
    variants = {"weight_decay": f"weight_decay_{value}", "optimizer": value.lower(), "baseline": "baseline"}
    return variants[kind], PUBLISHED_NORM


def _kind(variant: str, norm: str) -> str:
    if norm != PUBLISHED_NORM:
        return "norms"
    return "weight_decay" if variant.startswith("weight_decay") else variant


def _row(fact: dict[str, str]) -> PublishedRow:
    variant, norm = _names(fact["variant"])
    return PublishedRow(
        cell=f"{fact['model']}_{fact['dataset']}",
        variant=variant,
        norm=norm,
        kind=_kind(variant, norm),
        tables=tuple(int(number) for number in fact["table"].split("+")),
        file=fact["curves"],
        index=int(fact["index"]) if fact["index"] else None,
        window=FitWindow(**{key: float(fact[key]) for key in FitWindow.model_fields if fact[key]}),
    )


def row_named(cell: str, variant: str, norm: str) -> PublishedRow:
    """The published row of a cell, variant and norm."""
    return next(row for row in published_rows() if (row.cell, row.variant, row.norm) == (cell, variant, norm))


def rows_in(folder: str | Path, kind: str) -> list[Row]:
    """The rows of a kind (networks.settings.Settings.rows) whose curve file is in the folder.

    Raises
    ------
    BadInput if the folder holds none of the authors' files, of any kind.
    """
    there = [row for row in published_rows() if (Path(folder) / row.file).is_file()]
    if not there:
        names = sorted({row.file for row in published_rows()})
        raise BadInput(f"published_curves: {folder} holds none of the authors' files ({', '.join(names[:3])}, ...)")
    return [Row("published/", row.cell, row.variant, row.norm) for row in there if row.kind == kind]


def baseline_of(folder: str | Path, cell: str) -> Row:
    """The row of a cell's baseline; BadInput if its curve file is not in the folder."""
    there = {row.cell: row for row in rows_in(folder, "baseline")}
    if cell not in there:
        raise BadInput(
            f"nothing to compare with: the published curves of {cell} are not there "
            f"(there are: {', '.join(there) or 'none'})"
        )
    return there[cell]
