"""The two audits as forest plots: one line per norm or variant, one panel per exponent."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullFormatter

from scaling.analysis.exponents import SIGMA
from scaling.analysis.robust.thresholds import LEAST_P
from scaling.plotting.panels import NAMES
from scaling.plotting.style import CATEGORIES, PAGE_WIDTH, new_figure

MARKERS = "os^Dv"
PANELS = {"gamma_1": r"$\gamma_1$", "gamma_2": r"$\gamma_2$", "gamma_pred": r"$\gamma_1\gamma_2$"}


def draw_norm_audit(audit: pd.DataFrame) -> Figure:
    """gamma_pred - gamma_meas for each definition of the norm, and how probable the collapse is.

    `audit` is scaling.networks.audits.sensitivity.norm_audit's table. Filled: the robust procedure with its interval;
    open: the authors' with 1.96 standard errors. The collapse is judged by its probability; the line is where it is
    none.
    """
    rows = audit[audit.procedure == "robust"]
    cells, norms = list(audit.cell.unique()), list(audit.norm.unique())
    figure, axes = new_figure(
        1, 2, width=PAGE_WIDTH, panel_height=0.6 + 0.2 * len(norms) * max(1, len(cells) / 3), sharey=True
    )
    _forest(axes[0, 0], audit, "norm", norms, cells, "difference")
    axes[0, 0].axvline(0, color="0.3", linewidth=0.7)
    axes[0, 0].set_xlabel(r"$\gamma_\mathrm{pred} - \gamma_\mathrm{meas}$")
    for index, cell in enumerate(cells):
        of_cell = rows[rows.cell == cell].set_index("norm").reindex(norms)
        axes[0, 1].plot(
            of_cell.collapse_p,
            _heights(len(norms), index, len(cells)),
            MARKERS[index % 5],
            color=CATEGORIES[index % 7],
        )
    axes[0, 1].set_xscale("log")
    axes[0, 1].set_xlim(0.8 * min(LEAST_P, rows.collapse_p.min(skipna=True)), 1.1)
    axes[0, 1].xaxis.set_major_locator(LogLocator(subs=(1, 3)))
    axes[0, 1].xaxis.set_major_formatter("{x:g}")
    axes[0, 1].xaxis.set_minor_formatter(NullFormatter())
    axes[0, 1].axvline(LEAST_P, color="0.3", linewidth=0.7)
    axes[0, 1].set_xlabel("collapse, probability $p$")
    axes[0, 1].grid(axis="y", linewidth=0.3, color="0.9")
    axes[0, 1].tick_params(axis="y", length=0)
    axes[0, 1].set_axisbelow(True)
    _legend(figure, axes[0, 0])
    return figure


def draw_fragility_audit(audit: pd.DataFrame) -> Figure:
    """gamma_1, gamma_2 and their product for each variant of the training.

    `audit` is scaling.networks.audits.sensitivity.fragility_audit's table. Filled: the robust procedure with its
    interval; the tall tick of the same colour: the baseline's value on the same P and seeds. Open: the authors' with
    1.96 standard errors. An arrow at the edge stands for a value far outside the others' range.
    """
    rows = audit[audit.procedure == "robust"]
    cells, variants = list(audit.cell.unique()), list(audit.variant.unique())
    height = 0.6 + 0.26 * len(variants) * max(1, len(cells) / 3)
    figure, axes = new_figure(1, len(PANELS), width=PAGE_WIDTH, panel_height=height, sharey=True)
    for axis, (quantity, label) in zip(axes[0], PANELS.items(), strict=True):
        _forest(axis, audit, "variant", variants, cells, quantity)
        for index, cell in enumerate(cells):
            references = rows[rows.cell == cell].set_index("variant").reindex(variants)[f"{quantity}_baseline"]
            heights = _heights(len(variants), index, len(cells))
            half = 0.45 / len(cells)
            axis.vlines(references, heights - half, heights + half, color=CATEGORIES[index % 7], linewidth=0.9)
        _without_far_values(axis, audit, quantity, variants, cells)
        axis.set_xlabel(label)
    _legend(figure, axes[0, 0])
    return figure


def _legend(figure: Figure, axis: Axes) -> None:
    """The cells, and what filled and open marks are."""
    handles, labels = axis.get_legend_handles_labels()
    for label, style in (
        ("robust", {"markersize": 3.5}),
        ("authors'", {"markersize": 2.5, "markerfacecolor": "white"}),
    ):
        handles.append(Line2D([], [], color="0.3", marker="o", linestyle="", **style))
        labels.append(label)
    figure.legend(handles, labels, loc="outside upper center", ncols=min(len(labels), 6))


def _forest(
    axis: Axes, audit: pd.DataFrame, key: str, lines: Sequence[str], cells: Sequence[str], quantity: str
) -> None:
    for index, cell in enumerate(cells):
        for procedure, filled in (("authors", False), ("robust", True)):
            chosen = audit[(audit.cell == cell) & (audit.procedure == procedure)].set_index(key).reindex(lines)
            value = chosen[quantity].to_numpy(float)
            if filled:
                bars = np.abs(chosen[[f"{quantity}_low", f"{quantity}_high"]].to_numpy(float).T - value)
            else:
                bars = 1.96 * chosen[SIGMA[quantity]].to_numpy(float)
            axis.errorbar(
                value,
                _heights(len(lines), index, len(cells)) - (0 if filled else 0.12),
                xerr=np.nan_to_num(bars),
                marker=MARKERS[index % 5],
                markersize=3.5 if filled else 2.5,
                markerfacecolor=None if filled else "white",
                color=CATEGORIES[index % 7],
                linestyle="",
                capsize=1.5,
                elinewidth=0.8 if filled else 0.5,
                label=cell.replace("_", " ") if filled else None,
            )
    axis.set_yticks(range(len(lines)), [NAMES.get(line, line.replace("_", " ")) for line in lines])
    axis.set_ylim(len(lines) - 0.4, -0.6)
    axis.grid(axis="y", linewidth=0.3, color="0.9")
    axis.tick_params(axis="y", length=0)
    axis.set_axisbelow(True)


def _without_far_values(
    axis: Axes, audit: pd.DataFrame, quantity: str, lines: Sequence[str], cells: Sequence[str]
) -> None:
    """Fit the axis to the values within three interquartile ranges of their quartiles; arrows for the others."""
    values = audit[[quantity, f"{quantity}_baseline"]].to_numpy(float)
    if np.isfinite(values[:, 0]).sum() < 2:
        return
    values = values[np.isfinite(values)]
    first, third = np.nanquantile(audit[quantity].to_numpy(float), [0.25, 0.75])
    low, high = first - 3 * (third - first), third + 3 * (third - first)
    near = values[(values >= low) & (values <= high)]
    if near.size == values.size or np.ptp(near) == 0:
        return
    low, high = near.min() - 0.15 * np.ptp(near), near.max() + 0.15 * np.ptp(near)
    axis.set_xlim(low, high)
    for index, cell in enumerate(cells):
        heights = _heights(len(lines), index, len(cells))
        of_cell = audit[audit.cell == cell]
        for procedure, lift in (("authors", 0.12), ("robust", 0)):
            found = of_cell[of_cell.procedure == procedure].set_index("variant").reindex(lines)[quantity].to_numpy()
            for marker, edge, far in ((4, low, found < low), (5, high, found > high)):
                (arrows,) = axis.plot(
                    np.full(far.sum(), edge), heights[far] - lift, marker=marker, markersize=4, linestyle="",
                    color=CATEGORIES[index % 7], clip_on=False, zorder=5,
                )  # fmt: skip
                arrows.set_in_layout(False)


def _heights(lines: int, index: int, cells: int) -> np.ndarray:
    """Heights of one cell's marks: the cells of a line stand below one another inside it."""
    return np.arange(lines) + (index - (cells - 1) / 2) * 0.7 / cells
