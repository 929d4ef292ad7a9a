"""Figure 11: where gamma_1 and gamma_2 come from, and whether there is a power law at all."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scaling.paper.figures.collapse import X_LABEL, Y_LABEL, draw_rescaled_curves
from scaling.plotting.panels import TEXT_SIZE, Panel, curve_of, log10, write_in_free_band
from scaling.plotting.style import CATEGORIES, PAGE_WIDTH, colours_of, label_log10, new_figure

CELLS_PER_ROW = 2
HEIGHTS = (2, 1)  # of the rescaled curves and of their local slope


def draw_exponent_fits(panels: Sequence[Panel]) -> Figure:
    """Three panels per cell: the rescaled curves with the gamma_1 fits, below them the local slope, and on the right
    lambda against P with the gamma_2 fit.

    Needs all tables of `Panel`. The fits drawn are those of the authors' procedure, the local slope is of the robust.
    """
    across = 1 if len(panels) < 3 else CELLS_PER_ROW
    rows = -(-len(panels) // across)
    ratios = {"height_ratios": HEIGHTS * rows}
    height = 1.7 if across == 1 else 1.25
    figure, axes = new_figure(2 * rows, 2 * across, width=PAGE_WIDTH, panel_height=height, gridspec_kw=ratios)
    for index in range(rows * across):
        row, column = 2 * (index // across), 2 * (index % across)
        above, below, right, unused = axes[row : row + 2, column : column + 2].T.flat
        unused.remove()
        if index >= len(panels):
            for axis in (above, below, right):
                axis.remove()
            continue
        right.set_subplotspec(right.get_gridspec()[row : row + 2, column + 1])
        below.sharex(above)
        above.tick_params(labelbottom=False)
        _draw_gamma_1(above, panels[index])
        _draw_slope(below, panels[index])
        _draw_gamma_2(right, panels[index])
        if index >= len(panels) - across:
            below.set_xlabel(X_LABEL)
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


def _draw_slope(ax: Axes, panel: Panel) -> None:
    """-d log error/d log lambda of the curves' common law, up to its minimum, with one standard error.

    Thick where the robust procedure finds its window; the line is its gamma_1, if it gives one.
    """
    slopes = panel.slopes[panel.slopes["log10_x"] <= 0]
    x, slope, sigma = (slopes[name].to_numpy(float) for name in ("log10_x", "slope", "sigma"))
    inside = slopes["in_window"].to_numpy(bool)
    if not x.size:
        ax.text(0.5, 0.5, "no common law", transform=ax.transAxes, ha="center", va="center", fontsize=TEXT_SIZE)
    ax.axhline(0, color="0.7", linewidth=0.6)
    ax.fill_between(x, slope - sigma, slope + sigma, color=CATEGORIES[0], alpha=0.25, linewidth=0)
    ax.plot(x, slope, color=CATEGORIES[0], linewidth=0.7)
    ax.plot(x, np.where(inside, slope, np.nan), color=CATEGORIES[0], linewidth=2)
    gamma_1 = panel.exponent("gamma_1", "robust")
    if inside.any() and np.isfinite(gamma_1):
        ax.plot(x[inside][[0, -1]], [gamma_1] * 2, color="black", linewidth=0.9, zorder=4)
    ax.set_ylabel("local slope")


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
