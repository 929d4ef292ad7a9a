"""The number of features as the resource."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scaling.core.notation import power_of_ten
from scaling.plotting.style import CATEGORIES, PAGE_WIDTH, colours_of, new_figure

GUIDE = {"color": "0.3", "linestyle": "--", "linewidth": 0.9}
NAMES = {"modes": "first $p$ modes", "linear": "random, linear", "relu": "random, relu", "erf": "random, erf"}


def figure_features(paths: pd.DataFrame, floors: pd.DataFrame, joint: pd.DataFrame, isotropic: pd.DataFrame) -> Figure:
    """Paths at n = infinity with their ends; the joint law; floors against p and against their norms.

    Below, random features of isotropic inputs: the smallest error and its norm against n/d for each p/d, of the last
    activation.

    Parameters
    ----------
    paths, floors, joint, isotropic : as scaling.covariates.feature_scaling gives them.
    """
    figure, axes = new_figure(3, 2, width=PAGE_WIDTH, panel_height=2.4)
    (path, collapsed), (size, norm), (best, at) = axes
    a, delta = floors["a"].iloc[0], floors["delta"].iloc[0]
    modes = floors[floors["features"] == "modes"]
    colours = colours_of(modes["p"])
    for p, curve in paths.groupby("p"):
        path.plot(curve["norm"], curve["epsilon"], color=colours[p], label=f"{p:g}")
    for row in modes.itertuples():
        path.plot(row.norm_at_floor, row.floor, marker="o", color=colours[row.p], markeredgecolor="black")
    path.set(xscale="log", yscale="log", xlim=(0.1, None), ylim=(None, 0.6))
    path.set(xlabel=r"norm $\|w\|$", ylabel=r"error $\epsilon$", title=r"$n=\infty$: $p$ modes, ends of the paths")
    path.legend(title="$p$", ncols=2, loc="lower left", columnspacing=1, handlelength=1.2)

    of_modes = joint[joint["features"] == "modes"]
    for p, points in of_modes.groupby("p"):
        style = {"color": colours.get(p, "black"), "marker": "o", "linestyle": "none", "markersize": 3}
        collapsed.plot(points["n_scaled"], points["epsilon_scaled"], label=f"{p:g}", **style)
    x = np.array([of_modes["n_scaled"].min(), 0.3])
    first = of_modes.loc[of_modes["n_scaled"].idxmin()]
    gamma = delta / (2 + delta)
    collapsed.plot(x, first["epsilon_scaled"] * (x / x[0]) ** -gamma, label=rf"$\propto n^{{-{gamma:.3g}}}$", **GUIDE)
    limit = modes["floor"].iloc[-1] * modes["p"].iloc[-1] ** (delta / 2)
    collapsed.axhline(limit, label="floor", **GUIDE | {"linestyle": ":"})
    collapsed.set(xscale="log", yscale="log", title="joint law")
    collapsed.set_yticks([0.3, 0.5, 1, 2, 3], ["0.3", "0.5", "1", "2", "3"])
    collapsed.minorticks_off()
    collapsed.set(xlabel=r"$n\,/\,p^{1+\delta/2}$", ylabel=r"$\epsilon_{\mathrm{opt}}\,p^{\delta/2}$")
    collapsed.legend(title="$p$", loc="upper right")

    for number, (kind, table) in enumerate(floors.groupby("features", sort=False)):
        colour, last = CATEGORIES[number], table.iloc[-1]
        size.plot(table["p"], table["floor"], "o", color=colour, label=NAMES[kind])
        guide = last["floor"] * (table["p"] / last["p"]) ** -last["gamma_predicted"]
        size.plot(table["p"], guide, color=colour, linewidth=0.8, linestyle="--")
        norm.plot(table["norm_at_floor"], table["floor"], "o", color=colour, label=NAMES[kind])
    beta = delta / (1 + a)
    for number, (_, table) in enumerate(floors.groupby("features", sort=False)):
        last = table.iloc[-1]
        guide = last["floor"] * (table["norm_at_floor"] / last["norm_at_floor"]) ** -min(beta, 2)
        norm.plot(table["norm_at_floor"], guide, color=CATEGORIES[number], linewidth=0.8, linestyle="--")
    size.set(
        xscale="log", yscale="log", xlabel="$p$", ylabel=r"floor $\epsilon_\infty(p)$", title="law in the features"
    )
    size.legend(loc="lower left")
    norm.set(xscale="log", yscale="log", xlabel=r"norm at the floor", ylabel=r"floor $\epsilon_\infty(p)$")
    norm.set_title(rf"one $\gamma_1={min(beta, 2):.3g}$ (dashed) for all")
    _isotropic(best, at, isotropic)
    return figure


def _isotropic(best: Axes, at: Axes, table: pd.DataFrame) -> None:
    activation = table["activation"].iloc[-1]
    table = table[table["activation"] == activation]
    colours = colours_of(table["p_over_d"])
    for ratio, points in table.groupby("p_over_d"):
        best.plot(points["n_over_d"], points["epsilon_opt"].fillna(points["epsilon_end"]), color=colours[ratio])
        at.plot(points["n_over_d"], points["norm_opt"], color=colours[ratio], label=power_of_ten(ratio))
    none = table[table["epsilon_opt"].isna()]
    style = {"color": "black", "marker": "o", "markerfacecolor": "white", "linestyle": "none"}
    best.plot(none["n_over_d"], none["epsilon_end"], label="no minimum: end of the path", **style)
    best.set(xscale="log", yscale="log", xlabel="$n/d$", ylabel=r"$\epsilon_{\mathrm{opt}}$")
    best.set_title(f"isotropic inputs, random {activation} features")
    best.legend(loc="lower left")
    at.set(xscale="log", yscale="log", xlabel="$n/d$", title="the norm need not grow with $n$")
    at.set_ylabel(r"$\|w\|_{\mathrm{opt}}\,(p/d)^{1/2}$")
    at.set_ylim(None, 20 * table["norm_opt"].max())
    at.legend(title="$p/d$", loc="upper left", ncols=3, columnspacing=1, handlelength=1.2)
