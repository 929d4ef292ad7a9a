"""What the figures of many panels share: the panels' tables, where panels go, the legend of P, ranges of curves."""

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure

from scaling.analysis.exponents import SIGMA, identity_of, wide_form
from scaling.analysis.facts import facts_of
from scaling.core.notation import power_of_ten, with_interval, with_uncertainty
from scaling.core.tidy import read_table
from scaling.plotting.style import COLUMN_WIDTH, PAGE_WIDTH, colours_of, new_figure

# How a title writes what the paper compares; any other name stands as it is, with spaces for underscores.
NAMES = {
    "l1": r"$\ell_1$ norm",
    "l2": r"$\ell_2$ norm",
    "g21": "(2,1) group norm",
    "spectral": "spectral norm",
    "spectral_complexity": "spectral complexity",
    "spectral_complexity_authors": "authors' complexity",
    "spectral_complexity_operator": "operator norms",
    "spectral_complexity_bn_folded": "batch norm folded",
    "sgd": "SGD",
    "adamw": "AdamW",
}
TEXT_SIZE = 6.5  # points, of words inside a panel


@dataclass(frozen=True)
class Panel:
    """One panel: where it stands in the figure, and the tables of its cell, variant and norm (None: not needed).

    curves: P, log10_norm, error_mean, error_sem, runs. optima: P, log10_lambda_opt, error_opt, log10_l_0, censored.
    exponents: one row per procedure. local_fits: P, gamma_1, intercept of
    log10(error/error_opt) = intercept - gamma_1 log10(lambda/lambda_opt). slopes: log10_x = log10(lambda/lambda_opt),
    slope, sigma, in_window of the curves' common law (scaling.analysis.robust.slopes). scales: P, log10_lambda_s and
    log10_error_s by which the robust procedure rescales each P.
    """

    row: str
    column: str
    curves: pd.DataFrame | None = None
    optima: pd.DataFrame | None = None
    exponents: pd.DataFrame | None = None
    local_fits: pd.DataFrame | None = None
    slopes: pd.DataFrame | None = None
    scales: pd.DataFrame | None = None

    @property
    def title(self) -> str:
        """Row and column, as people write them."""
        return ", ".join(filter(None, (self.row, self.column)))

    @property
    def facts(self) -> dict[str, Any]:
        """What its errors are, as one of its tables says it (scaling.analysis.facts)."""
        return facts_of(next(table for table in (self.curves, self.optima, self.exponents) if table is not None))

    @property
    def measure(self) -> str:
        """What the y axis is called: "test error"."""
        return self.facts["measure"]

    @property
    def P(self) -> list[int]:
        """The values of P, ascending."""
        return sorted(self.optima["P"].unique())

    def exponent(self, name: str, procedure: str = "authors", default: float = math.nan) -> float:
        """A column of the exponents' table in the row of a procedure; `default` if it is absent or not a number."""
        rows = self.exponents[self.exponents["procedure"] == procedure]
        value = default if rows.empty else rows.iloc[0].get(name, default)
        return default if pd.isna(value) else float(value)

    def exponent_text(self, name: str, symbol: str) -> str:
        """The exponent as the panel states it: the authors' value and, where there is one, ours with its interval."""
        text = f"${symbol}$ = {with_uncertainty(self.exponent(name), self.exponent(SIGMA[name]))}"
        value, low, high = (self.exponent(f"{name}{end}", "robust") for end in ("", "_low", "_high"))
        if math.isfinite(value):
            # On a line of its own: the interval may be wider than a narrow panel leaves room for.
            text += "\nrobust: " + with_interval(value, low, high, digits=1).replace(" [", "\n[")
        return text


def read_panels(**files: Sequence[Path]) -> list[Panel]:
    """Read each panel's tables.

    Parameters
    ----------
    files : for any of `Panel`'s tables, the files of all panels; a table says itself which panel it belongs to (study,
        cell, variant, norm). Panels stand in the order of the first kind's files.
    """
    tables: dict[tuple, dict[str, pd.DataFrame]] = {}
    nameless: list[tuple[str, pd.DataFrame]] = []
    for kind, paths in files.items():
        for path in paths:
            table = read_table(path)
            if table.empty:  # of a cell whose runs all diverged
                nameless.append((kind, table))
                continue
            key = tuple(identity_of(table).values())
            tables.setdefault(key, {})[kind] = wide_form(table) if kind == "exponents" else table
    for kind, table in nameless:
        for read in tables.values():
            read.setdefault(kind, table)
    if incomplete := [key for key, read in tables.items() if len(read) < len(files)]:
        raise ValueError(f"{'/'.join(incomplete[0])}: no {', '.join(set(files) - set(tables[incomplete[0]]))}")
    return [Panel(*place, **read) for place, read in zip(rows_and_columns(list(tables)), tables.values(), strict=True)]


def rows_and_columns(keys: Sequence[tuple[str, str, str, str]]) -> list[tuple[str, str]]:
    """What rows and columns are called: families and data sets, or cells and what is changed in them.

    A data set or a norm that all panels share is left to the caption; a study is named where two have the same cell.
    """
    one_norm = len({norm for *_, norm in keys}) == 1
    one_dataset = len({cell.partition("_")[2] for _, cell, _, _ in keys}) == 1
    twice = {key for key, count in Counter(key[1:] for key in keys).items() if count > 1}
    cells = [f"{key[1]}-{key[0].split('/')[-1]}" if key[1:] in twice else key[1] for key in keys]
    changes = [_change(variant, "" if one_norm else norm) for *_, variant, norm in keys]
    if not any(changes):
        return [(family, dataset) for family, _, dataset in (cell.partition("_") for cell in cells)]
    rows = [cell.partition("_")[0] if one_dataset else cell.replace("_", " ") for cell in cells]
    return [(row, change or "baseline") for row, change in zip(rows, changes, strict=True)]


def _change(variant: str, norm: str) -> str:
    """What is unlike the main study, as people write it."""
    name = NAMES.get(variant, variant.replace("_", " ").replace("baseline", ""))
    if decay := re.fullmatch(r"weight_decay_([0-9.]+(?:e[+-]?[0-9]+)?)", variant):
        name = f"weight decay {power_of_ten(float(decay[1]))}"
    return ", ".join(filter(None, (name, NAMES.get(norm, norm.replace("_", " ")))))


def panel_grid(
    panels: Sequence[Panel], x_label: str, y_label: str | Callable[[Panel], str]
) -> tuple[Figure, list[Axes]]:
    """A figure with one titled panel each: rows by columns if every pair is there, otherwise as lines of text run.

    Only the outer panels carry axis labels, and one whose `y_label` is not that of the panel on its left.
    """
    labels = [y_label if isinstance(y_label, str) else y_label(panel) for panel in panels]
    rows, columns, places = _places(panels)
    width = COLUMN_WIDTH if columns == 1 else PAGE_WIDTH
    figure, axes = new_figure(rows, columns, width=width, panel_height={1: 2.4, 2: 2.3, 3: 1.8}.get(columns, 1.6))
    for row, column in np.ndindex(rows, columns):
        if (row, column) not in places:
            axes[row, column].remove()
    beside = {(row, column + 1): label for label, (row, column) in zip(labels, places, strict=True)}
    for panel, label, (row, column) in zip(panels, labels, places, strict=True):
        axes[row, column].set_title(panel.title, pad=4)
        if beside.get((row, column)) != label:
            axes[row, column].set_ylabel(label)
        if (row + 1, column) not in places:
            axes[row, column].set_xlabel(x_label)
    return figure, [axes[place] for place in places]


def _places(panels: Sequence[Panel]) -> tuple[int, int, list[tuple[int, int]]]:
    rows, columns = (list(dict.fromkeys(getattr(panel, side) for panel in panels)) for side in ("row", "column"))
    if len(rows) * len(columns) == len(panels) and min(len(rows), len(columns)) > 1:
        places = [(rows.index(panel.row), columns.index(panel.column)) for panel in panels]
        if len(columns) <= 4:
            return len(rows), len(columns), places
        if len(rows) <= 4:  # too many columns to be read: let them be rows
            return len(columns), len(rows), [(column, row) for row, column in places]
    width = {1: 1, 2: 2, 4: 2}.get(len(panels), 3)
    return -(-len(panels) // width), width, [divmod(i, width) for i in range(len(panels))]


def add_P_legend(figure: Figure, axes: Sequence[Axes], P: Sequence[Sequence[int]]) -> None:
    """The colours of P beside the panels: one bar if the panels (`P` has the values of each) agree, else one each."""
    if all(list(values) == list(P[0]) for values in P):
        rows = {ax.get_subplotspec().rowspan.start for ax in axes}
        _P_bar(figure, list(axes), P[0], shrink=1 / len(rows), fraction=0.04, fontsize=6.5)
    else:
        for ax, values in zip(axes, P, strict=True):
            _P_bar(figure, ax, values, shrink=1, fraction=0.05, fontsize=5.5)


def _P_bar(figure: Figure, axes: Axes | list[Axes], P: Sequence[int], fontsize: float, **layout: float) -> None:
    colours = list(colours_of(P).values())
    mappable = ScalarMappable(BoundaryNorm(np.arange(len(P) + 1) - 0.5, len(P)), ListedColormap(colours))
    # 13 labels fit beside the lowest panel; more are thinned, the last one kept.
    ticks = np.arange(len(P))[:: -(-len(P) // 13)] if len(P) > 13 else np.arange(len(P))
    bar = figure.colorbar(mappable, ax=axes, ticks=ticks, pad=0.02, aspect=22, **layout)
    bar.ax.set_yticklabels([f"{P[tick]:g}" for tick in ticks], fontsize=fontsize)
    bar.ax.tick_params(length=0, pad=1.5, which="both")
    bar.ax.set_title("$P$", fontsize=fontsize + 1, pad=3)
    bar.outline.set_visible(False)


def log10(values: pd.Series | np.ndarray) -> np.ndarray:
    """log10 as a float array; nan where there is no logarithm."""
    values = np.asarray(values, float)
    return np.log10(values, out=np.full(values.shape, np.nan), where=values > 0)


def curve_of(curves: pd.DataFrame, P: int) -> pd.DataFrame:
    """The mean curve of P in the order of the norm."""
    return curves[curves["P"] == P].dropna(subset=["log10_norm", "error_mean"]).sort_values("log10_norm")


def draw_curve(ax: Axes, x: np.ndarray, error: np.ndarray, sem: np.ndarray, colour: tuple, scale: float = 1.0) -> None:
    """A mean curve in log10 coordinates with its band of one standard error; both are divided by `scale`."""
    error, sem = np.asarray(error, float) / scale, np.asarray(sem, float) / scale
    if np.isfinite(sem).any():
        # A band that reaches below zero has no logarithm: it ends at a hundredth of the mean, out of sight.
        lower = np.maximum(error - sem, 0.01 * error)
        ax.fill_between(x, log10(lower), log10(error + sem), color=colour, alpha=0.2 * colour[3], linewidth=0)
    ax.plot(x, log10(error), color=colour)


def draw_stars(ax: Axes, x: np.ndarray, error: np.ndarray, colours: list[tuple]) -> None:
    """Optimal points, above the curves."""
    ax.scatter(x, log10(error), c=colours, marker="*", s=42, linewidths=0.5, edgecolors="black", zorder=5)


def widen(ax: Axes, side: str, lines: int) -> None:
    """Widen the y range at the "top" or "bottom" by the height of some lines of text, so that no data lie there."""
    height = 72 * ax.get_figure().get_size_inches()[1] * ax.get_position().height
    share = (lines * 1.35 * TEXT_SIZE + 5) / height
    low, high = ax.get_ylim()
    more = (high - low) * share / (1 - share)
    ax.set_ylim((low - more, high) if side == "bottom" else (low, high + more))


def write_in_free_band(ax: Axes, text: str, side: str) -> None:
    """Write lines at the "top" or "bottom" left of a panel, which is widened for them."""
    widen(ax, side, lines=text.count("\n") + 1)
    y = 0.03 if side == "bottom" else 0.97
    ax.text(0.04, y, text, transform=ax.transAxes, va=side, fontsize=TEXT_SIZE, linespacing=1.3)
