"""Learning curves against the norm, their collapse, and the same against training time, side by side."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scaling.paper.figures.collapse import X_LABEL, Y_LABEL, draw_rescaled_curves
from scaling.paper.figures.learning_curves import draw_learning_curve_panel
from scaling.plotting.panels import Panel, add_P_legend, draw_curve, log10
from scaling.plotting.style import PAGE_WIDTH, colours_of, label_log10, new_figure

HEADS = ("against the norm", "over the best norm", "over the best epoch")


def draw_against_time(rows: Sequence[tuple[Panel, pd.DataFrame]]) -> Figure:
    """A row for each cell and variant.

    Parameters
    ----------
    rows : panels with `curves` and `optima`, and the same runs averaged at equal epochs (scaling.analysis.in_time).
    """
    figure, axes = new_figure(len(rows), 3, width=PAGE_WIDTH, panel_height=1.75)
    for line, (panel, in_time) in zip(axes, rows, strict=True):
        left, middle, right = line
        draw_learning_curve_panel(left, panel)
        draw_rescaled_curves(middle, panel)
        _draw_rescaled_in_time(right, panel, in_time)
        left.set_ylabel(f"{panel.title}\n{panel.measure} $\\epsilon$".replace(" (", "\n("))
        middle.set_ylabel(Y_LABEL)
        limits = [ax.get_ylim() for ax in (middle, right)]
        for ax in (middle, right):
            ax.set_ylim(min(low for low, _ in limits), max(high for _, high in limits))
        add_P_legend(figure, list(line), [panel.P])
    for ax, head, label in zip(axes[0], HEADS, (r"norm $\lambda$", X_LABEL, "epoch/best epoch"), strict=True):
        ax.set_title(head, pad=4)
        axes[-1, list(axes[0]).index(ax)].set_xlabel(label)
    return figure


def _draw_rescaled_in_time(ax: Axes, panel: Panel, in_time: pd.DataFrame) -> None:
    """Each P's mean curve in time divided by its smallest error and the epoch of that."""
    colours = colours_of(panel.P)
    for P, curve in in_time.groupby("P"):
        best = curve.loc[curve["error_mean"].idxmin()]
        x = log10(curve["epoch"] / best["epoch"])
        draw_curve(ax, x, curve["error_mean"], curve["error_sem"], colours[P], scale=best["error_mean"])
    ax.scatter([0], [0], marker="*", s=42, c="white", edgecolors="black", linewidths=0.6, zorder=5)
    label_log10(ax.xaxis)
    label_log10(ax.yaxis)
