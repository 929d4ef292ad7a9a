"""Figures 4, 14, 17, 20: the learning curves rescaled by their optimal points."""

from collections.abc import Collection, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scaling.plotting.panels import Panel, add_P_legend, curve_of, draw_curve, panel_grid
from scaling.plotting.style import colours_of, label_log10

X_LABEL = r"$\lambda/\lambda_{\mathrm{opt}}$"
Y_LABEL = r"$\epsilon/\epsilon_{\mathrm{opt}}$"


def draw_collapse(panels: Sequence[Panel]) -> Figure:
    """One panel per cell, variant and norm; needs `curves` and `optima`."""
    figure, axes = panel_grid(panels, X_LABEL, Y_LABEL)
    for ax, panel in zip(axes, panels, strict=True):
        draw_rescaled_curves(ax, panel)
    add_P_legend(figure, axes, [panel.P for panel in panels])
    return figure


def draw_rescaled_curves(ax: Axes, panel: Panel, faint: Collection[int] = ()) -> None:
    """Each P's mean curve divided by its optimal point, which is the star at (1, 1); some P only faintly."""
    colours = colours_of(panel.P)
    for P, optimum in panel.optima.set_index("P").sort_index().iterrows():
        curve = curve_of(panel.curves, P)
        x = curve["log10_norm"] - optimum["log10_lambda_opt"]
        colour = (*colours[P][:3], 0.3 if P in faint else 1.0)
        draw_curve(ax, x, curve["error_mean"], curve["error_sem"], colour, scale=optimum["error_opt"])
    ax.scatter([0], [0], marker="*", s=42, c="white", edgecolors="black", linewidths=0.6, zorder=5)
    label_log10(ax.xaxis)
    label_log10(ax.yaxis)
