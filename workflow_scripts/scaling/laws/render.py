"""The table of all models for people: Markdown and LaTeX, numbers in the form 0.59(6)."""

import pandas as pd

from scaling.core.notation import with_uncertainty

HEADS = ["model", "regime", "γ₁", "γ₂", "γ", "γ₁γ₂/γ", "q₁", "q₂", "collapse", "minimum", "how", "why"]
TEX_HEADS = ["model", "regime", r"$\gamma_1$", r"$\gamma_2$", r"$\gamma$", r"$\gamma_1\gamma_2/\gamma$"]
TEX_HEADS += ["$q_1$", "$q_2$", *HEADS[8:]]
TEX = {
    "\\": r"\textbackslash{}", "_": r"\_", "^": r"\textasciicircum{}", "%": r"\%", "&": r"\&", "#": r"\#", "$": r"\$",
    "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", "–": "--", "{": r"\{",
    "}": r"\}",
}  # fmt: skip
NOTE = (
    "gamma_1: fall of the error with the norm, early; gamma_2: growth of the best norm with the number of examples; "
    "gamma: fall of the smallest error; q_1, q_2: what the first two laws have beside their powers. Errors of the last "
    "digits in brackets; a dash where there is no number."
)


def cells_of(table: pd.DataFrame) -> list[list[str]]:
    """One text per column of HEADS, row by row; `table` as scaling.laws.table gives it."""
    numbers = ["gamma_1", "gamma_2", "gamma", "product_over_gamma", "q_1", "q_2"]
    return [
        [
            *(_text(row[name]) for name in ("model", "regime")),
            *(with_uncertainty(row[name], row[f"{name}_error"]) for name in numbers),
            *(_text(row[name]) for name in ("collapse", "minimum", "how", "sentence")),
        ]
        for row in table.to_dict("records")
    ]


def markdown(table: pd.DataFrame) -> str:
    """The table in Markdown."""
    rows = [HEADS, ["---"] * len(HEADS), *cells_of(table)]
    lines = ("| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in rows)
    return f"{NOTE}\n\n" + "\n".join(lines) + "\n"


def latex(table: pd.DataFrame) -> str:
    """The table as a LaTeX longtable (needs the packages array, booktabs and longtable)."""
    widths = ["2.6cm", "3.2cm", *[None] * 6, "2.2cm", "1.6cm", "2.6cm", "5cm"]
    columns = "".join(rf">{{\raggedright}}p{{{width}}}" if width else "l" for width in widths[:-1])
    body = [" & ".join("".join(TEX.get(letter, letter) for letter in cell) for cell in row) for row in cells_of(table)]
    lines = [
        f"% {NOTE}",
        rf"\begin{{longtable}}{{{columns}p{{{widths[-1]}}}}}",
        r"\toprule",
        " & ".join(TEX_HEADS) + r" \\",
        r"\midrule",
        r"\endhead",
        *(row + r" \\" for row in body),
        r"\bottomrule",
        r"\end{longtable}",
    ]
    return "\n".join(lines) + "\n"


def _text(value: object) -> str:
    return value if isinstance(value, str) else "–"
