"""The figure of the runs here beside the published curves."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from scaling.curves.mean_curves import mean_curves
from scaling.figures.panels import add_P_legend, curve_of, draw_curve, log10
from scaling.figures.style import PAGE_WIDTH, colours_of, label_log10, new_figure


def draw_agreement(cells: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]]) -> Figure:
    """One panel per cell: line and band of one standard error from the runs, points as published, at each P of both.

    Parameters
    ----------
    cells : by name the runs and the published mean curves, as scaling.curves.agreement.agreement takes them.
    """
    columns = min(3, len(cells))
    rows = -(-len(cells) // columns)
    figure, axes = new_figure(rows, columns, width=PAGE_WIDTH if columns > 1 else 4.2, panel_height=2.6)
    for ax in axes.flat[len(cells) :]:
        ax.set_axis_off()
    shared = [sorted(set(runs["P"]) & set(published["P"])) for runs, published in cells.values()]
    for ax, (name, tables), P in zip(axes.flat, cells.items(), shared, strict=False):
        _panel(ax, *tables, P)
        ax.set_title(name.replace("_", " "), pad=4)
    for ax in axes[:, 0]:
        ax.set_ylabel(r"test error $\epsilon$")
    add_P_legend(figure, list(axes.flat[: len(cells)]), shared)
    return figure


def _panel(ax: Axes, runs: pd.DataFrame, published: pd.DataFrame, shared: list[int]) -> None:
    colours = colours_of(shared)
    curves = mean_curves(runs[runs["P"].isin(shared)])[0]
    for P in shared:
        here, there = curve_of(curves, P), curve_of(published, P)
        draw_curve(ax, here["log10_norm"], here["error_mean"], here["error_sem"], colours[P])
        ax.plot(there["log10_norm"], log10(there["error_mean"]), "o", color=colours[P], markerfacecolor="none")
    ax.set_xlabel(r"norm $\lambda$ (authors' complexity)")
    label_log10(ax.xaxis)
    label_log10(ax.yaxis)
    grey = {"color": "0.4"}
    handles = [Line2D([], [], **grey), Line2D([], [], marker="o", linestyle="", markerfacecolor="none", **grey)]
    ax.legend(handles, ["trained here", "published"], loc="lower left")
