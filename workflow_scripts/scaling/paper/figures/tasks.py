"""The same networks trained by one loss and by another: learning curves, and how the best norm grows with P."""

from collections.abc import Sequence
from itertools import count

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scaling.analysis.best_norm import best_norm_law
from scaling.core.notation import with_uncertainty
from scaling.paper.figures.learning_curves import draw_learning_curve_panel
from scaling.plotting.panels import Panel, add_P_legend, log10, widen
from scaling.plotting.style import CATEGORIES, COLUMN_WIDTH, PAGE_WIDTH, label_log10, new_figure

MARKERS = ("o", "s", "D", "v")


def draw_tasks(rows: Sequence[Sequence[tuple[str, Panel]]]) -> Figure:
    """A row for each cell: the curves of each task, and the best norms of all of them against P.

    Parameters
    ----------
    rows : of each cell its tasks, in words, with the panels; these need `curves` and `optima`.
    """
    columns = 1 + max(map(len, rows))
    width = PAGE_WIDTH if columns > 2 else 1.5 * COLUMN_WIDTH
    widths = [1.0] * (columns - 1) + [1.15]  # the last has words in it
    figure, axes = new_figure(len(rows), columns, width=width, panel_height=2.0, width_ratios=widths)
    for row, line in zip(axes, rows, strict=True):
        for ax, (task, panel) in zip(row, line, strict=False):
            draw_learning_curve_panel(ax, panel)
            ax.set_title(task, pad=4)
        for ax in row[len(line) : -1]:
            ax.remove()
        row[0].set_ylabel(f"{line[0][1].row}\n{line[0][1].measure} $\\epsilon$")
        _share_errors(row[: len(line)])
        _draw_best_norms(row[-1], line)
        add_P_legend(figure, list(row[: len(line)]), [panel.P for _, panel in line])
    for ax in axes[-1, :-1]:
        ax.set_xlabel(r"norm $\lambda$")
    axes[-1, -1].set_xlabel("$P$")
    return figure


def _share_errors(axes: Sequence[Axes]) -> None:
    """One range of errors for the panels of a cell, so that they can be compared."""
    limits = np.array([ax.get_ylim() for ax in axes])
    for ax in axes:
        ax.set_ylim(limits[:, 0].min(), limits[:, 1].max())


def _draw_best_norms(ax: Axes, line: Sequence[tuple[str, Panel]]) -> None:
    """Each task's best norms with their line; open where most runs were still improving at their last point."""
    for number, (task, panel) in zip(count(), line):
        colour, optima = CATEGORIES[number % len(CATEGORIES)], panel.optima.sort_values("P")
        law, inside = best_norm_law(optima)
        x, y = log10(optima["P"]), optima["log10_l_0"].to_numpy(float)
        words = f"{task}: none" if not inside.any() else f"{task}: at {inside.sum()} P alone"
        if np.isfinite(law.exponent):
            words = rf"{task} $P^{{{with_uncertainty(law.exponent, max(law.sigma, 0.002))}}}$"
        marker = MARKERS[number % len(MARKERS)]
        ax.plot(x[inside], y[inside], marker, color=colour, label=words)
        ax.plot(x[~inside], y[~inside], marker, color=colour, markerfacecolor="none")
        ax.plot(x[inside], law.intercept + law.exponent * x[inside], color=colour, linewidth=0.9)
    ax.set_title("best norm", pad=4)
    ax.set_ylabel(r"$\lambda_{\mathrm{opt}}$")
    label_log10(ax.xaxis)
    label_log10(ax.yaxis)
    widen(ax, "top", lines=len(line) + 1)
    ax.legend(loc="upper left", handletextpad=0.1, borderaxespad=0.2, fontsize=6)
