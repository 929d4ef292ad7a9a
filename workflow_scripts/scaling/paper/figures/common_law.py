"""The law that curves of all P have in common: what is left of the error between guessing and the floor."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scaling.analysis.robust.departure import FittedDeparture
from scaling.analysis.robust.thresholds import KEPT, LEAST_SHARE
from scaling.plotting.panels import TEXT_SIZE, Panel, add_P_legend, curve_of, log10, write_in_free_band
from scaling.plotting.style import PAGE_WIDTH, colours_of, label_log10, new_figure

CELLS_PER_ROW = 2


def draw_common_law(panels: Sequence[Panel]) -> Figure:
    """Two panels per cell; needs `curves`, `exponents` and `scales` of the panel.

    Left: the law's error L (robust.departure) of each P against the norm. Right: the same over the scales that the
    robust procedure gave each P, with its gamma_1 where there is one. Points that show less than `LEAST_SHARE` of the
    law, near guessing or the floor, are left out, and on the right the norms that its fit leaves out.
    """
    across = 1 if len(panels) == 1 else CELLS_PER_ROW
    rows = -(-len(panels) // across)
    figure, axes = new_figure(rows, 2 * across, width=PAGE_WIDTH, panel_height=2.3 if across == 1 else 1.7)
    pairs = axes.reshape(-1, 2)
    for index, (left, right) in enumerate(pairs):
        if index >= len(panels):
            left.remove()
            right.remove()
            continue
        _draw_pair(left, right, panels[index])
        if index >= len(panels) - across:
            left.set_xlabel(r"norm $\lambda$")
            right.set_xlabel(r"$\lambda/\lambda_s$")
    add_P_legend(figure, [right for _, right in pairs[: len(panels)]], [panel.P for panel in panels])
    return figure


def _draw_pair(left: Axes, right: Axes, panel: Panel) -> None:
    left.set_title(panel.title, pad=4, loc="left")
    left.set_ylabel(rf"law's {panel.measure} $L$")
    right.set_ylabel(r"$L/\epsilon_s$")
    departure = FittedDeparture(
        *(panel.exponent(key, "robust") for key in ("fitted_plateau", "fitted_floor", "onset", "approach"))
    )
    colours, scales = colours_of(panel.P), panel.scales.set_index("P")
    begin, together = panel.exponent("min_log10_norm", "robust"), []
    for P in panel.P:
        x, y = _law_of(curve_of(panel.curves, P), departure)
        fitted = P in scales.index
        left.plot(x, y, color=colours[P], linewidth=1, alpha=1 if fitted else 0.4)
        if fitted:
            x, y = x - scales["log10_lambda_s"][P], np.where(x >= begin, y - scales["log10_error_s"][P], np.nan)
            right.plot(x, y, color=colours[P], linewidth=1)
            together.append((x, y))
    if not any(np.isfinite(y).any() for _, y in together):
        right.text(0.5, 0.5, "no common law", transform=right.transAxes, ha="center", va="center", fontsize=TEXT_SIZE)
        for ax in (left, right):
            ax.set(xticks=[], yticks=[])
        return
    _draw_line(right, panel, together)
    for ax in (left, right):
        label_log10(ax.xaxis)
        label_log10(ax.yaxis)


def _law_of(curve: pd.DataFrame, departure: FittedDeparture) -> tuple[np.ndarray, np.ndarray]:
    """log10 norm and log10 L, NaN where little of the law is seen."""
    law = departure.law(log10(curve["error_mean"]))
    seen = departure.share(law) >= LEAST_SHARE
    return curve["log10_norm"].to_numpy(float), np.where(seen, law, np.nan)


def _draw_line(ax: Axes, panel: Panel, together: list[tuple[np.ndarray, np.ndarray]]) -> None:
    """gamma_1 over the part of the window that it is taken from, through the points there."""
    gamma_1 = panel.exponent("gamma_1", "robust")
    if not np.isfinite(gamma_1):
        return
    left, right = (np.log10(panel.exponent(side, "robust")) for side in ("x_left", "x_right"))
    right = left + KEPT * (right - left)
    x, y = (np.concatenate(parts) for parts in zip(*together, strict=True))
    inside = (x >= left) & (x <= right) & np.isfinite(y)
    if not inside.any():
        return
    ends = np.array([left, right])
    height = np.mean(y[inside] + gamma_1 * x[inside])
    ax.plot(ends, height - gamma_1 * ends, color="black", linestyle=(0, (3, 1.5)), zorder=4)
    low, high = (panel.exponent(f"gamma_1_{end}", "robust") for end in ("low", "high"))
    write_in_free_band(
        ax, rf"$\gamma_1$ = {gamma_1:.2f}" + (f"\n[{low:.2f}, {high:.2f}]" if np.isfinite(low) else ""), "bottom"
    )
