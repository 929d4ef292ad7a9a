"""Figures 3, 13, 16, 19: test error against norm, one curve per P, the optimum of each as a star."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scaling.plotting.panels import Panel, add_P_legend, curve_of, draw_curve, draw_stars, panel_grid
from scaling.plotting.style import colours_of, label_log10


def draw_learning_curves(panels: Sequence[Panel]) -> Figure:
    """One panel per cell, variant and norm; needs `curves` and `optima`."""
    figure, axes = panel_grid(panels, r"norm $\lambda$", lambda panel: rf"{panel.measure} $\epsilon$")
    for ax, panel in zip(axes, panels, strict=True):
        draw_learning_curve_panel(ax, panel)
    add_P_legend(figure, axes, [panel.P for panel in panels])
    return figure


def draw_learning_curve_panel(ax: Axes, panel: Panel) -> None:
    """Each P's mean curve with its band, and its optimum as a star."""
    colours = colours_of(panel.P)
    for P in panel.P:
        curve = curve_of(panel.curves, P)
        draw_curve(ax, curve["log10_norm"], curve["error_mean"], curve["error_sem"], colours[P])
    optima = panel.optima
    draw_stars(ax, optima["log10_lambda_opt"], optima["error_opt"], [colours[P] for P in optima["P"]])
    label_log10(ax.xaxis)
    label_log10(ax.yaxis)
