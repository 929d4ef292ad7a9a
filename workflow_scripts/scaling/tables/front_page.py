"""The report's first page: what the study is, what came out, with what it was made."""

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version

import pandas as pd

from scaling.tables.notation import with_uncertainty
from scaling.tables.render import SYMBOLS, cells_of

PACKAGES = ("snakemake", "torch", "torchvision", "numpy", "scipy", "pandas", "matplotlib")


def front_page(preset: str, sizes: Mapping[str, int], table1: pd.DataFrame, perceptron: pd.DataFrame) -> str:
    """The page in reStructuredText.

    Parameters
    ----------
    preset : name of the study.
    sizes : what there is how many of, in the order of the page, e.g. {"training runs": 75}.
    table1 : scaling.tables.paper.paper_table(1, ...).
    perceptron : results/perceptron/exponents.tsv: columns quantity, setting, value, sigma.
    """
    heads, rows = _predicted_and_measured(table1)
    settings = list(dict.fromkeys(perceptron["setting"]))
    values = [
        [SYMBOLS.get(quantity, quantity), *(_value(of_it, setting) for setting in settings)]
        for quantity, of_it in perceptron.groupby("quantity", sort=False)
    ]
    software = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    parts = [
        "Neural scaling laws in learning curves\n======================================",
        f"Preset *{preset}*: " + ", ".join(f"{number:,} {what}" for what, number in sizes.items()) + ".",
        "Table 1. Predicted and measured exponents of the test error with the number of images\n" + "-" * 86,
        _list_table(heads, rows),
        "Exponents of the perceptron\n---------------------------",
        _list_table(["", *settings], values),
        f"Made with Python {platform.python_version()}, {software}. How long each rule took: Statistics_.",
    ]
    return "\n\n".join(parts) + "\n"


def _predicted_and_measured(table1: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Table 1 narrow enough for half a page: a cell, and predicted and measured exponent by each source."""
    groups, rows = cells_of(1, table1)
    (_, names), (_, sources), *_ = groups
    first, width = len(names), len(sources)
    pairs = [row[:first] + [f"{row[first + i]} / {row[first + width + i]}" for i in range(width)] for row in rows]
    return ["γ_pred / γ_meas", *sources], pairs


def _value(of_quantity: pd.DataFrame, setting: str) -> str:

    row = of_quantity[of_quantity["setting"] == setting]
    return with_uncertainty(row["value"].iloc[0], row["sigma"].iloc[0]) if len(row) else "–"


def _list_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in [heads, *rows]:
        lines += [f"   {'* -' if index == 0 else '  -'} {cell}".rstrip() for index, cell in enumerate(row)]
    return "\n".join(lines)
