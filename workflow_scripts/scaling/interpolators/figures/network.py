"""Diagonal networks beside the l_p norms of their effective p: the spike at fixed d, the bulk at fixed d/n."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from scaling.interpolators.figures.parts import spread
from scaling.plotting.style import CATEGORIES, PAGE_WIDTH, new_figure

STYLES = {"network": "-", "norm": "--"}


def draw(curves: pd.DataFrame, table: pd.DataFrame) -> Figure:
    """Left: the spike against n at fixed d, with the elbows. Right: the bulk's l_1 norm against n at fixed d/n.

    Parameters
    ----------
    curves, table : as comparison.network_curves and comparison.network_table give them.
    """
    alphas = spread(curves["alpha"], 4)
    colours = dict(zip(alphas, CATEGORIES, strict=False))
    figure, axes = new_figure(1, 2, width=PAGE_WIDTH, panel_height=2.6)
    left, right = axes[0]
    d = table["d"].dropna().iloc[-1]
    kappa = table["kappa"].dropna().iloc[-1]
    for (alpha, of, at), line in curves[curves["alpha"].isin(alphas)].groupby(["alpha", "of", "at"]):
        ax, column = (left, "spike") if at == "fixed d" else (right, "bulk")
        line = line.sort_values("n")
        ax.plot(line["n"], line[column], color=colours[alpha], linestyle=STYLES[of])
    elbows = table[(table["quantity"] == "elbow") & (table["d"] == d) & table["alpha"].isin(alphas)]
    for row in elbows.itertuples():
        left.plot(row.network, 0.5, marker="o", color=colours[row.alpha], markersize=4)
        left.plot(row.at_effective_p, 0.5, marker="s", color=colours[row.alpha], markersize=6.5, markerfacecolor="none")
    left.axhline(0.5, color="0.7", linewidth=0.6, zorder=0)
    left.set(xscale="log", xlabel=r"$n$", ylabel="spike", title=rf"$d={d:,.0f}$, no noise")
    bulk = curves.loc[curves["at"] == "fixed d/n", "bulk"]
    right.set(xscale="log", yscale="log", xlabel=r"$n$", ylabel=r"$\Vert$bulk$\Vert_1$")
    right.set(title=rf"$d/n={kappa:g}$, no noise", ylim=(max(bulk.min() / 2, bulk.max() * 1e-7), bulk.max() * 2))
    effective = curves.groupby("alpha")["effective_p"].first()
    handles = [
        Line2D([], [], color=colours[alpha], label=rf"$\alpha={alpha:g}$, $p_\mathrm{{eff}}={effective[alpha]:.2f}$")
        for alpha in alphas
    ]
    hollow = {"color": "0.3", "markersize": 5, "markerfacecolor": "none"}
    handles += [
        Line2D([], [], color="0.3", marker="o", markersize=4, label="network, elbow"),
        Line2D([], [], linestyle="--", marker="s", label=r"norm of its $p_\mathrm{eff}$, elbow", **hollow),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), handlelength=1.8, columnspacing=1.2)
    return figure
