"""Figure 11: where gamma_1 and gamma_2 come from."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scaling.paper.figures.collapse import X_LABEL, Y_LABEL, draw_rescaled_curves
from scaling.plotting.panels import Panel, curve_of, log10, write_in_free_band
from scaling.plotting.style import PAGE_WIDTH, colours_of, label_log10, new_figure

CELLS_PER_ROW = 2


def draw_exponent_fits(panels: Sequence[Panel]) -> Figure:
    """Two panels per cell: the rescaled curves with the gamma_1 fits, and lambda against P with the gamma_2 fit.

    Needs all tables of `Panel`. The fits drawn are those of the authors' procedure.
    """
    across = 1 if len(panels) < 3 else CELLS_PER_ROW
    rows = -(-len(panels) // across)
    figure, axes = new_figure(rows, 2 * across, width=PAGE_WIDTH, panel_height=2.5 if across == 1 else 1.75)
    pairs = axes.reshape(rows * across, 2)
    for left, right in pairs[len(panels) :]:
        left.remove()
        right.remove()
    for (left, right), panel in zip(pairs, panels, strict=False):
        _draw_gamma_1(left, panel)
        _draw_gamma_2(right, panel)
    for left, right in pairs[max(0, len(panels) - across) : len(panels)]:
        left.set_xlabel(X_LABEL)
        right.set_xlabel("$P$")
    return figure


def _draw_gamma_1(ax: Axes, panel: Panel) -> None:
    fitted = set(panel.local_fits["P"])
    draw_rescaled_curves(ax, panel, faint=set(panel.P) - fitted if fitted else ())
    for P, fit in panel.local_fits.set_index("P").iterrows():
        x = _fitted_range(panel, P)
        ax.plot(
            x, fit["intercept"] - fit["gamma_1"] * x, color="black", linestyle=(0, (3, 1.5)), linewidth=0.9, zorder=4
        )
    ax.set_title(panel.title, pad=4, loc="left")
    ax.set_ylabel(Y_LABEL)
    write_in_free_band(ax, panel.exponent_text("gamma_1", r"\gamma_1"), "bottom")


def _fitted_range(panel: Panel, P: int) -> np.ndarray:
    """log10(lambda/lambda_opt) of the first and last point of P's curve in the gamma_1 window (shape (2,))."""
    optimum = panel.optima.set_index("P").loc[P]
    x = curve_of(panel.curves, P)["log10_norm"] - optimum["log10_lambda_opt"]
    low, high = np.log10([panel.exponent("x_left"), panel.exponent("x_right")])
    # A bound that is not given is nan, and no comparison with nan holds: it excludes nothing.
    inside = x[~(x < low - 1e-9) & ~(x > high + 1e-9)]
    return np.array([inside.min(), inside.max()]) if len(inside) else np.full(2, np.nan)


def _draw_gamma_2(ax: Axes, panel: Panel) -> None:
    optima, colours = panel.optima, colours_of(panel.P)
    fitted = optima["P"] >= panel.exponent("gamma_2_min_P", default=0)
    # Where most runs were still improving at their last point, lambda_opt is a lower bound: an arrow head up.
    bound = 2 * optima["censored"] > optima["runs"]
    for is_fitted, is_bound in np.ndindex(2, 2):
        some = optima[(fitted == bool(is_fitted)) & (bound == bool(is_bound))]
        shades = [colours[P] for P in some["P"]]
        ax.scatter(
            log10(some["P"]),
            some["log10_l_0"],
            marker="^" if is_bound else "o",
            s=14,
            facecolors=shades if is_fitted else "none",
            edgecolors=shades,
            linewidths=0.8,
            zorder=3,
        )
    x = log10(optima["P"][fitted].sort_values())
    ax.plot(x, panel.exponent("log10_k_2") + panel.exponent("gamma_2") * x, color="black", linewidth=0.9, zorder=2)
    ax.set_ylabel(r"$\lambda_{\mathrm{opt}}$")
    write_in_free_band(ax, panel.exponent_text("gamma_2", r"\gamma_2"), "top")
    label_log10(ax.xaxis, most=5)
    label_log10(ax.yaxis)
