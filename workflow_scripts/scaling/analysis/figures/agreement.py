"""The figure of the runs here beside the published curves."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from scaling.analysis.mean_curves import mean_curves
from scaling.plotting.panels import add_P_legend, curve_of, draw_curve, log10
from scaling.plotting.style import colours_of, label_log10, new_figure


def draw_agreement(title: str, runs: pd.DataFrame, published: pd.DataFrame) -> Figure:
    """Line and band of one standard error from the runs, circles as published, at each P of both.

    Parameters
    ----------
    runs, published : as scaling.analysis.agreement.agreement takes them.
    """
    figure, axes = new_figure(width=4.2, panel_height=2.6)
    ax = axes[0, 0]
    shared = sorted(set(runs["P"]) & set(published["P"]))
    colours, curves = colours_of(shared), mean_curves(runs[runs["P"].isin(shared)])[0]
    for P in shared:
        here, there = curve_of(curves, P), curve_of(published, P)
        draw_curve(ax, here["log10_norm"], here["error_mean"], here["error_sem"], colours[P])
        ax.plot(there["log10_norm"], log10(there["error_mean"]), "o", color=colours[P], markerfacecolor="none")
    ax.set(title=title, xlabel=r"norm $\lambda$ (authors' complexity)", ylabel=r"test error $\epsilon$")
    label_log10(ax.xaxis)
    label_log10(ax.yaxis)
    grey = {"color": "0.4"}
    handles = [Line2D([], [], **grey), Line2D([], [], marker="o", linestyle="", markerfacecolor="none", **grey)]
    ax.legend(handles, ["trained here", "published"], loc="lower left")
    add_P_legend(figure, [ax], [shared])
    return figure
