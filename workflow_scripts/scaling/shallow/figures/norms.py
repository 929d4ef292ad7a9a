"""Risk against norm: the frontier, the paths that leave it, and what becomes of them in rescaled coordinates."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scaling.core.notation import power_of_ten
from scaling.plotting.style import PAGE_WIDTH, colours_of, new_figure
from scaling.shallow.figures.axes import label_few_decades
from scaling.shallow.frontier import Frontier, gamma_1

GUIDE = {"color": "0.35", "linestyle": "--", "linewidth": 0.9}
FRONTIER = {"color": "black", "linewidth": 0.9, "zorder": 3}
STAR = {"marker": "*", "markersize": 7, "markeredgecolor": "black", "markeredgewidth": 0.4, "linestyle": "none"}
SHOWN_SHARE = 0.02  # of the largest norm: where the axis begins


def figure_norms(paths: pd.DataFrame) -> Figure:
    """Risk against norm at fixed n for both networks, and for the diagonal one in the shifted coordinates.

    Parameters
    ----------
    paths : as scaling.shallow.paths gives them, with model, g and d.
    """
    decays = sorted(paths["g"].unique())
    figure, axes = new_figure(len(decays), 3, width=PAGE_WIDTH, panel_height=2.1)
    for row, g in zip(axes, decays, strict=True):
        for axis, model in zip(row[:2], ("quadratic", "diagonal"), strict=True):
            table = paths[(paths["g"] == g) & (paths["model"] == model)]
            target = Frontier(int(table["d"].iloc[0]), g)
            _paths(axis, table, target, 0.0, 0.0)
            axis.set_title(f"{model} network, $g={g:g}$")
            axis.set(xlabel=r"$N$", ylabel=r"$R$")
        _paths(row[2], table, target, target.teacher.norm_shift, target.teacher.tail)
        _power_law(row[2], target, table)
        row[2].set_title(f"diagonal, shifted, $g={g:g}$")
        row[2].set(xlabel=r"$|N+N_0|$", ylabel=r"$R$ + tail")
    return figure


def _paths(axis: Axes, table: pd.DataFrame, target: Frontier, shift: float, tail: float) -> None:
    """Paths of all n with their best points over the frontier; a norm beyond -shift is left out."""
    colours = colours_of(table["n"])
    largest = table.loc[table["side"] == "best", "norm"].max() * 3
    norms = np.geomspace(SHOWN_SHARE / 3 * largest, min(largest, 0.999 * target.size[-1]), 400)
    if shift < 0:
        norms = norms[norms + shift < 0]
    axis.plot(np.abs(norms + shift), target.risk(norms) + tail, label="frontier", **FRONTIER)
    for n, path in table.groupby("n"):
        # From one point to the next, the norm of the last feature falls to nothing: no line leads there.
        path = path[path["norm"].between(norms[0], largest)].sort_values("norm")
        path = path[path["norm"] + shift < 0] if shift < 0 else path
        label = power_of_ten(n) if n in _ends(table) else None
        axis.plot(np.abs(path["norm"] + shift), path["risk"] + tail, color=colours[n], label=label)
        best = path[path["side"] == "best"]
        axis.plot(np.abs(best["norm"] + shift), best["risk"] + tail, color=colours[n], **STAR)
    axis.set(xscale="log", yscale="log", ylim=(table["risk"].min() / 2, 1.5))
    if shift == 0:
        axis.set_xlim(SHOWN_SHARE / 3 * largest, largest)
        axis.legend(loc="lower left", title="$n$", title_fontsize=6.5)
        label_few_decades(axis)


def _ends(table: pd.DataFrame) -> tuple[float, float]:
    return table["n"].min(), table["n"].max()


def _power_law(axis: Axes, target: Frontier, table: pd.DataFrame) -> None:
    """The early law's slope, through the frontier at a tenth of the best features."""
    exponent = gamma_1(target.teacher.g)
    best = table[(table["side"] == "best") & (table["n"] == table["n"].max())].iloc[0]
    tau = best["tau"] * 3
    x0, y0 = abs(target.norm(tau) + target.teacher.norm_shift), target.risk_at_threshold(tau) + target.teacher.tail
    x = x0 * np.geomspace(0.5, 2, 2)
    (guide,) = axis.plot(x, 0.6 * y0 * (x / x0) ** -exponent, label=rf"slope {-exponent:.3g}", **GUIDE)
    axis.legend(handles=[guide], loc="upper right" if exponent > 0 else "upper left")
    label_few_decades(axis)


def figure_collapse(curves: pd.DataFrame, decays: list[float]) -> Figure:
    """Curves of different n over their point at the noise's edge: in the norm itself, and shifted.

    Parameters
    ----------
    curves : as scaling.shallow.paths.edge_curves gives them, with model and g.
    decays : the g that are shown.
    """
    figure, axes = new_figure(len(decays), 2, width=PAGE_WIDTH, panel_height=2.3)
    for row, g in zip(axes, decays, strict=True):
        for axis, norm in zip(row, ("raw", "shifted"), strict=True):
            table = curves[(curves["g"] == g) & (curves["norm"] == norm) & (curves["on"] == "edge")]
            for side, style in (("under-fit", "-"), ("over-fit", "--")):
                shown = table[table["side"] == side]
                colours = colours_of(shown["n"])
                for n, curve in shown.groupby("n"):
                    label = f"{side}, $n/d$ = {power_of_ten(n)}" if n in _ends(shown) else None
                    curve = curve.sort_values("x")
                    axis.plot(curve["x"], curve["y"], style, color=colours[n], label=label)
            axis.plot(1, 1, color="white", **STAR)
            limits = {"raw": (1e-2, 30), "shifted": (0.05, 30) if g < 1 else (0.1, 5)}[norm]
            axis.set(xscale="log", yscale="log", xlim=limits, ylim=(0.7, None if g > 1 else 40))
            label_few_decades(axis)
            axis.set_xlabel(r"$N/N_2$" if norm == "raw" else r"$(N+N_0)/(N_2+N_0)$")
            axis.set_title(f"{'norm itself' if norm == 'raw' else 'shifted norm'}, $g={g:g}$")
        row[0].set_ylabel(r"$R/R_2$")
        row[1].set_ylabel(r"$(R+\mathrm{tail})/(R_2+\mathrm{tail})$")
    axes[0, 1].legend(loc="upper center", bbox_to_anchor=(0.58, 1))
    return figure
