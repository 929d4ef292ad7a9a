"""The report's first page: what the study is, what came out, with what it was made."""

import base64
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import wrap

import pandas as pd

from scaling.analysis.exponents import AGREE
from scaling.analysis.facts import facts_of
from scaling.core.notation import with_interval, with_uncertainty
from scaling.core.provenance import software
from scaling.core.tidy import read_table
from scaling.paper.tables.render import NOTHING, SYMBOLS, cells_of, printed

# What of the robust procedure's note says why a number is missing, and how the page says it.
REASONS = {
    "never learned": "runs never learned",
    "no early power law": "the early curves follow no power law",
    "no range of P and norm collapses": "the rescaled curves do not fall on one",
    "fewer than 3 P with a minimum": "fewer than three P reach their smallest error inside the runs",
}
WEAK = 0.3  # an interval of the difference wider than this share of the exponent, on either side, tests little


def front_page(
    preset: str,
    sizes: Mapping[str, int],
    table1: pd.DataFrame,
    perceptron: pd.DataFrame,
    seconds: float,
    cell: str = "",
    exponents: pd.DataFrame | None = None,
    picture: bytes | None = None,
) -> str:
    """The page in reStructuredText.

    Parameters
    ----------
    preset : name of the study.
    sizes : a label -> a count, in the order of the page, e.g. {"training runs": 75}.
    table1 : scaling.paper.tables.ours.paper_table(1, ...).
    perceptron : results/perceptron/exponents.tsv: columns quantity, setting, source, value, sigma.
    seconds : of training (`training_seconds`); 0: not known.
    cell, exponents, picture : the cell that is shown, a row for each procedure (scaling.analysis.exponents.wide_form),
        and its picture as PNG; without them the page has none.
    """
    made_with = ", ".join(f"{name} {version}" for name, version in software().items())
    parts = [
        "Neural scaling laws in learning curves\n======================================",
        f"Preset *{preset}*: "
        + ", ".join(f"{number:,} {what}" for what, number in sizes.items())
        + f".{_time(seconds)}",
        *(_what_to_see(cell, exponents, picture) if exponents is not None and picture else []),
        "Predicted and measured exponents (Table 1)\n------------------------------------------",
        "The smallest test error falls with the number of examples as P\\ :sup:`-γ`. γ_pred = γ₁γ₂ comes from the "
        f"learning curves, γ_meas from the smallest errors. They agree within {AGREE:g} standard errors of their "
        "difference (published, authors), or where the interval of the difference contains zero (robust). Where that "
        f"interval is wide (more than {WEAK:.0%} of γ_meas on either side), the test is weak.",
        _list_table(["cell", "procedure", "γ_pred", "γ_meas", "agree"], _predicted_and_measured(table1)),
        "Exponents of the perceptron\n---------------------------",
        _list_table(*_perceptron(perceptron)),
        f"Made with {made_with}. How long each job took: Statistics, in the menu of the report.",
    ]
    return "\n\n".join(parts) + "\n"


def _what_to_see(cell: str, exponents: pd.DataFrame, picture: bytes) -> list[str]:
    """The picture of the cell, and what it shows, number by number."""
    robust = exponents[exponents["procedure"] == "robust"]
    row = robust.iloc[0].to_dict() if len(robust) else {}
    why, facts = _reason(row), facts_of(exponents)
    number = {name: _number(row, name, why) for name in ("gamma_1", "gamma_2", "gamma_pred", "gamma_meas")}
    lines = [
        f"1. **One early line.** Early in training the {facts['measure']} ε falls with the norm λ of the weights as "
        f"λ\\ :sup:`-γ₁`, the same line for every P (number of {facts['counted']}). γ₁ = {number['gamma_1']}.",
        "2. **The curves leave it one after another.** The norm of the smallest error (star) grows as P\\ :sup:`γ₂`. "
        f"γ₂ = {number['gamma_2']}. Over their stars, the curves that have left guessing fall on one.{_collapse(row)}",
        "3. **Together they give the law of data.** The smallest error falls as P\\ :sup:`-γ`. Predicted: γ₁γ₂ = "
        f"{number['gamma_pred']}. Measured: γ_meas = {number['gamma_meas']}.",
    ]
    # docutils takes no line of more than 10,000 characters, and leaves out white space in a URI.
    uri = "\n   ".join(wrap(base64.b64encode(picture).decode(), 5000))
    return [
        "What you should see\n-------------------",
        f".. image:: data:image/png;base64,{uri}\n   :alt: learning curves of {cell}, rescaled, and the best errors\n"
        "   :width: 100%",
        f"*{cell.replace('_', ' ')}; from blue (few {facts['counted']}) to orange (many); intervals are 95 %, "
        "of the robust procedure.*",
        "\n".join(lines),
    ]


def _number(row: Mapping[str, object], name: str, why: str) -> str:
    """An exponent with its interval, or why there is none."""
    value, low, high = (float(row.get(f"{name}{end}", math.nan)) for end in ("", "_low", "_high"))
    return with_interval(value, low, high, digits=1) if math.isfinite(value) else f"no number ({why})"


def _reason(row: Mapping[str, object]) -> str:
    """Why the robust procedure gives no number, in a few words; from its note."""
    note = next((str(row[name]) for name in ("note", "note_robust") if isinstance(row.get(name), str)), "")
    return next((words for sign, words in REASONS.items() if sign in note), note or "too few runs")


def _collapse(row: Mapping[str, object]) -> str:
    """How well the curves fall on one, against the norm and against time."""
    p, in_time = (float(row.get(f"collapse_{name}", math.nan)) for name in ("p", "p_epochs"))
    if not math.isfinite(p):
        return ""
    beside = f"; against training time instead of the norm: p = {in_time:.2g}" if math.isfinite(in_time) else ""
    return f" (The collapse: p = {p:.2g}{beside}. p: how probable one as bad as this is if the laws are right.)"


def training_seconds(benchmarks: Sequence[Path]) -> float:
    """Seconds that training jobs took, all together, from what Snakemake measured of them in these folders."""
    files = [file for folder in benchmarks for file in sorted(folder.glob("block*.tsv"))]
    return sum(float(read_table(file)["s"].iloc[-1]) for file in files)


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
            return f"cannot be said: {_reason(numbers)}"
        weak = max(high - difference, difference - low) > WEAK * abs(float(numbers["gamma_meas_robust"]))
        verdict = "yes" if low <= 0 <= high else "no"
        return f"{verdict}{', a weak test' * weak}: difference {with_interval(difference, low, high, digits=1)}"
    try:
        predicted, measured, sigma = (
            float(numbers[f"{name}_{source}"]) for name in ("gamma_pred", "gamma_meas", "sigma")
        )
    except (TypeError, ValueError):  # not printed
        return NOTHING
    if not (math.isfinite(predicted - measured) and sigma > 0):
        return NOTHING
    apart = abs(predicted - measured) / sigma
    return f"{'yes' if apart <= AGREE else 'no'}, {apart:.1f} σ apart"


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
