"""The one picture of a study: learning curves, their collapse, and the law of the best error, of its first cell."""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scaling.analysis.robust.departure import FittedDeparture
from scaling.core.notation import with_interval
from scaling.paper.figures.collapse import X_LABEL, Y_LABEL, draw_rescaled_curves
from scaling.paper.figures.learning_curves import draw_learning_curve_panel
from scaling.plotting.panels import Panel, log10
from scaling.plotting.style import CATEGORIES, PAGE_WIDTH, colours_of, label_log10, new_figure

# The robust procedure's exponent, how the legend names it, colour and line.
LAWS = (
    ("gamma_meas", r"measured, $\gamma_{\mathrm{meas}}$", CATEGORIES[0], "-"),
    ("gamma_pred", r"predicted, $\gamma_1\gamma_2$", CATEGORIES[1], "--"),
)


def draw_picture(panel: Panel) -> Figure:
    """Needs `curves`, `optima` and `exponents` of the panel.

    Left: test error against norm. Middle: each curve over its optimum. Right: the best error against P; filled where
    most runs had their best error before their end, with the robust procedure's laws as they are seen: between guessing
    and the floor, over the P that were fitted. A law without a finite exponent is not drawn.
    """
    figure, axes = new_figure(1, 3, width=PAGE_WIDTH, panel_height=2.5)
    left, middle, right = axes[0]
    draw_learning_curve_panel(left, panel)
    left.set(xlabel=r"norm $\lambda$", ylabel=rf"{panel.measure} $\epsilon$", title="1. One early line for all P")
    draw_rescaled_curves(middle, panel)
    middle.set(xlabel=X_LABEL, ylabel=Y_LABEL, title="2. The same, over the optimum")
    _best_errors(right, panel)
    counted = panel.facts["counted"]
    right.set(xlabel=f"{counted} $P$", ylabel=r"best error $\epsilon_{\mathrm{opt}}$", title="3. The best error")
    return figure


def _best_errors(ax: Axes, panel: Panel) -> None:
    optima = panel.optima.sort_values("P")
    x, y = log10(optima["P"]), log10(optima["error_opt"])
    inside = (2 * optima["censored"] <= optima["runs"]).to_numpy()
    for name, label, colour, style in LAWS:
        gamma, low, high = (panel.exponent(f"{name}{end}", "robust") for end in ("", "_low", "_high"))
        if math.isfinite(gamma):
            fitted = (x >= math.log10(panel.exponent("min_P", "robust")) - 1e-9) & np.isfinite(y)
            through = fitted & inside if (fitted & inside).any() else fitted
            at = np.linspace(x[fitted].min(), x[fitted].max(), 50)
            text = f"{label}:\n{with_interval(gamma, low, high, digits=1)}"
            ax.plot(at, _law_as_seen(panel, name, at, x[through], y[through]), style, color=colour, label=text)
    colours = colours_of(panel.P)
    shades = [colours[P] for P in optima["P"]]
    faces = [colour if best else "none" for colour, best in zip(shades, inside, strict=True)]
    ax.scatter(x, y, marker="*", s=60, facecolors=faces, edgecolors=shades, zorder=3)
    label_log10(ax.xaxis, most=5)
    label_log10(ax.yaxis)
    if ax.get_legend_handles_labels()[0]:
        low, high = ax.get_ylim()
        ax.set_ylim(low, high + 0.55 * (high - low))  # room for the words
        ax.legend(loc="upper right", handlelength=1.8, borderaxespad=0.3)


def _law_as_seen(panel: Panel, name: str, at: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """log10 error at log10 P `at` of a power law with the fit's correction, between its plateau and its floor.

    Only its shape is taken from the fit; its height is that of the points x, y, in the mean.
    """
    row = {key: panel.exponent(key, "robust") for key in (name, "gamma_1", "min_P", "omega")}
    correction = {"gamma_meas": "correction_meas", "gamma_pred": "correction_2"}[name]
    size = panel.exponent(correction, "robust", default=0) * (1 if name == "gamma_meas" else -row["gamma_1"])
    departure = FittedDeparture(
        *(panel.exponent(key, "robust") for key in ("fitted_plateau", "fitted_floor", "onset", "approach"))
    )

    def law(log10_P: np.ndarray) -> np.ndarray:
        decay = 10 ** (-np.nan_to_num(row["omega"]) * (log10_P - math.log10(row["min_P"])))
        return -row[name] * log10_P + size * decay

    return departure.seen(law(at) + np.mean(departure.law(y) - law(x)))
