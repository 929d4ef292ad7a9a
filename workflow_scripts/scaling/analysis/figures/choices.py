"""The figure of the choices: gamma_pred against gamma_meas for all of them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import seaborn
from matplotlib.figure import Figure

from scaling.plotting.style import CATEGORIES, PAGE_WIDTH, new_figure

ESTIMATORS = ["authors", "collapse", "smooth minimum", "grid minimum", "own minima"]
MARGIN = 0.08
BOX = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.5}


def draw_choices(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """One panel per study (of analysis.choices): a point per choice, coloured by the estimator of the optimum.

    Line: gamma_pred = gamma_meas. Square and star with their error bars: what the authors' and the robust procedure
    choose by themselves. The axes cover the middle 90% of the choices and these two; what lies outside is counted.
    """
    columns = 1 if len(tables) < 2 else 2 if len(tables) <= 4 else 3
    rows = max(1, -(-len(tables) // columns))
    figure, axes = new_figure(rows, columns, width=PAGE_WIDTH if columns > 1 else 4.2, panel_height=2.5)
    for axis in axes.flat[len(tables) :]:
        axis.set_axis_off()
    for axis, (name, table) in zip(axes.flat, tables.items(), strict=False):
        _panel(axis, table)
        axis.set_title(name.split("/")[0].replace("_", " ") if len(tables) > 1 else name)
    for axis in axes[:, 0]:
        axis.set_ylabel(r"$\gamma_\mathrm{pred} = \gamma_1\gamma_2$")
    handles, labels = max((axis.get_legend_handles_labels() for axis in axes.flat), key=lambda found: len(found[1]))
    if handles:
        figure.legend(handles, labels, loc="outside lower center", ncols=4 if columns > 1 else 3)
    return figure


def _panel(axis, table: pd.DataFrame) -> None:
    table = table.dropna(subset=["gamma_pred", "gamma_meas"])
    if not table.empty:
        seaborn.scatterplot(
            table,
            x="gamma_meas",
            y="gamma_pred",
            hue="estimator",
            hue_order=ESTIMATORS,
            palette=dict(zip(ESTIMATORS, CATEGORIES, strict=False)),
            s=6,
            linewidth=0,
            alpha=0.5,
            ax=axis,
        )
        axis.get_legend().remove()  # the figure has one for all panels
    axis.set(xlabel=r"$\gamma_\mathrm{meas}$", ylabel="")
    for procedure, marker, colour in [("authors", "s", CATEGORIES[0]), ("robust", "*", CATEGORIES[1])]:
        own = table[table["of_procedure"] == procedure]
        style = {"color": colour, "markeredgecolor": "black", "markersize": 4 if marker == "s" else 9, "zorder": 3}
        axis.errorbar(
            own["gamma_meas"],
            own["gamma_pred"],
            xerr=np.nan_to_num(own["sigma_meas"]),
            yerr=np.nan_to_num(own["sigma_pred"]),
            fmt=marker,
            elinewidth=0.8,
            label=f"{procedure}, own choice",
            **style,
        )
    if table.empty:
        axis.text(0.5, 0.5, "no choice bears both exponents", ha="center", transform=axis.transAxes)
        return
    limits = [_limits(table, "gamma_meas", "sigma_meas"), _limits(table, "gamma_pred", "sigma_pred")]
    axis.set_xlim(limits[0])
    axis.set_ylim(limits[1])
    axis.axline((0, 0), slope=1, color="0.6", linewidth=0.8, zorder=0, label="equal")
    outside = (~table["gamma_meas"].between(*limits[0]) | ~table["gamma_pred"].between(*limits[1])).sum()
    agree = table["agrees"].mean()
    text = f"{agree:.0%} of {len(table)} agree" + (f"\n{outside} outside" if outside else "")
    axis.text(0.03, 0.97, text, va="top", transform=axis.transAxes, fontsize=6.5, bbox=BOX)


def _limits(table: pd.DataFrame, value: str, sigma: str) -> tuple[float, float]:
    own = table[table["of_procedure"].fillna("") != ""]
    edges = np.concatenate(
        [
            table[value].quantile([0.05, 0.95]).to_numpy(),
            own[value] - own[sigma].fillna(0),
            own[value] + own[sigma].fillna(0),
        ]
    )
    low, high = edges.min(), edges.max()
    margin = max(MARGIN * (high - low), 0.01)
    return float(low - margin), float(high + margin)
