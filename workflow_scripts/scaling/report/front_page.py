"""The report's first page: what the study is, what came out, with what it was made."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from scaling.core.notation import with_interval, with_uncertainty
from scaling.core.provenance import software
from scaling.core.tidy import read_table
from scaling.paper.tables.render import NOTHING, SYMBOLS, cells_of, printed


def front_page(
    preset: str,
    sizes: Mapping[str, int],
    table1: pd.DataFrame,
    perceptron: pd.DataFrame,
    seconds: float,
) -> str:
    """The page in reStructuredText.

    Parameters
    ----------
    preset : name of the study.
    sizes : a label -> a count, in the order of the page, e.g. {"training runs": 75}.
    table1 : scaling.paper.tables.ours.paper_table(1, ...).
    perceptron : results/perceptron/exponents.tsv: columns quantity, setting, source, value, sigma.
    seconds : of training (`training_seconds`); 0: not known.
    """
    made_with = ", ".join(f"{name} {version}" for name, version in software().items())
    parts = [
        "Neural scaling laws in learning curves\n======================================",
        f"Preset *{preset}*: "
        + ", ".join(f"{number:,} {what}" for what, number in sizes.items())
        + f".{_time(seconds)}",
        "Predicted and measured exponents (Table 1)\n------------------------------------------",
        "The smallest test error falls with the number of images as P\\ :sup:`-γ`. γ_pred = γ₁γ₂ comes from the "
        "learning curves, γ_meas from the smallest errors. They agree within two standard errors of their difference "
        "(published, authors), or where the interval of the difference contains zero (robust).",
        _list_table(["cell", "procedure", "γ_pred", "γ_meas", "agree"], _predicted_and_measured(table1)),
        "Exponents of the perceptron\n---------------------------",
        _list_table(*_perceptron(perceptron)),
        f"Made with {made_with}. How long each job took: Statistics, in the menu.",
    ]
    return "\n\n".join(parts) + "\n"


def training_seconds(benchmarks: Path) -> float:
    """Seconds that training jobs took, all together, from what Snakemake measured of them."""
    return sum(float(read_table(file)["s"].iloc[-1]) for file in sorted(benchmarks.rglob("*.tsv")))


def _time(seconds: float) -> str:
    unit, name = (3600, "hours") if seconds > 2 * 3600 else (60, "minutes")
    return f" Training took {seconds / unit:.0f} {name}." if seconds else ""


def _predicted_and_measured(table1: pd.DataFrame) -> list[list[str]]:
    """A row for each cell and each of published, authors, robust that has a number."""
    groups, rows = cells_of(1, table1)
    (_, names), (_, sources), *_ = groups
    first, width = len(names), len(sources)
    result = []
    for row, numbers in zip(rows, table1.to_dict("records"), strict=True):
        for i, source in enumerate(sources):
            predicted, measured = row[first + i], row[first + width + i]
            if (predicted, measured) != (NOTHING, NOTHING):
                result.append([", ".join(row[:first]), source, predicted, measured, _agreement(numbers, source)])
    return result


def _agreement(numbers: Mapping[str, object], source: str) -> str:
    """Whether predicted and measured exponent agree, and by what."""
    if source == "robust":
        difference, low, high = (float(numbers[f"difference{end}_robust"]) for end in ("", "_low", "_high"))
        if not (math.isfinite(low) and math.isfinite(high)):
            return NOTHING
        return f"{'yes' if low <= 0 <= high else 'no'}, difference {with_interval(difference, low, high)}"
    try:
        predicted, measured, sigma = (
            float(numbers[f"{name}_{source}"]) for name in ("gamma_pred", "gamma_meas", "sigma")
        )
    except (TypeError, ValueError):  # not printed
        return NOTHING
    if not (math.isfinite(predicted - measured) and sigma > 0):
        return NOTHING
    apart = abs(predicted - measured) / sigma
    return f"{'yes' if apart <= 2 else 'no'}, {apart:.1f} σ apart"


def _perceptron(exponents: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Heads and rows: a row for each setting, the published numbers under ours, a column for each exponent."""
    quantities = list(dict.fromkeys(exponents["quantity"]))
    rows = []
    for (setting, source), of_it in exponents.groupby(["setting", "source"], sort=False):
        write = _as_printed if source == "published" else with_uncertainty
        found = of_it.set_index("quantity")[["value", "sigma"]]
        values = [write(*found.loc[name]) if name in found.index else NOTHING for name in quantities]
        rows.append([setting + ", published" * (source == "published"), *values])
    order = {setting: place for place, setting in enumerate(dict.fromkeys(exponents["setting"]))}
    rows.sort(key=lambda row: order[row[0].removesuffix(", published")])
    return ["setting", *(SYMBOLS.get(name, name) for name in quantities)], rows


def _as_printed(value: float, sigma: float) -> str:
    return printed(f"{value:g}", f"{sigma:g}" if sigma > 0 else None)


def _list_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in [heads, *rows]:
        lines += [f"   {'* -' if index == 0 else '  -'} {cell}".rstrip() for index, cell in enumerate(row)]
    return "\n".join(lines)
