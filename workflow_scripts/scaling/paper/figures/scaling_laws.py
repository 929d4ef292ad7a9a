"""Figures 12, 15, 18, 21: the best test error against P, with the measured and the predicted power law."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scaling.analysis.exponents import SIGMA
from scaling.plotting.panels import Panel, log10, panel_grid, widen
from scaling.plotting.style import CATEGORIES, label_log10

# The key of the exponents' table, its symbol, colour and line of the two laws.
LAWS = (
    ("gamma_meas", r"\gamma_{\mathrm{meas}}", CATEGORIES[0], "-"),
    ("gamma_pred", r"\gamma_{\mathrm{pred}}", CATEGORIES[1], "--"),
)


def draw_scaling_laws(panels: Sequence[Panel]) -> Figure:
    """One panel per cell, variant and norm; needs `optima` and `exponents`.

    The measured law is the authors' fit. Of the predicted one only the exponent is known: it is drawn through the
    centre (mean log P, mean log error) of the fitted points, which the measured law passes through too, with a fan of
    one standard error of the exponent.
    """
    figure, axes = panel_grid(panels, "$P$", lambda panel: rf"best {panel.measure} $\epsilon_{{\mathrm{{opt}}}}$")
    for ax, panel in zip(axes, panels, strict=True):
        _draw_panel(ax, panel)
    return figure


def _draw_panel(ax: Axes, panel: Panel) -> None:
    x, y = log10(panel.optima["P"]), log10(panel.optima["error_opt"])
    fitted = np.asarray(panel.optima["P"] >= panel.exponent("gamma_meas_min_P", default=0)) & np.isfinite(y)
    ax.plot(x[fitted], y[fitted], "o", color="black", zorder=3)
    ax.plot(x[~fitted], y[~fitted], "o", markerfacecolor="none", markeredgecolor="black", zorder=3)
    if fitted.any():
        centre_x, centre_y = x[fitted].mean(), y[fitted].mean()
        distance = np.array([x.min(), centre_x, x.max()]) - centre_x
        for name, symbol, colour, style in LAWS:
            gamma, sigma = panel.exponent(name), panel.exponent(SIGMA[name], default=0)
            line = centre_y - gamma * distance
            ax.plot(centre_x + distance, line, style, color=colour, label=panel.exponent_text(name, symbol))
            fan = sigma * np.abs(distance)
            ax.fill_between(centre_x + distance, line - fan, line + fan, color=colour, alpha=0.15, linewidth=0)
    label_log10(ax.xaxis, most=5)
    label_log10(ax.yaxis)
    labels = ax.get_legend_handles_labels()[1]
    # Two lines fit into the corner that a falling law leaves free; more need room.
    widen(ax, "top", lines=max(0, "\n".join(labels).count("\n") - 1))
    ax.legend(loc="upper right", handlelength=1.8, borderaxespad=0.3)
