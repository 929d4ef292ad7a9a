"""What a report of scaling laws must say, answered from the settings and the tables of a study.

The questions are those of Li, Kudugunta and Zettlemoyer, "(Mis)Fitting: a survey of scaling laws", arXiv:2502.18969, in
our words and for these laws: form of the law, training, points, fit, and what others need to do it again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from pydantic import Field

from scaling.analysis.facts import facts_of
from scaling.analysis.robust.thresholds import GRID_POINTS, LEAST_P
from scaling.analysis.settings import Exponents, FitWindow
from scaling.core.settings import Section


class Study(Section):
    """What the rules know of a study.

    name : in words. words : how its runs came about, a line for each cell and variant (empty: not known).
    windows : of the authors' procedure, by row (`named`). settings : what the configuration changes, as YAML.
    audits : the files that tell how far the exponents hang on choices. predictions : those that test a prediction.
    """

    name: str
    words: list[str]
    windows: dict[str, FitWindow]
    exponents: Exponents
    settings: str
    audits: list[str] = Field([])
    predictions: list[str] = Field([])


def named(study: str, cell: str) -> str:
    """A cell as people name it, with its study where that is not the one that is trained here."""
    return ", ".join(filter(None, (study.partition("/")[2], cell.replace("_", " "))))


@dataclass(frozen=True)
class Answer:
    """A question, and what is to be said to it: lines."""

    group: str
    question: str
    lines: list[str]


def checklist(study: Study, optima: Mapping[str, pd.DataFrame]) -> list[Answer]:
    """All questions with their answers.

    optima : of each row (`named`), the table of `scaling.analysis.mean_curves`.
    """
    groups = {
        "The law": _law(optima),
        "The training": _training(study, optima),
        "The points": _points(study, optima),
        "The fit": _fit(study),
    }
    return [Answer(group, question, list(lines)) for group, asked in groups.items() for question, lines in asked]


def _law(optima: Mapping[str, pd.DataFrame]) -> list[tuple[str, Sequence[str]]]:
    measure = " or the ".join(sorted({facts_of(table)["measure"] for table in optima.values()}) or ["test error"])
    return [
        (
            "What scales with what?",
            [
                f"ε, the {measure}, with the norm λ early in training: exponent γ₁.",
                "The norm at which ε is smallest, with P: exponent γ₂. The smallest ε, with P: exponent γ.",
            ],
        ),
        (
            "Which form has the law, and with how many parameters?",
            [
                "Authors: power laws, each with an exponent and a coefficient.",
                "Robust: one smooth curve of any shape for all P, two shifts for each P, a plateau and a floor.",
            ],
        ),
        (
            "Is there an error that no P removes?",
            ["Authors: none.", "Robust: a floor is part of every fit.", *_floors(optima)],
        ),
        ("Over which range?", [_range(row, table) for row, table in optima.items()]),
    ]


def _floors(optima: Mapping[str, pd.DataFrame]) -> list[str]:
    floors = {row: facts_of(table)["floor"] for row, table in optima.items()}
    return [f"{row}: {floor:g} was subtracted from the measure before." for row, floor in floors.items() if floor]


def _range(row: str, table: pd.DataFrame) -> str:
    P = table["P"]
    return f"{row}: {len(P)} P from {P.min():,} to {P.max():,}, a factor of {P.max() / P.min():.3g}."


def _training(study: Study, optima: Mapping[str, pd.DataFrame]) -> list[tuple[str, Sequence[str]]]:
    trained = study.words or ["Not known to this workflow: it was given the learning curves."]
    tuned = "All settings but the number of epochs and of runs are the same at every P of a cell."
    return [
        ("What is trained, and how?", trained),
        ("Is anything chosen for each size?", [tuned if study.words else trained[0]]),
        ("How many runs are there, and which are left out?", [_runs(row, table) for row, table in optima.items()]),
    ]


def _runs(row: str, table: pd.DataFrame) -> str:
    runs, diverged, turned = (int(table[name].sum()) for name in ("runs", "diverged", "turned"))
    lost = f"{diverged} diverged and are left out" if diverged else "none diverged"
    back = f"; of {turned} the norm turns back, and their points after that count only above its maximum" * bool(turned)
    return f"{row}: {runs} count, {lost}{back}."


def _points(study: Study, optima: Mapping[str, pd.DataFrame]) -> list[tuple[str, Sequence[str]]]:
    counted = sorted({facts_of(table)["counted"] for table in optima.values()})
    grid = study.exponents.grid_points
    return [
        ("What does P count?", [f"{', '.join(counted or ['images']).capitalize()} of the training set."]),
        (
            "Which points of a run count?",
            [
                "All that were logged on its way, not the last one alone.",
                f"Authors: the mean curve of each P at {grid} norms. Robust: at {GRID_POINTS} norms.",
            ],
        ),
        ("Were the smallest errors reached?", [_reached(row, table) for row, table in optima.items()]),
        ("Which points does a fit leave out?", [*_windows(study), "Robust: by fixed rules, the same for all studies."]),
    ]


def _reached(row: str, table: pd.DataFrame) -> str:
    missed = table.loc[2 * table["censored"] > table["runs"], "P"]
    if missed.empty:
        return f"{row}: at no P did most runs still improve at their last point."
    P = ", ".join(f"{value:,}" for value in missed)
    return f"{row}: no, most runs still improved at their last point at P = {P}."


def _windows(study: Study) -> list[str]:
    lines = []
    for row, window in study.windows.items():
        low, high = (f"{end:g}" if end else "no bound" for end in (window.x_left, window.x_right))
        chosen = any(value is not None for value in (window.x_left, window.x_right, window.gamma_1_min_P))
        of_1 = f"λ/λ_opt from {low} to {high}" if chosen else "a window by the default rule"
        smallest = {
            "γ₁": window.gamma_1_min_P, "γ₂": window.gamma_2_min_P, "γ": window.gamma_meas_min_P
        }  # fmt: skip
        from_P = "; ".join(f"{name} from P = {value:,.0f}" for name, value in smallest.items() if value is not None)
        lines.append(f"Authors, {row}: γ₁ with {of_1}{f'; {from_P}' if from_P else ''}.")
    return lines


def _fit(study: Study) -> list[tuple[str, Sequence[str]]]:
    settings = study.exponents
    intervals = (
        f"Robust: {settings.confidence:.0%} intervals from {settings.bootstrap_resamples} resamples of the runs "
        f"(random seed {settings.seed})."
        if settings.bootstrap_resamples
        else "Robust: no intervals were asked for."
    )
    return [
        (
            "What is minimised?",
            [
                "Authors: the squares of the residuals of log ε against log λ, and of log λ and log ε against log P.",
                "Robust: the squares of the residuals of log ε over their variances, outliers by Huber's weights.",
            ],
        ),
        (
            "From where does the search start?",
            ["Authors: from nowhere, the solution is closed.", "Robust: from several plateaus; the best end counts."],
        ),
        ("How sure are the exponents?", ["Authors: standard errors from the residuals.", intervals]),
        (
            "How good is the fit?",
            [f"Robust: the probability of the collapse by a parametric bootstrap; below {LEAST_P:g} it is none."],
        ),
        ("Would other choices give other exponents?", _files(study.audits)),
        ("Was anything predicted that was not fitted?", _files(study.predictions)),
    ]


def _files(files: Sequence[str]) -> list[str]:
    return [f"See {', '.join(files)}."] if files else ["This study does not tell."]
