"""Figure 10: test error and norm against training time; neither is a simple function of it."""

import pandas as pd
from matplotlib.figure import Figure

from scaling.analysis.facts import facts_of
from scaling.plotting.panels import add_P_legend, draw_curve, log10
from scaling.plotting.style import PAGE_WIDTH, colours_of, label_log10, new_figure


def draw_trajectories(curves: pd.DataFrame, title: str) -> Figure:
    """Test error (left) and norm (right) against epoch, the mean over the runs of each P.

    `curves` is scaling.analysis.in_time.curves_in_time's table, with what the errors are if it says so.
    """
    figure, axes = new_figure(1, 2, width=PAGE_WIDTH, panel_height=2.4)
    left, right = axes[0]
    colours = colours_of(curves["P"])
    for P, curve in curves.groupby("P"):
        x = log10(curve["epoch"])
        draw_curve(left, x, curve["error_mean"], curve["error_sem"], colours[P])
        norm, sem = curve["log10_norm_mean"], curve["log10_norm_sem"]
        right.plot(x, norm, color=colours[P])
        right.fill_between(x, norm - sem, norm + sem, color=colours[P], alpha=0.2, linewidth=0)
    left.set_title(title, pad=4, loc="left")
    left.set_ylabel(rf"{facts_of(curves)['measure']} $\epsilon$")
    right.set_ylabel(r"norm $\lambda$")
    for ax in (left, right):
        ax.set_xlabel("epoch")
        label_log10(ax.xaxis)
        label_log10(ax.yaxis)
    add_P_legend(figure, [left, right], [list(colours)])
    return figure
