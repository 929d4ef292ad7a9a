"""The two audits as forest plots: one line per norm or variant, one panel per exponent."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from scaling.figures.style import CATEGORIES, PAGE_WIDTH, new_figure

MARKERS = "os^Dv"
PANELS = {"gamma_1": r"$\gamma_1$", "gamma_2": r"$\gamma_2$", "gamma_pred": r"$\gamma_1\gamma_2$"}


def draw_norm_audit(audit: pd.DataFrame, procedure: str = "robust") -> Figure:
    """gamma_pred - gamma_meas with its interval for each definition of the norm, and the collapse's quality.

    `audit` is scaling.exponents.audit.norm_audit's table; the rows of `procedure` are drawn.
    """
    rows = audit[audit.procedure == procedure]
    cells, norms = list(rows.cell.unique()), list(rows.norm.unique())
    figure, axes = new_figure(
        1, 2, width=PAGE_WIDTH, panel_height=0.6 + 0.2 * len(norms) * max(1, len(cells) / 3), sharey=True
    )
    _forest(axes[0, 0], rows, "norm", norms, cells, "difference")
    axes[0, 0].axvline(0, color="0.3", linewidth=0.7)
    axes[0, 0].set_xlabel(r"$\gamma_\mathrm{pred} - \gamma_\mathrm{meas}$")
    for index, cell in enumerate(cells):
        of_cell = rows[rows.cell == cell].set_index("norm").reindex(norms)
        axes[0, 1].plot(
            of_cell.collapse_chi2,
            _heights(len(norms), index, len(cells)),
            MARKERS[index % 5],
            color=CATEGORIES[index % 7],
        )
    if (rows.collapse_chi2 > 0).any():
        axes[0, 1].set_xscale("log")
        axes[0, 1].xaxis.set_major_locator(LogLocator(subs=(1, 3)))
        axes[0, 1].xaxis.set_major_formatter("{x:g}")
        axes[0, 1].xaxis.set_minor_formatter(NullFormatter())
    axes[0, 1].axvline(1, color="0.3", linewidth=0.7)
    axes[0, 1].set_xlabel(r"collapse, reduced $\chi^2$")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=min(len(cells), 5))
    return figure


def draw_fragility_audit(audit: pd.DataFrame, procedure: str = "robust") -> Figure:
    """gamma_1, gamma_2 and their product for each variant of the training, a dotted line at each cell's baseline.

    `audit` is scaling.exponents.audit.fragility_audit's table; the rows of `procedure` are drawn.
    """
    rows = audit[audit.procedure == procedure]
    cells, variants = list(rows.cell.unique()), list(rows.variant.unique())
    height = 0.6 + 0.2 * len(variants) * max(1, len(cells) / 3)
    figure, axes = new_figure(1, len(PANELS), width=PAGE_WIDTH, panel_height=height, sharey=True)
    for axis, (quantity, label) in zip(axes[0], PANELS.items(), strict=True):
        _forest(axis, rows, "variant", variants, cells, quantity)
        for index, cell in enumerate(cells):
            for value in rows.loc[(rows.cell == cell) & (rows.variant == "baseline"), quantity].dropna():
                axis.axvline(value, color=CATEGORIES[index % 7], linestyle=":", linewidth=0.8)
        axis.set_xlabel(label)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=min(len(cells), 5))
    return figure


def _forest(
    axis: Axes, rows: pd.DataFrame, key: str, lines: Sequence[str], cells: Sequence[str], quantity: str
) -> None:
    for index, cell in enumerate(cells):
        of_cell = rows[rows.cell == cell].set_index(key).reindex(lines)
        value = of_cell[quantity].to_numpy(float)
        bars = np.abs(of_cell[[f"{quantity}_low", f"{quantity}_high"]].to_numpy(float).T - value)
        heights = _heights(len(lines), index, len(cells))
        style = {"color": CATEGORIES[index % 7], "capsize": 1.5, "elinewidth": 0.8, "linestyle": ""}
        axis.errorbar(
            value, heights, xerr=np.nan_to_num(bars), marker=MARKERS[index % 5], label=cell.replace("_", " "), **style
        )
    axis.set_yticks(range(len(lines)), [line.replace("_", " ") for line in lines])
    axis.set_ylim(len(lines) - 0.5, -0.5)
    axis.grid(axis="y", linewidth=0.3, color="0.9")
    axis.tick_params(axis="y", length=0)
    axis.set_axisbelow(True)


def _heights(lines: int, index: int, cells: int) -> np.ndarray:
    """Heights of one cell's marks: the cells of a line stand below one another inside it."""
    return np.arange(lines) + (index - (cells - 1) / 2) * 0.7 / cells
