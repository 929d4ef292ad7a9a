"""The paper's tables and figures: the one list of their numbers, of what each shows and of the step that makes it."""

from dataclasses import dataclass

ALL_FOUR = ("gamma_pred", "gamma_meas", "gamma_1", "gamma_2")


@dataclass(frozen=True)
class Table:
    """A table: what it shows in words, which rows of a study (networks.settings.Settings.rows), which exponents."""

    shows: str
    rows: str
    quantities: tuple[str, ...]


@dataclass(frozen=True)
class Figure:
    """A figure: what it shows in words, the step that draws it, and of those with a panel for each row of a table

    rows : which rows of a study (networks.settings.Settings.rows);
    needs : the files of each panel, an option of the step -> folder and ending of the file.
    """

    shows: str
    step: str
    rows: str = ""
    needs: tuple[tuple[str, str, str], ...] = ()


TABLES = {
    1: Table("predicted and measured exponents", "baseline", ("gamma_pred", "gamma_meas")),
    2: Table("the two dynamical exponents", "baseline", ("gamma_1", "gamma_2")),
    3: Table("weight decay", "weight_decay", ALL_FOUR),
    4: Table("SGD", "sgd", ALL_FOUR),
    5: Table("other norms", "norms", ALL_FOUR),
}

CURVES = ("curves", "curves", ".parquet"), ("optima", "curves", ".optima.parquet")
EXPONENTS = ("exponents", "exponents", ".tsv")


def _curves(rows: str) -> Figure:
    return Figure("test error against norm", "paper/learning_curves", rows, CURVES)


def _collapse(rows: str) -> Figure:
    return Figure("curves rescaled by their optima", "paper/collapse", rows, CURVES)


def _laws(rows: str) -> Figure:
    return Figure("measured and predicted power laws", "paper/scaling_laws", rows, (CURVES[1], EXPONENTS))


FIGURES = {
    1: Figure("free and fixed norm", "perceptron/figure1"),
    2: Figure("theory at fixed norm, and its collapse", "perceptron/figure2"),
    3: _curves("baseline"),
    4: _collapse("baseline"),
    5: Figure("sketch of the combined laws", "perceptron/figure5"),
    6: Figure("theory, fewer patterns than weights", "perceptron/figure6"),
    7: Figure("squared loss", "perceptron/figure7"),
    8: Figure("local exponent of the theory", "perceptron/figure8"),
    9: Figure("exponents at free norm", "perceptron/figure9"),
    10: Figure("test error and norm against training time", "paper/trajectories"),
    11: Figure(
        "fits of γ₁ and γ₂, local slope",
        "paper/exponent_fits",
        "baseline",
        (*CURVES, EXPONENTS, ("local-fits", "exponents", ".gamma_1.tsv"), ("slopes", "exponents", ".slopes.tsv")),
    ),
    12: _laws("baseline"),
    13: _curves("weight_decay"),
    14: _collapse("weight_decay"),
    15: _laws("weight_decay"),
    16: _curves("sgd"),
    17: _collapse("sgd"),
    18: _laws("sgd"),
    19: _curves("norms"),
    20: _collapse("norms"),
    21: _laws("norms"),
}
#: Those with a panel for each row.
PANELLED = {number: figure for number, figure in FIGURES.items() if figure.rows}
