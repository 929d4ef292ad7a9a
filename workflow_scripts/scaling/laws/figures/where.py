"""All models in one figure: exponents, their product over the third, collapse and minimum."""

import re
import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scaling.plotting.style import CATEGORIES, PAGE_WIDTH, new_figure

ROW = 0.084  # inches, of a line
SMALL = 5.0  # points, of the rows' names
WRAPPED = 58  # letters of a name on one line
NAMES = 2.6  # inches
EXPONENTS = {"gamma_1": (r"$\gamma_1$", "o"), "gamma_2": (r"$\gamma_2$", "s"), "gamma": (r"$\gamma$", "D")}
PRODUCT_RANGE = (0.0, 2.5)
#: What is said of collapse and minimum, as a mark.
MARKS = {"yes": "full", "partly": "left", "no": "none"}


def verdict(said: object) -> str:
    """yes, no, partly (both, or under a condition), or "" where nothing was measured."""
    if not isinstance(said, str) or said.startswith("not "):
        return ""
    words = set(re.findall(r"\b(yes|no)\b", said))
    return words.pop() if len(words) == 1 else "partly"


def figure_where(table: pd.DataFrame) -> Figure:
    """A line for each model and regime.

    Parameters
    ----------
    table : as scaling.laws.table gives it.
    """
    names, places, bottom = _lines(table)
    figure, axes = new_figure(
        columns=3,
        width=PAGE_WIDTH,
        panel_height=max(2.0, ROW * bottom + 0.8),
        width_ratios=[5, 4, 0.9],
    )
    exponents, product, marks = axes[0]
    # The names and the labels have their inches; the panels have the rest.
    figure.set_layout_engine("none")
    height = figure.get_size_inches()[1]
    sides = {"left": NAMES / PAGE_WIDTH, "right": 0.99, "bottom": 0.6 / height, "top": 1 - 0.3 / height}
    exponents.get_gridspec().update(wspace=0.06, **sides)
    _exponents(exponents, table, places)
    _product(product, table, places)
    _marks(marks, table, places)
    for panel in axes[0]:
        panel.set_ylim(max(bottom, 1), -1)
        panel.set_yticks([])
        for y in places[::2]:
            panel.axhspan(y - 0.6, y + 0.6, color="0.95", linewidth=0, zorder=0)
    exponents.set_yticks([y for y, *_ in names], [text for _, text, _ in names], fontsize=SMALL, linespacing=1)
    exponents.tick_params(axis="y", length=0)
    for label, (*_, heading) in zip(exponents.get_yticklabels(), names, strict=True):
        label.set_fontweight("bold" if heading else "normal")
    return figure


def _lines(table: pd.DataFrame) -> tuple[list[tuple[float, str, bool]], list[float], float]:
    """Each name with its place from the top and whether it is a model's heading; the place of each row; the bottom."""
    names, places, last, top = [], [], None, 0.0
    for row in table.itertuples():
        for text, heading in ((row.model, True), (row.regime, False)):
            if heading and text == last:
                continue
            wrapped = textwrap.fill(text, WRAPPED, break_long_words=False)
            height = 1 + wrapped.count("\n")
            top += 0.6 * heading
            names.append((top + (height - 1) / 2, wrapped, heading))
            top += height + 0.25
        last = row.model
        places.append(names[-1][0])
    return names, places, top


def _exponents(axes: Axes, table: pd.DataFrame, places: list[int]) -> None:
    for colour, (name, (symbol, marker)) in zip(CATEGORIES, EXPONENTS.items(), strict=False):
        style = {"fmt": marker, "color": colour, "markersize": 2.6, "elinewidth": 0.6, "markeredgewidth": 0.4}
        axes.errorbar(table[name], places, xerr=table[f"{name}_error"].fillna(0), label=symbol, **style)
    axes.set_xscale("symlog", linthresh=1, linscale=1.5)
    axes.set_xticks([-10, -1, 0, 1, 10], ["-10", "-1", "0", "1", "10"])
    axes.minorticks_off()
    axes.axvline(0, color="0.6", linewidth=0.5, zorder=1)
    axes.set_xlabel("exponents")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, handletextpad=0.1, columnspacing=1)


def _product(axes: Axes, table: pd.DataFrame, places: list[int]) -> None:
    low, high = PRODUCT_RANGE
    value, error = table["product_over_gamma"].to_numpy(), table["product_over_gamma_error"].fillna(0).to_numpy()
    y = np.array(places, float)
    inside = (value >= low) & (value <= high)
    style = {"fmt": "o", "color": "black", "markersize": 2.6, "elinewidth": 0.6}
    axes.errorbar(value[inside], y[inside], xerr=error[inside], **style)
    for bound, beyond, marker in ((low, value < low, "<"), (high, value > high, ">")):
        axes.plot(np.full(beyond.sum(), bound), y[beyond], marker, color="black", markersize=3, clip_on=False)
    none = np.isnan(value)
    axes.plot(np.full(none.sum(), 0.1), y[none], "x", color="0.6", markersize=2.6, markeredgewidth=0.6)
    axes.axvline(1, color=CATEGORIES[1], linewidth=0.8, zorder=1)
    axes.set_xlim(low, high)
    axes.set_xticks([0.5, 1, 1.5, 2])
    axes.set_xlabel(r"$\gamma_1\gamma_2/\gamma$ ($\times$: none)")


def _marks(axes: Axes, table: pd.DataFrame, places: list[int]) -> None:
    for x, column in enumerate(("collapse", "minimum")):
        for y, said in zip(places, table[column], strict=True):
            if filled := MARKS.get(verdict(said)):
                axes.plot(x, y, "o", fillstyle=filled, color="black", markersize=3, markeredgewidth=0.5)
    axes.set_xlim(-0.6, 1.6)
    axes.set_xticks([0, 1], ["collapse", "minimum"], rotation=90)
    axes.tick_params(axis="x", length=0)
