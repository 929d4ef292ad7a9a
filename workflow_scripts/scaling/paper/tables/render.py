"""The paper's tables for people: Markdown, LaTeX and HTML, numbers in the form 0.59(6)."""

import html
from collections.abc import Mapping

import pandas as pd

from scaling.analysis.exponents import SIGMA
from scaling.core.notation import with_interval, with_uncertainty
from scaling.paper.contents import TABLES
from scaling.paper.tables.ours import statistics_of

SYMBOLS = {"gamma_pred": "γ_pred", "gamma_meas": "γ_meas", "gamma_1": "γ₁", "gamma_2": "γ₂", "gamma": "γ"}
TEX_SYMBOLS = {
    "gamma_pred": r"$\gamma_\mathrm{pred}$",
    "gamma_meas": r"$\gamma_\mathrm{meas}$",
    "gamma_1": r"$\gamma_1$",
    "gamma_2": r"$\gamma_2$",
}
NOTHING = "–"
NOTE = (
    "published: the paper's numbers, as printed; authors: the authors' procedure on our runs, standard error of the "
    "last digits in brackets; robust: our own procedure, with its interval."
)


def printed(value: object, sigma: object = None) -> str:
    """A published value with its published error: "0.59", "0.06" is 0.59(6), "18.4", "2.1" is 18.4(21)."""
    if not isinstance(value, str) or not value:
        return NOTHING
    if not isinstance(sigma, str) or not sigma:
        return value
    return f"{value}({sigma.replace('.', '').lstrip('0') or '0'})"


def cells_of(number: int, table: pd.DataFrame) -> tuple[list[tuple[str, list[str]]], list[list[str]]]:
    """Table `number` as text.

    Returns
    -------
    groups : (what, its columns) from left to right: the row's names, each exponent, and whether they agree.
    rows : one text per column of all groups.
    """
    procedures = [name for name in ("authors", "robust") if f"{TABLES[number].quantities[0]}_{name}" in table]
    names = _names_of(table)
    groups = [("", names)] + [(quantity, ["published", *procedures]) for quantity in TABLES[number].quantities]
    both = "gamma_pred" in TABLES[number].quantities
    if both:
        ends = [f"σ {name}" for name in ("published", "authors") if name in ("published", *procedures)]
        groups.append(("difference", ends + ["robust"] * ("robust" in procedures)))
    rows = []
    for row in table.to_dict("records"):
        cells = [str(row[name]).replace("_", " ") for name in names]
        for quantity in TABLES[number].quantities:
            cells += _of_quantity(row, quantity, procedures)
        rows.append(cells + (_of_difference(row, procedures) if both else []))
    return groups, rows


def notes_of(table: pd.DataFrame) -> list[str]:
    """What there is to say of rows in words, a line each: of recorded ones, and what the robust procedure says."""
    names = _names_of(table)
    return [
        f"{' '.join(str(row[name]) for name in names).replace('_', ' ')}{by}: {row[column]}."
        for column, by in (("of", ""), ("trained", ""), ("counterpart", ""), ("note_robust", ", robust"))
        for row in table.to_dict("records")
        if isinstance(row.get(column), str) and row[column]
    ]


def _names_of(table: pd.DataFrame) -> list[str]:
    """The columns that tell the rows apart, and the cell's name."""
    names = [name for name in ("study", "cell", "variant", "norm") if name in table]
    return [name for name in names if name == "cell" or len(set(table[name])) > 1]


def _of_quantity(row: Mapping, quantity: str, procedures: list[str]) -> list[str]:
    cells = [printed(row[f"{quantity}_published"], row.get(f"{SIGMA[quantity]}_published"))]
    for procedure in procedures:
        value, *spread = (row[f"{name}_{procedure}"] for name in statistics_of(quantity, procedure))
        cells.append(with_uncertainty(value, *spread) if procedure == "authors" else with_interval(value, *spread))
    return cells


def _of_difference(row: Mapping, procedures: list[str]) -> list[str]:
    cells = [printed(row["sigma_published"])]
    if "authors" in procedures:
        cells.append(with_uncertainty(row["sigma_authors"]))
    if "robust" in procedures:
        cells.append(with_interval(*(row[f"difference{end}_robust"] for end in ("", "_low", "_high"))))
    return cells


def markdown(number: int, table: pd.DataFrame) -> str:
    """Table `number` in Markdown."""
    groups, rows = cells_of(number, table)
    heads = [f"{SYMBOLS.get(what, what)} {name}".strip() for what, names in groups for name in names]
    lines = [_line(heads), _line(["---"] * len(heads)), *(_line(row) for row in rows)]
    if not rows:
        lines.append("\nThis study has no such rows.")
    notes = "".join(f"- {note}\n" for note in notes_of(table))
    return f"Table {number}. {NOTE}\n\n" + "\n".join(lines) + "\n" + (f"\n{notes}" if notes else "")


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def web_page(number: int, table: pd.DataFrame) -> str:
    """Table `number` as a page of HTML that stands by itself, without published columns that are empty."""
    groups, rows = _without_empty(*cells_of(number, table))
    tops = "".join(f'<th colspan="{len(names)}">{html.escape(SYMBOLS.get(what, what))}</th>' for what, names in groups)
    heads = "".join(f"<th>{html.escape(name)}</th>" for _, names in groups for name in names)
    body = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    style = (
        "body{font:14px sans-serif;margin:1em}p{max-width:60em}div{overflow-x:auto}table{border-collapse:collapse}"
        "th,td{padding:.25em .7em;text-align:left;white-space:nowrap}thead{border-bottom:1px solid}"
        "tr{background:#fff}tbody tr:nth-child(even){background:#f3f3f3}"
        "th:first-child,td:first-child{position:sticky;left:0;background:inherit}"
    )
    return (
        f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Table {number}</title><style>{style}</style>'
        f"<p>Table {number}. {html.escape(NOTE)}</p><div><table>"
        f"<thead><tr>{tops}</tr><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
        f"{''.join(f'<p>{html.escape(note)}</p>' for note in notes_of(table))}</html>\n"
    )


def _without_empty(
    groups: list[tuple[str, list[str]]], rows: list[list[str]]
) -> tuple[list[tuple[str, list[str]]], list[list[str]]]:
    """What `cells_of` gives without the published columns in which nothing stands."""
    names = [(group, name) for group, (_, of_it) in enumerate(groups) for name in of_it]
    keep = [
        not (name.endswith("published") and all(row[place] == NOTHING for row in rows))
        for place, (_, name) in enumerate(names)
    ]
    kept = [pair for pair, chosen in zip(names, keep, strict=True) if chosen]
    groups = [(what, [name for of, name in kept if of == group]) for group, (what, _) in enumerate(groups)]
    return groups, [[cell for cell, chosen in zip(row, keep, strict=True) if chosen] for row in rows]


def latex(number: int, table: pd.DataFrame) -> str:
    """Table `number` as a LaTeX tabular (needs the package booktabs)."""
    groups, rows = cells_of(number, table)
    tex = {NOTHING: "--", "σ": r"$\sigma$", "_": r"\_"}
    heads, rules, column = [], [], 1
    for what, names in groups:
        heads.append(rf"\multicolumn{{{len(names)}}}{{c}}{{{TEX_SYMBOLS.get(what, what)}}}")
        rules.append(rf"\cmidrule(lr){{{column}-{column + len(names) - 1}}}" if what else "")
        column += len(names)
    body = [" & ".join(_replace(cell, tex) for cell in row) + r" \\" for row in rows]
    columns = " & ".join(_replace(name, tex) for _, names in groups for name in names)
    lines = [
        f"% Table {number}. {NOTE}",
        *(f"% {note}" for note in notes_of(table)),
        rf"\begin{{tabular}}{{{'l' * len(groups[0][1])}{'c' * (column - 1 - len(groups[0][1]))}}}",
        r"\toprule",
        " & ".join(heads) + r" \\",
        "".join(rules),
        columns + r" \\",
        r"\midrule",
        *body,
        r"\bottomrule",
        r"\end{tabular}",
    ]
    return "\n".join(lines) + "\n"


def _replace(text: str, replacements: Mapping[str, str]) -> str:
    for old, new in replacements.items():
        text = text.replace(old, new)
    return text
