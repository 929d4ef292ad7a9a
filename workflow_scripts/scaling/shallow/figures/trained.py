"""Networks of finite size: spectra, paths without weight decay, and means beside state evolution."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from scaling.plotting.style import CATEGORIES, PAGE_WIDTH, colours_of, new_figure
from scaling.shallow.figures.axes import label_few_decades
from scaling.shallow.figures.norms import FRONTIER, STAR
from scaling.shallow.frontier import Frontier

MARKERS = "osv^D"


def figure_spectra(spectra: pd.DataFrame) -> Figure:
    """Eigenvalues of trained networks against their rank: as trained (left) and debiased (right), a row for each g.

    Parameters
    ----------
    spectra : as scaling.shallow.spectra gives them.
    """
    decays = sorted(spectra["g"].unique())
    figure, axes = new_figure(len(decays), 2, width=PAGE_WIDTH, panel_height=2.2)
    for row, g in zip(axes, decays, strict=True):
        table = spectra[spectra["g"] == g]
        for i, (weight_decay, part) in enumerate(table.groupby("weight_decay")):
            colour = CATEGORIES[i % len(CATEGORIES)]
            style = {"color": colour, "marker": MARKERS[i % len(MARKERS)], "linestyle": "none", "mfc": "none"}
            row[0].plot(part["k"], part["eigenvalue"], label=rf"$\lambda={weight_decay:g}$", **style)
            row[0].plot(part["k"], part["expected"].where(part["expected"] > 0), color=colour, linewidth=0.9)
            row[1].plot(part["k"], part["debiased"], **style)
        widest = table.loc[table.groupby("k")["feature"].idxmax()]
        for axis, name in zip(row, ("as trained", "debiased"), strict=True):
            axis.plot(widest["k"], widest["feature"], label=f"target, $k^{{-{g:g}}}$", **FRONTIER)
            axis.set(xscale="log", yscale="log", xlabel=r"$k$", ylim=(table["feature"].min() / 3, 1.3))
            axis.set_title(f"{name}, $g={g:g}$")
            label_few_decades(axis)
        row[0].set_ylabel("eigenvalue")
        row[0].legend(loc="lower left")
    return figure


def figure_training(paths: pd.DataFrame, minima: pd.DataFrame) -> Figure:
    """Paths of networks trained without weight decay, over the frontier, with the best of weight decay.

    Parameters
    ----------
    paths : as scaling.shallow.training gives them, with model, g and d. minima : as scaling.shallow.trained gives them.
    """
    decays, models = sorted(paths["g"].unique()), ("diagonal", "quadratic")
    figure, axes = new_figure(len(decays), 2, width=PAGE_WIDTH, panel_height=2.3)
    for row, g in zip(axes, decays, strict=True):
        for axis, model in zip(row, models, strict=True):
            table = paths[(paths["model"] == model) & (paths["g"] == g)]
            best = minima[(minima["model"] == model) & (minima["g"] == g)].drop_duplicates("n")
            target, colours = Frontier(int(table["d"].iloc[0]), g), colours_of(table["n"])
            for (n, sample), path in table.groupby(["n", "sample"]):
                path = path.sort_values("step")
                axis.plot(path["norm"], path["risk"], color=colours[n], linewidth=0.7, label=None if sample else f"{n}")
            norms = np.geomspace(0.05, target.size[-1] * 0.999, 400)
            axis.plot(norms, target.risk(norms), **FRONTIER)
            for n, norm, risk in best[["n", "state_evolution_norm", "state_evolution_risk"]].itertuples(index=False):
                axis.plot(norm, risk, color=colours[n], **STAR)
            axis.set(
                xscale="log", yscale="log", xlim=(0.1, 1.5 * table["norm"].max()), ylim=(table["risk"].min() / 1.6, 1.4)
            )
            axis.set(xlabel=r"$N$", ylabel=r"$R$")
            axis.set_title(f"{model} network, $g={g:g}$")
            axis.legend(loc="lower left", title="$n$", title_fontsize=6.5)
            label_few_decades(axis)
    return figure


def figure_finite(finite: pd.DataFrame) -> Figure:
    """The mean risk of trained networks over that of state evolution, against n.

    Parameters
    ----------
    finite : as scaling.shallow.finite gives it.
    """
    figure, axes = new_figure(1, 2, width=PAGE_WIDTH, panel_height=2.3, sharey=True)
    risk = finite[finite["quantity"] == "risk"]
    for axis, model in zip(axes[0], ("diagonal", "quadratic"), strict=True):
        table = risk[risk["model"] == model]
        for i, ((design, g), part) in enumerate(table.groupby(["design", "g"])):
            decays = sorted(part["weight_decay"].unique())
            shift = {value: 1.05 ** (place - (len(decays) - 1) / 2 + 0.2 * i) for place, value in enumerate(decays)}
            what = "Gaussian measurements" if design == "gaussian" else "network"
            style = {"fmt": MARKERS[i % len(MARKERS)], "color": CATEGORIES[i % len(CATEGORIES)], "mfc": "none"}
            error = part["error"] / part["state_evolution"]
            axis.errorbar(
                part["n"] * part["weight_decay"].map(shift),
                100 * part["relative"],
                100 * error,
                markersize=3,
                linewidth=0.7,
                label=f"{what}, $g={g:g}$",
                **style,
            )
        axis.axhline(0, color="black", linewidth=0.7)
        axis.set(xscale="log", xlabel=r"$n$")
        axis.set_title(f"{model} network, $d={table['d'].iloc[0]}$")
        axis.legend(loc="upper right", ncols=2)
        label_few_decades(axis)
    low, high = axes[0, 0].get_ylim()
    axes[0, 0].set_ylim(low, high + 0.35 * (high - low))  # room for the legends
    axes[0, 0].set_ylabel("risk above state evolution, %")
    return figure
